/** Joins the rooms: one signal holds the state; the first frame is asked for before any panel is built. */
import { batch, signal } from "@preact/signals";
import { h } from "preact";
import type { Engine } from "./engine/engine";
import { createEngine } from "./engine/engine";
import { createAssessments } from "./main/assessments";
import { readStart } from "./main/boot";
import { createCineClock } from "./main/cine";
import { computedWindows, withThumbnails } from "./main/derived";
import { lackingOf, pictures, sameImages } from "./main/drawing";
import { createEnding } from "./main/ending";

import { gpuOf } from "./main/gpu";
import { createIdle } from "./main/idle";
import { createInput, pointIn, targetOf } from "./main/input";
import { magnified } from "./main/loupe";
import { askAhead } from "./main/masks";
import { createMeasuring } from "./main/measuring";
import { createPixels } from "./main/pixels";
import { createPointing } from "./main/pointing";
import { createPreferences } from "./main/preferences";
import { undrawable } from "./main/problems";
import { createScreen } from "./main/screen";
import { createTables } from "./main/tables";
import { createUpdates } from "./main/updates";
import { AnnotationLines, Annotations } from "./overlay/annotations";
import type { CellScene } from "./overlay/scene";
import { mountPage } from "./page/page";
import type { FindingRow, Loupe, Measured, Readout, Thumbnails } from "./page/ports";
import { commanded } from "./tools/bindings";
import type { Action, Without } from "./view/actions";
import { reduce } from "./view/actions";
import { loadOrder } from "./view/loadOrder";
import { imageOf, resolvedCell } from "./view/resolve";
import type { AppState, EndedBy } from "./view/viewState";
import { displaySetOf, initialState, visibleCells } from "./view/viewState";
import { createClient, RequestFailed } from "./wire/client";
import type { Plan } from "./wire/types";
import { t } from "./words/words";

const { boot, root, dist } = readStart();
/** The state now; the panels see it once a frame, after the images are drawn. */
let current: AppState = initialState(boot.plan, boot.preferences.preferences, boot.preferences.keptFor);
const shownState = signal<AppState>(current);
const thumbnails = signal<Thumbnails>({});
const readouts = signal<Readout | null>(null);
const loupe = signal<Loupe | null>(null);
const scenes = signal<readonly CellScene[]>([]);
const findings = signal<readonly FindingRow[]>([]);
const now = (): AppState => current;

function send(action: Action): void {
  const before = current;
  const after = reduce(before, screen.guarded(action));
  if (after === before) return;
  if (!sameImages(current, after)) imagesStale = true;
  current = after;
  screen.follow(before, after);
  requestFrame();
}

/** Something has come that pixels are made of. */
function redraw(): void {
  imagesStale = true;
  requestFrame();
}

// ---- pixels -------------------------------------------------------------------------------------

const client = createClient(boot, dist);
const ending = createEnding(boot.secondsLeft, { now, send, lock: () => { end("server"); }, refuse: client.refuse });
const { endedBy } = ending;
/** A beat that does not arrive is followed by the next one, at the next input. */
const beat = (): Promise<void> => client.alive().catch((error: unknown) => {
  if (error instanceof RequestFailed) endedBy(error.problem);
  else throw error;
});
const changedSets = new Set<number>();
const pixels = createPixels({
  client,
  dist,
  displaySet: (index) => now().plan.displaySets[index],
  onReady: ({ displaySet }) => {
    changedSets.add(displaySet);
    redraw();
  },
  onFailed: ({ displaySet, frameIndex }, problem) => {
    if (!endedBy(problem)) send({ kind: "failed", displaySet, frameIndex, problem });
  },
});
const tables = createTables({
  client,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  onReady: (displaySet) => {
    changedSets.add(displaySet);
    redraw();
  },
  onFailed: (_displaySet, problem) => {
    if (!endedBy(problem)) redraw(); // what needs it says so
  },
});
const sources = { pixels: pixels.values, entries: tables.entries };
const screen = createScreen({ now, send, sources });
let wanted = "";

/** Tells the loader when what is looked at has changed. */
function wantFrames({ cells, activeCell, oneUp, held, plan }: AppState): void {
  const looking = JSON.stringify([plan.revision, cells.map(({ displaySet, frameIndex }) => [displaySet, frameIndex]), activeCell, oneUp, held]);
  if (looking === wanted) return;
  wanted = looking;
  pixels.want(loadOrder(now()));
}

// ---- drawing ------------------------------------------------------------------------------------

let engine: Engine | null = null;
let measured: Measured = { width: 0, height: 0, cells: [] };
let frameRequest = 0;
/** The canvas no longer shows what the state says; annotations and panels do not touch it. */
let imagesStale = true;

