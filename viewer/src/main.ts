/** Joins the rooms: one signal holds the state; the first frame is asked for before any panel is built. */
import { batch, signal } from "@preact/signals";
import type { Engine } from "./engine/engine";
import { createEngine } from "./engine/engine";
import { readStart } from "./main/boot";
import { computedWindows, withThumbnails } from "./main/derived";
import { pictures } from "./main/drawing";
import { gpuOf } from "./main/gpu";
import { createInput, targetOf } from "./main/input";
import { createPixels } from "./main/pixels";
import { endsReading, undrawable } from "./main/problems";
import { createUpdates } from "./main/updates";
import { mountPage } from "./page/page";
import type { Measured, Thumbnails } from "./page/ports";
import { BINDINGS, pressed } from "./tools/bindings";
import type { Action } from "./view/actions";
import { reduce } from "./view/actions";
import { loadOrder } from "./view/loadOrder";
import { imageOf, resolvedCell } from "./view/resolve";
import type { AppState, EndedBy } from "./view/viewState";
import { initialState } from "./view/viewState";
import type { Problem } from "./wire/client";
import { createClient } from "./wire/client";
import type { Plan } from "./wire/types";

const LONGEST_WAIT_MS = 60_000; // timers stand still while a computer sleeps: look again soon
const { boot, root, dist } = readStart();
/** The state now; the panels see it once a frame, after the images are drawn. */
let current: AppState = initialState(boot.plan);
const shownState = signal<AppState>(current);
const thumbnails = signal<Thumbnails>({});
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
}

function publish(): void {
  batch(() => {
    shownState.value = now();
    if (now().session.kind === "ended") thumbnails.value = {};
  });
}

function reportProgress(): void {
  if (changedSets.size === 0) return;
  const ready = Object.fromEntries([...changedSets].map((set) => [set, pixels.ready(set)]));
  changedSets.clear();
  send({ kind: "loaded", ready });
  computedWindows(now(), pixels.values).forEach(send);
  thumbnails.value = withThumbnails(thumbnails.peek(), now(), pixels.values);
}

function draw(): void {
  if (engine === null || now().gpu.kind !== "ready") return;
  const shown = pictures(now(), measured.cells, pixels.values);
  const refusals = engine.draw(shown.map(({ draw }) => draw));
  const frames: (number | null)[] = now().cells.map(() => null);
  shown.forEach(({ index, frame }, i) => {
    const refusal = refusals[i] ?? null;
    if (refusal === null) frames[index] = frame.frameIndex;
    else if (refusal.code !== "context_lost") send({ kind: "failed", ...frame, problem: undrawable(refusal.code, refusal.text) });
  });
  if (frames.some((drawn) => drawn !== null)) markFirstPixel();
  send({ kind: "drawn", frames });
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

// ---- the reading's end --------------------------------------------------------------------------

function endedBy(problem: Problem): boolean {
  if (!endsReading(problem)) return false;
  end("server");
  return true;
}

/** Nothing of the patient stays: not in the state, not in the loader, not on the GPU. */
function end(by: EndedBy): void {
  updates.stop();
  pixels.close();
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
    pointer: input.pointer,
    wheel: input.wheel,
    keysHelp: BINDINGS,
    today: new Date(),
  },
});
document.addEventListener("keydown", input.key);
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
