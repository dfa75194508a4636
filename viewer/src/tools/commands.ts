/** What each action of the keymap does: from the state to actions. Total: each answers while nothing is on the screen. */
import type { Action } from "../view/actions";
import { eraseSelected } from "../view/findingsInView";
import type { ActionId } from "../view/keyNames";
import type { ResolvedView } from "../view/resolve";
import { imageOf, middle } from "../view/resolve";
import { listOrder } from "../view/studies";
import type { AppState, ChosenTool, Drawer, Viewport } from "../view/viewState";
import { displaySetOf } from "../view/viewState";
import type { Voi } from "../view/voi";
import { offeredBy } from "../view/voi";
import { presetsOf } from "../view/window";
import { t } from "../words/words";
import { panStep, windowBy, zoomStep } from "./navigate";

/** What the keyboard acts on: the active cell as it is resolved now; null while it shows nothing. */
export interface Target {
  readonly resolved: ResolvedView;
  readonly viewport: Viewport;
}

export type Command = (state: AppState, target: Target | null, cell: number) => readonly Action[];

export const ZOOM_FACTOR = 1.25;
const WINDOW_STEP = 0.1;
const LONG_SCROLL = 10;
/** Of the cell's width or height. */
const PAN_STEP = 0.1;

const scroll = (by: number): Command => (_state, _target, cell) => [{ kind: "scroll", cell, by }];
const next = (by: number): Command => () => [{ kind: "activateNext", by }];
const tool = (name: ChosenTool): Command => () => [{ kind: "tool", tool: name }];
const drawer = (name: Drawer): Command => () => [{ kind: "drawer", drawer: name }];
const window = (width: number, center: number): Command => (_state, target, cell) => {
  return target === null ? [] : windowBy(cell, target.resolved, width, center);
};
const zoom = (factor: number): Command => (state, target, index) => {
  const cell = state.cells[index];
  return target === null || cell === undefined ? [] : zoomStep(index, cell, target.resolved, target.viewport, factor);
};
const pan = (right: number, down: number): Command => (state, target, index) => {
  const cell = state.cells[index];
  return target === null || cell === undefined ? [] : panStep(index, cell, target.resolved, target.viewport, right, down);
};
/** A key that has no preset here says so, rather than nothing. */
const preset = (number: number): Command => (state, _target, cell) => {
  const set = displaySetOf(state, cell);
  if (set === undefined) return [];
  const chosen = presetsOf(set)[number - 1];
  if (chosen === undefined) return [{ kind: "say", text: t("key.noPreset", { number, modality: set.modality }) }];
  return [{ kind: "window", cell, window: { kind: "own", ...chosen } }];
};
/** The one after what is applied, and from the last to the first. */
const nextOfFile: Command = (state, target, cell) => {
  const image = imageOf(displaySetOf(state, cell));
  const offered = image === null ? [] : offeredBy(image);
  const now = offered.findIndex(({ voi }) => isApplied(voi, target));
  const chosen = offered[(now + 1) % Math.max(1, offered.length)];
  return chosen === undefined ? [] : [{ kind: "window", cell, window: chosen.choice }];
};
const isApplied = (offered: Voi, target: Target | null): boolean => {
  const voi = target?.resolved.voi ?? null;
  if (offered.kind === "window") return voi?.kind === "window" && voi.window === offered.window;
  return offered.kind === "table" && voi?.kind === "table" && voi.table === offered.table;
};
/** The next display set that can be shown, in the order of the list. */
const series = (by: number): Command => (state, _target, cell) => {
  const shown = listOrder(state.plan);
  const here = shown.indexOf(state.cells[cell]?.displaySet ?? -1);
  const there = shown[here === -1 ? 0 : here + by];
  return there === undefined ? [] : [{ kind: "show", cell, displaySet: there }];
};

