/** What can happen, and what it changes: `reduce` is pure and total. */
import type { Problem } from "../wire/client";
import type { Preferences } from "../wire/preferences";
import type { Plan, VoiWindow } from "../wire/types";
import type { Language } from "../words/catalogue";
import { t } from "../words/words";
import type { Cell, ViewState, WindowChoice } from "./cell";
import { BY_ITSELF, cellShowing, fill, opened, turnedTo } from "./cell";
import type { Tuning } from "./cine";
import { rateText, timelineOf, tuned } from "./cine";
import type { FindingsAct } from "./findings";
import { findingsNews, reduceFindings } from "./findings";
import { linkedWith, toggled, withLinked } from "./link";
import { keyMarked, preferred } from "./preferred";
import { centerWithin, imageOf, wishesOf } from "./resolve";
import type { ScreenAct } from "./screen";
import { onScreen } from "./screen";
import { atStage, rehung, revised } from "./stages";
import type { AppState, ChosenTool, ClosingBy, Drawer, EndedBy, Gpu, Keeping, Load, Viewport } from "./viewState";
import { displaySetOf, EMPTY_PLAN, initialState, loadOf } from "./viewState";

/** What a reader does to one cell. */
export type CellAction =
  | { readonly kind: "show"; readonly cell: number; readonly displaySet: number }
  | { readonly kind: "frame"; readonly cell: number; readonly frameIndex: number }
  | { readonly kind: "scroll"; readonly cell: number; readonly by: number }
  | { readonly kind: "window"; readonly cell: number; readonly window: WindowChoice }
  /** centerPx: [column, row], pixels; see ViewState. */
  | { readonly kind: "look"; readonly cell: number; readonly centerPx: readonly [number, number]; readonly zoom: number }
  | { readonly kind: "fit"; readonly cell: number }
  | { readonly kind: "invert"; readonly cell: number }
  | { readonly kind: "interpolate"; readonly cell: number }
  | { readonly kind: "overlays"; readonly cell: number }
  | { readonly kind: "shutter"; readonly cell: number }
  | { readonly kind: "turnTo"; readonly cell: number; readonly rotation: ViewState["rotation"] }
  | { readonly kind: "rotate"; readonly cell: number; readonly quarterTurns: number }
  | { readonly kind: "flip"; readonly cell: number; readonly axis: "horizontal" | "vertical" }
  | { readonly kind: "reset"; readonly cell: number };

/** By cell: drawn without an overlay, or not drawn at all for want of a table. */
export interface Without {
  readonly overlay: boolean;
  readonly lacking: Problem | null;
}

const NOTHING_MISSING: Without = { overlay: false, lacking: null };

export type Action =
  | CellAction
  | { readonly kind: "screen"; readonly act: ScreenAct }
  /** Plays the cell's frames in time, or stops. */
  | { readonly kind: "cine"; readonly cell: number }
  /** The clock's next frame; a reader's own scrolling stops the clock. */
  | { readonly kind: "cineFrame"; readonly cell: number; readonly frameIndex: number }
  | { readonly kind: "cineStop" }
  | { readonly kind: "cineTune"; readonly cell: number; readonly change: Partial<Tuning> }
  | { readonly kind: "detail" }
  | { readonly kind: "keyImage"; readonly cell: number }
  /** The reader has chosen anew. */
  | { readonly kind: "preferences"; readonly preferences: Preferences }
  | { readonly kind: "keeping"; readonly keeping: Keeping }
  /** Another language is spoken: every word is said anew. */
  | { readonly kind: "spoken"; readonly language: Language }
  /** A word for a screen reader, where nothing else has changed. */
  | { readonly kind: "say"; readonly text: string }
  /** A cancelled drag puts back what it found, by cell: linked ones have moved too. */
  | { readonly kind: "restore"; readonly cells: readonly Cell[] }
  | { readonly kind: "revised"; readonly plan: Plan }
  | { readonly kind: "updates"; readonly problem: Problem | null }
  | { readonly kind: "stage"; readonly index: number }
  | { readonly kind: "rehang" }
  | { readonly kind: "link"; readonly cell: number }
  | { readonly kind: "activate"; readonly cell: number }
  | { readonly kind: "activateNext"; readonly by: number }
  | { readonly kind: "tool"; readonly tool: ChosenTool }
  | { readonly kind: "findings"; readonly act: FindingsAct }
  | { readonly kind: "layout"; readonly rows: number; readonly columns: number }
  | { readonly kind: "oneUp"; readonly cell: number }
  | { readonly kind: "drawer"; readonly drawer: Drawer }
  | { readonly kind: "rail" }
  | { readonly kind: "loaded"; readonly ready: Readonly<Record<number, number>> }
  | { readonly kind: "failed"; readonly displaySet: number; readonly frameIndex: number; readonly problem: Problem }
  | { readonly kind: "retry"; readonly displaySet: number }
  | { readonly kind: "viewports"; readonly viewports: readonly (Viewport | null)[] }
  /** By cell: the frame, and that it was drawn with every n-th pixel only (1 where absent: with all). */
  | { readonly kind: "drawn"; readonly frames: readonly (number | null)[]; readonly reduced?: readonly number[]; readonly without?: readonly Without[] }
  | { readonly kind: "computedWindow"; readonly displaySet: number; readonly window: VoiWindow }
  | { readonly kind: "gpu"; readonly gpu: Gpu }
  | { readonly kind: "online"; readonly online: boolean }
  | { readonly kind: "closing"; readonly by: ClosingBy; readonly locksAtMs: number }
  /** Somebody is there after all. */
  | { readonly kind: "stayed" }
  | { readonly kind: "ended"; readonly by: EndedBy };