/** Draws once before the next paint, however many reasons there are. */
function requestFrame(): void {
  if (frameRequest === 0) frameRequest = requestAnimationFrame(frame);
}

function frame(): void {
  cancelAnimationFrame(frameRequest);
  frameRequest = 0;
  if (now().session.kind === "ended") return;
  reportProgress();
  if (imagesStale) draw();
  imagesStale = false;
  wantFrames(now());
  cancelAnimationFrame(frameRequest); // what this frame itself sent is drawn and shown by it
  frameRequest = 0;
  publish();
  cine.follow();
}

function publish(): void {
  batch(() => {
    shownState.value = now();
    readouts.value = pointing.readout();
    showMarks();
    if (now().session.kind === "ended") thumbnails.value = {};
  });
}

function reportProgress(): void {
  if (changedSets.size === 0) return;
  screen.arrived(changedSets);
  const ready = Object.fromEntries([...changedSets].map((set) => [set, pixels.ready(set)]));
  changedSets.clear();
  send({ kind: "loaded", ready });
  computedWindows(now(), sources).forEach(send);
  thumbnails.value = withThumbnails(thumbnails.peek(), now(), sources);
}

function draw(): void {
  if (engine === null || now().gpu.kind !== "ready") return;
  tables.beginDraw();
  const shown = pictures(now(), measured.cells, pixels.values, tables);
  const large = magnified(now(), shown, pointing.at());
  loupe.value = large?.loupe ?? null;
  const answers = engine.draw([...shown.map(({ draw }) => draw), ...(large === null ? [] : [large.draw])]);
  const frames: (number | null)[] = now().cells.map(() => null);
  const reduced = frames.map(() => 1);
  const without: Without[] = frames.map(() => ({ overlay: false, lacking: null }));
  shown.forEach(({ index, frame, withoutOverlay }, i) => {
    const answer = answers[i] ?? null;
    if (answer !== null && "code" in answer) {
      if (answer.code !== "context_lost") send({ kind: "failed", ...frame, problem: undrawable(answer.code, answer.text) });
      return;
    }
    frames[index] = frame.frameIndex;
    reduced[index] = answer?.reduced ?? 1;
    without[index] = { overlay: withoutOverlay, lacking: null };
  });
  for (const index of visibleCells(now())) {
    if (frames[index] === null) without[index] = { overlay: false, lacking: lackingOf(now(), index, pixels.values, tables) };
    else askOverlaysAhead(index);
  }
  if (frames.some((drawn) => drawn !== null)) markFirstPixel();
  send({ kind: "drawn", frames, reduced, without });
}

function askOverlaysAhead(index: number): void {
  const [cell, image] = [now().cells[index], imageOf(displaySetOf(now(), index))];
  if (cell !== undefined && image !== null) askAhead(cell, image, tables);
}

function markFirstPixel(): void {
  if (performance.getEntriesByName("sv:first-pixel").length === 0) performance.mark("sv:first-pixel");
}

function onCanvas(canvas: HTMLCanvasElement): void {
  engine?.close();
  const made = createEngine(canvas, {
    onLost: () => { send({ kind: "gpu", gpu: { kind: "lost" } }); },
    onRestored: () => { send({ kind: "gpu", gpu: gpuOf(canvas) }); },
  });
  engine = "unsupported" in made ? null : made;
  send({ kind: "gpu", gpu: "unsupported" in made ? { kind: "unsupported", reason: made.unsupported } : gpuOf(canvas) });
}

/** A resized canvas is empty: it is drawn again before the browser paints. */
function onMeasured(next: Measured): void {
  measured = next;
  const canvas = root.querySelector<HTMLCanvasElement>("canvas.image");
  if (canvas !== null && (canvas.width !== next.width || canvas.height !== next.height)) {
    canvas.width = next.width;
    canvas.height = next.height;
  }
  send({ kind: "viewports", viewports: next.cells });
  frame();
}

// ---- what follows the pointer and the clock -------------------------------------------------------

let readoutRequest = 0;

/** At most once a picture; nothing else of the page is built anew. */
function readAgain(): void {
  if (readoutRequest !== 0) return;
  readoutRequest = requestAnimationFrame(() => {
    readoutRequest = 0;
    readouts.value = pointing.readout();
  });
}

const pointing = createPointing(now, sources, readAgain);
const cine = createCineClock({
  now,
  send,
  isReady: (frame) => pixels.values(frame) !== null,
  request: (tick) => requestAnimationFrame(tick),
  cancel: (request) => { cancelAnimationFrame(request); },
});

/** A hidden tab draws nothing: a clip does not run on unseen. */
function onVisibility(): void {
  if (document.hidden) send({ kind: "cineStop" });
  else redraw();
}

