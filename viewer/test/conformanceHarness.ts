/**
 * Runs in the viewer's place for tests/conformance: everything of the page but its panels.
 * The server's own page loads it as main.js, so that the plan, the routes, the decoding and the
 * drawing are the product's. Many pictures are drawn in one call, side by side on one canvas.
 */

import type { Depth } from "../src/findings/calibration";
import { angle, area, length } from "../src/findings/measure";
import type { Measurement } from "../src/findings/measure";
import type { Shape } from "../src/findings/shape";
import { roiStatistics } from "../src/findings/statistics";
import type { RoiStatistics } from "../src/findings/statistics";
import { createEngine } from "../src/engine/engine";
import type { Engine } from "../src/engine/engine";
import { readStart } from "../src/main/boot";
import { computedWindows } from "../src/main/derived";
import { pictures } from "../src/main/drawing";
import { createPixels } from "../src/main/pixels";
import { createTables } from "../src/main/tables";
import type { CellRect } from "../src/page/ports";
import { reduce } from "../src/view/actions";
import { timelineOf } from "../src/view/cine";
import type { Timeline } from "../src/view/cine";
import { badges } from "../src/view/fidelity";
import { corners } from "../src/view/labels";
import type { Point } from "../src/math/affine";
import { BY_ITSELF, cellShowing } from "../src/view/cell";
import type { Cell, ViewState } from "../src/view/cell";
import type { FrameRef } from "../src/view/loadOrder";
import { frameKey } from "../src/view/loadOrder";
import { resolvedCell } from "../src/view/resolve";
import type { ResolvedView } from "../src/view/resolve";
import type { AppState } from "../src/view/viewState";
import { initialState } from "../src/view/viewState";
import { createClient } from "../src/wire/client";
import type { Problem } from "../src/wire/client";

/** One picture: a frame of a display set, looked at so, `width` × `height` device pixels large. */
interface Asked extends FrameRef {
  readonly width: number;
  readonly height: number;
  readonly view: Partial<ViewState>;
}

interface Answered {
  /** Grey or RGB bytes in base64, top row first; empty where nothing was drawn. */
  readonly base64: string;
  readonly samples: 1 | 3;
  /** Why nothing was drawn. */
  readonly refusal: string;
  readonly resolved: ResolvedView | null;
  /** What the cell says of the picture, in words. */
  readonly badges: readonly string[];
}

const SIDE = 2048; // of the canvas, device pixels
const DEVICE_PIXEL_RATIO = 1;
const LONGEST_WAIT_MS = 30_000;
const { boot, root, dist } = readStart();
const failures = new Map<string, Problem>();
let awaited = new Set<string>();
let settle: () => void = () => undefined;

const settled = (frame: FrameRef): void => {
  awaited.delete(frameKey(frame));
  if (awaited.size === 0) settle();
};

const client = createClient(boot, dist);
const pixels = createPixels({
  client,
  dist,
  displaySet: (index) => boot.plan.displaySets[index],
  onReady: settled,
  onFailed: (frame, problem) => {
    failures.set(frameKey(frame), problem);
    settled(frame);
  },
});
const engine = openEngine();

const brokenTables = new Map<number, Problem>();
/** Tables and overlays asked for, and how many of them came or failed. */
const tablesAsked = new Set<string>();
let tablesSettled = 0;
let tableCame: () => void = () => undefined;

function tableSettled(): void {
  tablesSettled += 1;
  tableCame();
}

const tables = createTables({
  client: {
    table: (displaySet, index, signal) => {
      tablesAsked.add(`t/${String(displaySet)}/${String(index)}`);
      return client.table(displaySet, index, signal);
    },
    overlay: (displaySet, index, signal) => {
      tablesAsked.add(`o/${String(displaySet)}/${String(index)}`);
      return client.overlay(displaySet, index, signal);
    },
  },
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  onReady: tableSettled,
  onFailed: (displaySet, problem) => {
    brokenTables.set(displaySet, problem);
    tableSettled();
  },
});
const sources = { pixels: pixels.values, entries: tables.entries };
/** Windows made from the pixels are kept, as the page keeps them. */
let opened: AppState = initialState(boot.plan);

function openEngine(): Engine {
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  root.append(canvas);
  const made = createEngine(canvas);
  if ("unsupported" in made) throw new Error(made.unsupported);
  return made;
}

/** Fetches and decodes what is asked for, draws it, reads it back. */
async function draw(asked: readonly Asked[]): Promise<readonly Answered[]> {
  await loaded(asked);
  const answers: (readonly Answered[])[] = [];
  for (const placed of shelves(asked)) answers.push(await drawn(placed));
  return answers.flat();
}

async function loaded(asked: readonly Asked[]): Promise<void> {
  const wanted = [...new Map(asked.map((one) => [frameKey(one), one])).values()];
  const missing = wanted.filter((frame) => pixels.values(frame) === null && !failures.has(frameKey(frame)));
  awaited = new Set(missing.map(frameKey));
  const done = new Promise<void>((resolve) => { settle = resolve; });
  pixels.want(wanted);
  const givenUp = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_MS)); // then nothing is drawn, which fails the test
  if (awaited.size > 0) await Promise.race([done, givenUp]);
}

interface Placed {
  readonly asked: Asked;
  readonly rect: CellRect;
}