const MOST_CELLS_A_SIDE = 5;
const ZOOM_LIMITS = [0.1, 64] as const;

export function reduce(state: AppState, action: Action): AppState {
  switch (action.kind) {
    case "restore":
      return restored(state, action.cells);
    case "revised":
      return revised(state, action.plan);
    case "updates":
      return { ...state, updatesProblem: action.problem };
    case "stage":
      return atStage(state, action.index);
    case "rehang":
      return rehung(state);
    case "link":
      return toggled(state, action.cell);
    case "activate":
      return action.cell in state.cells ? { ...state, activeCell: action.cell } : state;
    case "activateNext":
      return { ...state, activeCell: wrap(state.activeCell + action.by, state.cells.length) };
    case "keyImage":
      return keyMarked(state, action.cell);
    case "preferences":
      return preferred(state, action.preferences);
    case "spoken":
      return { ...state, language: action.language, news: "" };
    case "keeping":
      return { ...state, keeping: action.keeping };
    case "screen":
      return onScreen(state, action.act);
    case "tool":
      return { ...state, tool: action.tool, touchTool: action.tool, cursor: action.tool === "crosshair" ? state.cursor : null };
    case "findings":
      return marked(state, action.act);
    case "layout":
      return laidOut(state, sides(action.rows), sides(action.columns));
    case "oneUp":
      return oneUp(state, action.cell);
    case "drawer":
      return { ...state, drawer: state.drawer === action.drawer ? null : action.drawer };
    case "rail":
      return { ...state, railOpen: !state.railOpen };
    case "loaded":
      return loaded(state, action.ready);
    case "failed":
      return failed(state, action.displaySet, action.frameIndex, action.problem);
    case "retry":
      return withLoad(state, action.displaySet, { ...loadOf(state, action.displaySet), failures: {} });
    case "viewports":
      return { ...state, viewports: action.viewports };
    case "drawn":
      return drawn(state, action);
    case "cine":
      return played(state, action.cell);
    case "cineFrame":
      return cineFrame(state, action.cell, action.frameIndex);
    case "cineTune":
      return cineTuned(state, action.cell, action.change);
    case "cineStop":
      return stopped(state);
    case "detail":
      return { ...state, detailed: !state.detailed, news: state.detailed ? t("readout.atPointer") : t("readout.detailed") };
    case "say":
      return { ...state, news: action.text };
    case "computedWindow":
      return { ...state, computedWindows: { ...state.computedWindows, [action.displaySet]: action.window } };
    case "gpu":
      return { ...(action.gpu.kind === "ready" ? state : drawn(state, { frames: [] })), gpu: action.gpu };
    case "online":
      return { ...state, online: action.online };
    case "closing":
      return state.session.kind === "ended" ? state : { ...state, session: { kind: "closing", by: action.by, locksAtMs: action.locksAtMs } };
    case "stayed":
      return state.session.kind === "closing" && state.session.by === "idle" ? { ...state, session: { kind: "open" } } : state;
    case "ended":
      return { ...initialState(EMPTY_PLAN, state.preferences), gpu: state.gpu, session: { kind: "ended", by: action.by } };
    default:
      return onCell(state, action);
  }
}

