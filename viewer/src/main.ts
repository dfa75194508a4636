/** Joins the rooms: one signal holds the state; the first frame is asked for before any panel is built. */
import { batch, signal } from "@preact/signals";
import type { Engine } from "./engine/engine";
import { createEngine } from "./engine/engine";
import { readStart } from "./main/boot";
import { createCineClock } from "./main/cine";
import { computedWindows, withThumbnails } from "./main/derived";
import { lackingOf, pictures } from "./main/drawing";
import { gpuOf } from "./main/gpu";
import { createInput, pointIn, targetOf } from "./main/input";
import { askAhead } from "./main/masks";
import { createPixels } from "./main/pixels";
import { createPointing } from "./main/pointing";
import { endsReading, undrawable } from "./main/problems";
import { createTables } from "./main/tables";
import { createUpdates } from "./main/updates";
import { mountPage } from "./page/page";
import type { Measured, Readout, Thumbnails } from "./page/ports";
import { BINDINGS, pressed } from "./tools/bindings";
import type { Action, Without } from "./view/actions";
import { reduce } from "./view/actions";
import { loadOrder } from "./view/loadOrder";
import { imageOf, resolvedCell } from "./view/resolve";
import type { AppState, EndedBy } from "./view/viewState";
import { displaySetOf, initialState, visibleCells } from "./view/viewState";
import type { Problem } from "./wire/client";
import { createClient } from "./wire/client";
import type { Plan } from "./wire/types";

const LONGEST_WAIT_MS = 60_000; // timers stand still while a computer sleeps: look again soon
const { boot, root, dist } = readStart();
/** The state now; the panels see it once a frame, after the images are drawn. */
let current: AppState = initialState(boot.plan);
const shownState = signal<AppState>(current);
const thumbnails = signal<Thumbnails>({});
const readouts = signal<Readout | null>(null);
const now = (): AppState => current;

function send(action: Action): void {
  const after = reduce(current, action);
  if (after === current) return;
  current = after;
  requestFrame();
}

// ---- pixels -------------------------------------------------------------------------------------

const client = createClient(boot, dist);
const changedSets = new Set<number>();
const pixels = createPixels({
  client,
  dist,
  displaySet: (index) => now().plan.displaySets[index],
  onReady: ({ displaySet }) => {
    changedSets.add(displaySet);
    requestFrame();
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
    requestFrame();
  },
  onFailed: (_displaySet, problem) => {
    if (!endedBy(problem)) requestFrame(); // what needs it says so
  },
});
const sources = { pixels: pixels.values, entries: tables.entries };
let wanted = "";

/** Tells the loader when what is looked at has changed. */
function wantFrames({ cells, activeCell, oneUp, plan }: AppState): void {
  const looking = JSON.stringify([plan.revision, cells.map(({ displaySet, frameIndex }) => [displaySet, frameIndex]), activeCell, oneUp]);
  if (looking === wanted) return;
  wanted = looking;
  pixels.want(loadOrder(now()));
}

// ---- drawing ------------------------------------------------------------------------------------

let engine: Engine | null = null;
let measured: Measured = { width: 0, height: 0, cells: [] };
let frameRequest = 0;

/** Draws once before the next paint, however many reasons there are. */
function requestFrame(): void {
  if (frameRequest === 0) frameRequest = requestAnimationFrame(frame);
}

function frame(): void {
  cancelAnimationFrame(frameRequest);
  frameRequest = 0;
  if (now().session.kind === "ended") return;
  reportProgress();
  draw();
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
    if (now().session.kind === "ended") thumbnails.value = {};
  });
}

function reportProgress(): void {
  if (changedSets.size === 0) return;
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
  const answers = engine.draw(shown.map(({ draw }) => draw));
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
}

// ---- the reading's end --------------------------------------------------------------------------

function endedBy(problem: Problem): boolean {
  if (!endsReading(problem)) return false;
  end("server");
  return true;
}

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

/** A page that asks for nothing any more still ends with its reading, also after the computer slept. */
function endInTime(secondsLeft: number): void {
  const endsAt = Date.now() + 1000 * secondsLeft;
  let timer = 0;
  const check = (): void => {
    clearTimeout(timer);
    if (now().session.kind === "ended") return;
    if (Date.now() >= endsAt) end("server");
    else timer = window.setTimeout(check, Math.min(endsAt - Date.now(), LONGEST_WAIT_MS));
  };
  document.addEventListener("visibilitychange", check);
  check();
}

// ---- start --------------------------------------------------------------------------------------

endInTime(boot.secondsLeft);
wantFrames(now());
warm(boot.plan);

const input = createInput(now, send);
const updates = createUpdates({ client, now, send, handsOff: input.handsOff, onPlan: warm, endedBy });
mountPage(root, {
  states: shownState,
  thumbnails,
  ports: {
    send,
    press: (key) => { pressed(key, now(), targetOf(now(), now().activeCell)).forEach(send); },
    retry,
    endReading,
    askForUpdates: updates.start,
    onCanvas,
    onMeasured,
    pointer: (cell, event) => {
      input.pointer(cell, event);
      pointing.moved(cell, pointIn(event));
    },
    pointerLeft: pointing.left,
    wheel: input.wheel,
    readouts,
    keysHelp: BINDINGS,
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