/** Row by row from the top left; a new canvas where one is full. */
function shelves(asked: readonly Asked[]): readonly (readonly Placed[])[] {
  const canvases: Placed[][] = [[]];
  let [x, y, tallest] = [0, 0, 0];
  for (const one of asked) {
    if (x + one.width > SIDE) [x, y, tallest] = [0, y + tallest, 0];
    if (y + one.height > SIDE) {
      canvases.push([]);
      [x, y, tallest] = [0, 0, 0];
    }
    const rect: CellRect = { x, y, width: one.width, height: one.height, devicePixelRatio: DEVICE_PIXEL_RATIO };
    canvases.at(-1)?.push({ asked: one, rect });
    x += one.width;
    tallest = Math.max(tallest, one.height);
  }
  return canvases;
}

async function drawn(placed: readonly Placed[]): Promise<readonly Answered[]> {
  const state = stateOf(placed);
  const rects = placed.map(({ rect }) => rect);
  let shown = pictures(state, rects, pixels.values, tables);
  while (shown.length < placed.length && tablesSettled < tablesAsked.size) {
    await new Promise<void>((resolve) => { tableCame = resolve; });
    shown = pictures(state, rects, pixels.values, tables);
  }
  const said = engine.draw(shown.map((picture) => picture.draw));
  const all = engine.readPixels({ x: 0, y: 0, width: SIDE, height: SIDE });
  const byCell = new Map(shown.map(({ index }, i) => [index, saidOf(said[i] ?? null)]));
  return placed.map(({ asked, rect }, index) => {
    const refusal = byCell.get(index) ?? whyNot(asked);
    const said = { refusal, resolved: resolvedCell(state, index), badges: badgesOf(state, index) };
    return refusal === "" ? { ...bytes(all, rect), ...said } : { base64: "", samples: 1, ...said };
  });
}

function badgesOf(state: AppState, index: number): readonly string[] {
  const cell = state.cells[index];
  const set = cell === undefined ? undefined : boot.plan.displaySets[cell.displaySet ?? -1];
  const resolved = resolvedCell(state, index);
  if (cell === undefined || set === undefined || resolved === null) return [];
  const shown = { ...cell, drawnFrame: cell.frameIndex };
  const words = corners(shown, set, resolved).bottomLeft;
  return [...badges(shown, set, resolved), ...words].map(({ text }) => text);
}

function saidOf(said: ReturnType<Engine["draw"]>[number]): string {
  if (said === null) return "";
  return "code" in said ? `${said.code}: ${said.text}` : `reduced: 1/${String(said.reduced)}`;
}

function whyNot(asked: Asked): string {
  const set = boot.plan.displaySets[asked.displaySet];
  if (set === undefined) return "no such display set";
  if (set.refusal !== null) return `${set.refusal.code}: ${set.refusal.text}`;
  const problem = failures.get(frameKey(asked)) ?? brokenTables.get(asked.displaySet);
  return problem === undefined ? "not drawn, and nothing says why" : `${problem.code}: ${problem.detail || problem.title}`;
}

function stateOf(placed: readonly Placed[]): AppState {
  const cells = placed.map(({ asked }): Cell => {
    const cell = cellShowing(boot.plan, asked.displaySet, BY_ITSELF);
    return { ...cell, frameIndex: asked.frameIndex, anchor: asked.frameIndex, view: { ...cell.view, ...asked.view } };
  });
  const viewports = placed.map(({ rect }) => rect);
  const before = { ...opened, rows: 1, columns: cells.length, cells, viewports };
  opened = computedWindows(before, sources).reduce(reduce, before);
  return opened;
}

function bytes(all: Uint8Array, rect: CellRect): Pick<Answered, "base64" | "samples"> {
  const count = rect.width * rect.height;
  const [grey, rgb] = [new Uint8Array(count), new Uint8Array(3 * count)];
  let coloured = false;
  for (let row = 0, to = 0; row < rect.height; row++) {
    for (let at = 4 * ((rect.y + row) * SIDE + rect.x), end = at + 4 * rect.width; at < end; at += 4, to++) {
      const [r = 0, g = 0, b = 0] = [all[at], all[at + 1], all[at + 2]];
      grey[to] = r;
      rgb.set([r, g, b], 3 * to);
      coloured ||= r !== g || r !== b;
    }
  }
  return { base64: base64(coloured ? rgb : grey), samples: coloured ? 3 : 1 };
}

function base64(data: Uint8Array): string {
  const chunk = 32_768;
  const parts: string[] = [];
  for (let i = 0; i < data.length; i += chunk) parts.push(String.fromCharCode(...data.subarray(i, i + chunk)));
  return btoa(parts.join(""));
}

interface Measured extends FrameRef {
  readonly kind: "length" | "area" | "angle";
  readonly points: readonly Point[];
  readonly depth: Depth;
}

function measure({ displaySet, frameIndex, kind, points, depth }: Measured): Measurement {
  const image = boot.plan.displaySets[displaySet]?.image ?? null;
  const [a = [0, 0], b = [0, 0], c = [0, 0]] = points;
  if (image === null) return { kind: "refused", reason: "no such image" };
  if (kind === "length") return length(image, frameIndex, a, b, depth);
  if (kind === "angle") return angle(image, frameIndex, a, b, c);
  return area(image, frameIndex, { kind: "polygon", points }, depth);
}

async function statistics(frame: FrameRef, shape: Shape): Promise<RoiStatistics | null> {
  await loaded([{ ...frame, width: 1, height: 1, view: {} }]);
  const image = boot.plan.displaySets[frame.displaySet]?.image ?? null;
  const values = pixels.values(frame);
  return image === null || values === null ? null : roiStatistics(values, image, frame.frameIndex, shape, () => null);
}

function timeline(displaySet: number): Timeline | null {
  const set = boot.plan.displaySets[displaySet];
  return set === undefined ? null : timelineOf(set);
}

Object.defineProperty(window, "conformance", { value: Object.freeze({ plan: boot.plan, draw, measure, statistics, timeline }) });