// ---- annotations ----------------------------------------------------------------------------------

let marksRequest = 0;

/** At most once a picture, and without one being drawn. */
function marksChanged(atOnce: boolean): void {
  input.settle();
  if (atOnce) showMarks();
  else if (marksRequest === 0) marksRequest = requestAnimationFrame(showMarks);
}

function showMarks(): void {
  cancelAnimationFrame(marksRequest);
  marksRequest = 0;
  batch(() => {
    scenes.value = assessments.scenes(now(), measuring.state());
    findings.value = assessments.rows(now());
  });
}

const assessments = createAssessments(sources);
const measuring = createMeasuring({ now, send, assessments, changed: marksChanged });
const annotationsPorts = {
  scenes,
  title: () => t("measure.pane"),
  focused: measuring.focused,
  named: measuring.named,
  cancelled: () => { measuring.escape(); },
};

// ---- the reading's end --------------------------------------------------------------------------

/** Nothing of the patient stays: not in the state, not in the loader, not on the GPU. */
function end(by: EndedBy): void {
  updates.stop();
  cine.stop();
  pixels.close();
  tables.close();
  engine?.close();
  engine = null;
  send({ kind: "ended", by });
  publish(); // at once: a hidden tab draws no frames
}

function endReading(): void {
  const told = client.end();
  end("reader");
  told.catch(() => { end("readerAlone"); });
}

function retry(displaySet: number): void {
  send({ kind: "retry", displaySet });
  pixels.retry(displaySet);
  tables.retry(displaySet);
  changedSets.add(displaySet); // a window computed from the pixels asks for its tables anew
}

/** Back on the network: everything that failed is asked for again. */
function onNetwork(): void {
  send({ kind: "online", online: navigator.onLine });
  if (!navigator.onLine) return;
  Object.keys(now().loads).map(Number).forEach(retry);
  updates.start();
}

function warm({ displaySets }: Plan): void {
  pixels.warm(displaySets.flatMap((set) => imageOf(set)?.transferSyntaxUid ?? []));
}

// ---- start --------------------------------------------------------------------------------------

wantFrames(now());
warm(boot.plan);

const preferences = createPreferences({
  now,
  send,
  keep: client.keep,
  languages: () => navigator.languages,
  say: (language) => { document.documentElement.lang = language; },
  endedBy,
});
const input = createInput(now, send, measuring);
const updates = createUpdates({ client, now, send, handsOff: input.handsOff, onPlan: warm, endedBy });
ending.start();
createIdle(boot.session.idleSeconds, { now, send, lock: () => { end("server"); }, beat }).start();
await preferences.speak();

screen.start();
mountPage(root, {
  states: shownState,
  thumbnails,
  ports: {
    send,
    press: (id) => { commanded(id, now(), targetOf(now(), now().activeCell)).forEach(send); },
    prefer: preferences.prefer,
    tags: client.tags,
    retry,
    endReading,
    askForUpdates: updates.start,
    onCanvas,
    onMeasured,
    pointer: (cell, event) => {
      input.pointer(cell, event);
      pointing.moved(cell, pointIn(event));
      if (now().magnifier) redraw();
    },
    pointerLeft: (cell) => {
      pointing.left(cell);
      if (now().magnifier) redraw();
    },
    doubleClick: input.doubleClick,
    wheel: input.wheel,
    readouts,
    loupe,
    endsAtMs: ending.endsAtMs,
    marks: (index) => h(Annotations, { index, ports: annotationsPorts }),
    lines: (index) => h(AnnotationLines, { index, ports: annotationsPorts }),
    findings,
    measureByKeys: measuring.ready,
    today: new Date(),
  },
});
document.addEventListener("keydown", input.key);
document.addEventListener("visibilitychange", onVisibility);
window.addEventListener("online", onNetwork);
window.addEventListener("offline", onNetwork);
onNetwork();

/** For tests and for support at the console: reads, never changes. */
const debugging = {
  /** RGBA bytes of a cell, top row first, as drawn on the screen; null where it is not on the screen. */
  readPixels(cell: number) {
    const rect = measured.cells[cell] ?? null;
    if (engine === null || rect === null) return null;
    return { width: rect.width, height: rect.height, data: engine.readPixels(rect) };
  },
  /** The cell's state and what it resolves to. */
  view(cell: number) {
    return { cell: now().cells[cell] ?? null, resolved: resolvedCell(now(), cell) };
  },
};

declare global {
  interface Window {
    readonly smartViewer: typeof debugging;
  }
}

Object.defineProperty(window, "smartViewer", { value: Object.freeze(debugging) });