/** The first and the last stage are ends: a reader must know when all has been seen. */
const stage = (by: number): Command => ({ plan, stage: now }) => {
  const last = plan.hanging.stages.length - 1;
  return last < 0 ? [] : [{ kind: "stage", index: Math.min(last, Math.max(0, now + by)) }];
};
/** In the middle of the cell: nothing is pointed at. */
const cellMenu: Command = ({ viewports }, _target, cell) => {
  const viewport = viewports[cell] ?? null;
  const [x, y] = viewport === null ? [0, 0] : middle(viewport);
  return [{ kind: "screen", act: { kind: "menu", menu: { cell, x, y } } }];
};

export const COMMANDS: Readonly<Record<ActionId, Command>> = {
  previousImage: scroll(-1),
  nextImage: scroll(1),
  tenImagesBack: scroll(-LONG_SCROLL),
  tenImagesOn: scroll(LONG_SCROLL),
  firstImage: scroll(-Infinity),
  lastImage: scroll(Infinity),
  previousSeries: series(-1),
  nextSeries: series(1),
  cine: (_state, _target, cell) => [{ kind: "cine", cell }],
  nextStage: stage(1),
  previousStage: stage(-1),
  prior: () => [{ kind: "screen", act: { kind: "compare" } }],
  previousViewport: next(-1),
  nextViewport: next(1),
  oneUp: (_state, _target, cell) => [{ kind: "oneUp", cell }],
  link: (_state, _target, cell) => [{ kind: "link", cell }],
  preset1: preset(1),
  preset2: preset(2),
  preset3: preset(3),
  preset4: preset(4),
  preset5: preset(5),
  preset6: preset(6),
  preset7: preset(7),
  preset8: preset(8),
  preset9: preset(9),
  nextOfFile,
  wider: window(WINDOW_STEP, 0),
  narrower: window(-WINDOW_STEP, 0),
  higher: window(0, WINDOW_STEP),
  lower: window(0, -WINDOW_STEP),
  invert: (_state, _target, cell) => [{ kind: "invert", cell }],
  zoomIn: zoom(ZOOM_FACTOR),
  zoomOut: zoom(1 / ZOOM_FACTOR),
  fit: (_state, _target, cell) => [{ kind: "fit", cell }],
  lookLeft: pan(-PAN_STEP, 0),
  lookRight: pan(PAN_STEP, 0),
  lookUp: pan(0, -PAN_STEP),
  lookDown: pan(0, PAN_STEP),
  rotateRight: (_state, _target, cell) => [{ kind: "rotate", cell, quarterTurns: 1 }],
  rotateLeft: (_state, _target, cell) => [{ kind: "rotate", cell, quarterTurns: -1 }],
  flipHorizontal: (_state, _target, cell) => [{ kind: "flip", cell, axis: "horizontal" }],
  flipVertical: (_state, _target, cell) => [{ kind: "flip", cell, axis: "vertical" }],
  interpolation: (_state, _target, cell) => [{ kind: "interpolate", cell }],
  reset: (_state, _target, cell) => [{ kind: "reset", cell }],
  toolWindow: tool("windowLevel"),
  toolScroll: tool("scroll"),
  toolPan: tool("pan"),
  toolZoom: tool("zoom"),
  magnifier: () => [{ kind: "screen", act: { kind: "magnifier" } }],
  detail: () => [{ kind: "detail" }],
  crossCursor: tool("crosshair"),
  measureLength: tool("length"),
  measureRoi: tool("ellipse"),
  keyImage: (_state, _target, cell) => [{ kind: "keyImage", cell }],
  undo: () => [{ kind: "findings", act: { kind: "undo" } }],
  redo: () => [{ kind: "findings", act: { kind: "redo" } }],
  deleteFinding: eraseSelected,
  overlayWords: () => [{ kind: "screen", act: { kind: "words" } }],
  fileOverlays: (_state, _target, cell) => [{ kind: "overlays", cell }],
  shutter: (_state, _target, cell) => [{ kind: "shutter", cell }],
  fullScreen: () => [{ kind: "screen", act: { kind: "fullScreen" } }],
  seriesList: () => [{ kind: "rail" }],
  cellMenu,
  tags: drawer("tags"),
  settings: drawer("settings"),
  help: drawer("help"),
};