function onCell(state: AppState, action: CellAction): AppState {
  const cell = state.cells[action.cell];
  if (cell === undefined) return state;
  const changed = reduceCell(state, cell, action);
  if (changed === cell) return state;
  const after = { ...state, cells: state.cells.with(action.cell, { ...changed, touched: true }) };
  return withLinked(state, after, action.cell);
}

function reduceCell(state: AppState, cell: Cell, action: CellAction): Cell {
  const { view } = cell;
  const looking = (change: Partial<ViewState>): Cell => ({ ...cell, view: { ...view, ...change } });
  switch (action.kind) {
    case "show":
      return action.displaySet in state.plan.displaySets ? showing(state, cell, action.displaySet) : cell;
    case "frame":
      return still(atFrame(state, cell, action.cell, action.frameIndex));
    case "scroll":
      return still(atFrame(state, cell, action.cell, cell.frameIndex + action.by));
    case "window":
      return looking({ window: action.window });
    case "look":
      return looking(lookAt(state, cell, action.cell, action.centerPx, clamp(action.zoom, ...ZOOM_LIMITS)));
    case "fit":
      return looking({ centerPx: null, zoom: 1 });
    case "invert":
      return looking({ invert: !view.invert });
    case "interpolate":
      return looking({ interpolation: view.interpolation === "nearest" ? "bilinear" : "nearest" });
    case "overlays":
      return looking({ overlaysShown: !view.overlaysShown });
    case "shutter":
      return looking({ shutterShown: !view.shutterShown });
    case "turnTo":
      return view.rotation === action.rotation ? cell : looking({ rotation: action.rotation });
    case "rotate":
      return looking({ rotation: turned(view.rotation, view.flip ? -action.quarterTurns : action.quarterTurns) });
    case "flip":
      return looking({ flip: !view.flip, rotation: action.axis === "vertical" ? turned(view.rotation, 2) : view.rotation });
    case "reset":
      return { ...cell, view: opened(cell.as) };
  }
}

/** Another series in this cell: the plan's wishes were for the one before, the group stays. */
function showing({ plan }: AppState, cell: Cell, displaySet: number): Cell {
  if (displaySet === cell.displaySet) return { ...cellShowing(plan, displaySet, cell.as), linked: cell.linked, anchor: cell.anchor };
  return { ...cellShowing(plan, displaySet, { ...BY_ITSELF, sync: cell.as.sync }), linked: cell.linked };
}

/** Only where the cell still shows the same display set. */
function restored(state: AppState, cells: readonly Cell[]): AppState {
  const back = state.cells.map((cell, i) => {
    const found = cells[i];
    return found === undefined || found.displaySet !== cell.displaySet ? cell : { ...found, ...drawnOf(cell), playing: cell.playing };
  });
  return { ...state, cells: back };
}

/** What is looked at alone is touched. */
function oneUp(state: AppState, index: number): AppState {
  const cell = state.cells[index];
  if (cell === undefined) return state;
  return { ...state, activeCell: index, oneUp: !state.oneUp, cells: state.cells.with(index, { ...cell, touched: true }) };
}

function atFrame(state: AppState, cell: Cell, index: number, frameIndex: number): Cell {
  const last = (displaySetOf(state, index)?.frameCount ?? 1) - 1;
  return turnedTo(cell, clamp(Math.round(frameIndex), 0, Math.max(0, last)));
}

function lookAt(state: AppState, cell: Cell, index: number, centerPx: readonly [number, number], zoom: number): Partial<ViewState> {
  const image = imageOf(displaySetOf(state, index));
  if (image === null) return { centerPx, zoom };
  return { centerPx: centerWithin(centerPx, zoom, cell, state.viewports[index] ?? null, image, wishesOf(state, cell)), zoom };
}

/** The reader's own grid: no revision changes it. */
function laidOut(state: AppState, rows: number, columns: number): AppState {
  const cells = fill(rows * columns, state.cells).map((cell) => ({ ...cell, touched: true }));
  return { ...state, rows, columns, cells, oneUp: false, held: null, activeCell: Math.min(state.activeCell, cells.length - 1) };
}

function loaded(state: AppState, ready: Readonly<Record<number, number>>): AppState {
  const changed = Object.entries(ready).map(([index, count]): [string, Load] => {
    return [index, { ...loadOf(state, Number(index)), ready: count }];
  });
  return { ...state, loads: { ...state.loads, ...Object.fromEntries(changed) } };
}

function failed(state: AppState, displaySet: number, frameIndex: number, problem: Problem): AppState {
  const load = loadOf(state, displaySet);
  return withLoad(state, displaySet, { ...load, failures: { ...load.failures, [frameIndex]: problem } });
}

function withLoad(state: AppState, displaySet: number, load: Load): AppState {
  return { ...state, loads: { ...state.loads, [displaySet]: load } };
}

type Drawn = Pick<Cell, "drawnFrame" | "drawnReduced" | "drawnWithoutOverlay" | "lacking">;

function drawnOf({ drawnFrame, drawnReduced, drawnWithoutOverlay, lacking }: Cell): Drawn {
  return { drawnFrame, drawnReduced, drawnWithoutOverlay, lacking };
}

function drawn(state: AppState, { frames, reduced = [], without = [] }: Pick<Extract<Action, { kind: "drawn" }>, "frames" | "reduced" | "without">): AppState {
  const cells = state.cells.map((cell, i) => {
    const { overlay, lacking } = without[i] ?? NOTHING_MISSING;
    const now: Drawn = { drawnFrame: frames[i] ?? null, drawnReduced: reduced[i] ?? 1, drawnWithoutOverlay: overlay, lacking };
    return sameDrawn(cell, now) ? cell : { ...cell, ...now };
  });
  return cells.every((cell, i) => cell === state.cells[i]) ? state : { ...state, cells };
}

function sameDrawn(a: Drawn, b: Drawn): boolean {
  return a.drawnFrame === b.drawnFrame && a.drawnReduced === b.drawnReduced && a.drawnWithoutOverlay === b.drawnWithoutOverlay && a.lacking === b.lacking;
}

/** Annotations and their history alone: no cell changes. */
function marked(state: AppState, act: FindingsAct): AppState {
  const findings = reduceFindings(state.findings, act);
  const news = findingsNews(state.findings, act);
  return findings === state.findings && news === "" ? state : { ...state, findings, news: news || state.news };
}

// ---- cine ---------------------------------------------------------------------------------------

function still(cell: Cell): Cell {
  return cell.playing ? { ...cell, playing: false } : cell;
}

/** Of linked cells one leads: two clocks would pull at each other. */
function played(state: AppState, index: number): AppState {
  const [cell, set] = [state.cells[index], displaySetOf(state, index)];
  if (cell === undefined || set === undefined) return state;
  if (cell.playing) return { ...state, cells: state.cells.with(index, still(cell)), news: t("cine.stopped") };
  const timeline = timelineOf(set, cell.cine);
  if (timeline === null) return { ...state, news: set.frameCount > 1 ? t("cine.singles") : t("cine.single") };
  const others = linkedWith(state, index);
  const cells = state.cells.map((one, i) => (others.includes(i) ? still(one) : one));
  return { ...state, cells: cells.with(index, { ...cell, playing: true, touched: true }), news: t("cine.started", { rate: rateText(timeline) }) };
}

function cineTuned(state: AppState, index: number, change: Partial<Tuning>): AppState {
  const cell = state.cells[index];
  return cell === undefined ? state : { ...state, cells: state.cells.with(index, { ...cell, cine: tuned(cell.cine, change), touched: true }) };
}

function cineFrame(state: AppState, index: number, frameIndex: number): AppState {
  const cell = state.cells[index];
  if (cell?.playing !== true) return state;
  const changed = atFrame(state, cell, index, frameIndex);
  return changed === cell ? state : withLinked(state, { ...state, cells: state.cells.with(index, changed) }, index);
}

function stopped(state: AppState): AppState {
  return state.cells.some(({ playing }) => playing) ? { ...state, cells: state.cells.map(still), news: t("cine.stopped") } : state;
}

function turned(rotation: ViewState["rotation"], quarterTurns: number): ViewState["rotation"] {
  return ([0, 90, 180, 270] as const)[wrap(rotation / 90 + quarterTurns, 4)] ?? 0;
}

function sides(count: number): number {
  return clamp(Math.round(count), 1, MOST_CELLS_A_SIDE);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function wrap(value: number, count: number): number {
  return ((value % count) + count) % count;
}
