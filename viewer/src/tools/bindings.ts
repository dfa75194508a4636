/** Which input means what (ux.md 4 and 5): tables, read by keyboard, mouse and the help list alike. */
import type { Point } from "../math/affine";
import type { Action } from "../view/actions";
import { priorToggle } from "../view/hang";
import type { ResolvedView } from "../view/resolve";
import { imageOf, zoomedAbout } from "../view/resolve";
import { listOrder } from "../view/studies";
import type { AppState, ToolName, Viewport } from "../view/viewState";
import { displaySetOf } from "../view/viewState";
import type { Voi } from "../view/voi";
import { offeredBy } from "../view/voi";
import { presetsOf } from "../view/window";
import { panStep, windowBy, zoomStep } from "./navigate";

export interface PointerInput {
  /** As PointerEvent.button: 0 left, 1 middle, 2 right. */
  readonly button: number;
  readonly shift: boolean;
}

/** The tool of a drag; null where the button does nothing. */
export function toolFor({ button, shift }: PointerInput, active: ToolName): ToolName | null {
  if (button === 1) return "pan";
  if (button === 2) return "zoom";
  if (button !== 0) return null;
  return shift ? "windowLevel" : active;
}

/** What the keyboard acts on: the active cell as it is resolved now; null while it shows nothing. */
export interface Target {
  readonly resolved: ResolvedView;
  readonly viewport: Viewport;
}

export interface KeyInput {
  /** As KeyboardEvent.key. */
  readonly key: string;
  readonly shift: boolean;
  readonly ctrl: boolean;
}

type Command = (state: AppState, target: Target | null, cell: number) => readonly Action[];

const ZOOM_FACTOR = 1.25;
const WINDOW_STEP = 0.1;
const LONG_SCROLL = 10;
/** Of the cell's width or height. */
const PAN_STEP = 0.1;

const scroll = (by: number): Command => (_state, _target, cell) => [{ kind: "scroll", cell, by }];
const next = (by: number): Command => () => [{ kind: "activateNext", by }];
const tool = (name: ToolName): Command => () => [{ kind: "tool", tool: name }];
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
const preset = (index: number): Command => (state, _target, cell) => {
  const set = displaySetOf(state, cell);
  const chosen = set === undefined ? undefined : presetsOf(set)[index];
  return chosen === undefined ? [] : [{ kind: "window", cell, window: { kind: "own", ...chosen } }];
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
const prior: Command = ({ plan, stage: now }) => {
  const there = priorToggle(plan, now);
  return there === null ? [] : [{ kind: "stage", index: there }];
};

export interface Binding {
  readonly keys: readonly string[];
  readonly label: string;
  readonly command: Command;
}

const bind = (keys: readonly string[], label: string, command: Command): Binding => ({ keys, label, command });

export const BINDINGS: readonly Binding[] = [
  bind(["ArrowUp"], "Previous image", scroll(-1)),
  bind(["ArrowDown"], "Next image", scroll(1)),
  bind(["Shift+ArrowUp"], "Ten images back", scroll(-LONG_SCROLL)),
  bind(["Shift+ArrowDown"], "Ten images on", scroll(LONG_SCROLL)),
  bind(["Home"], "First image", scroll(-Infinity)),
  bind(["End"], "Last image", scroll(Infinity)),
  bind(["PageUp"], "Previous series", series(-1)),
  bind(["PageDown"], "Next series", series(1)),
  bind(["ArrowLeft"], "Previous viewport", next(-1)),
  bind(["ArrowRight"], "Next viewport", next(1)),
  bind([".", " "], "Next stage of the hanging", stage(1)),
  bind([","], "Previous stage", stage(-1)),
  bind(["p"], "Prior on or off", prior),
  bind(["s"], "Link or unlink viewports", (_state, _target, cell) => [{ kind: "link", cell }]),
  bind(["Enter"], "One viewport, or all", (_state, _target, cell) => [{ kind: "oneUp", cell }]),
  bind(["1"], "Preset 1 (CT: soft tissue; PET: SUV 0–5)", preset(0)),
  bind(["2"], "Preset 2 (CT: lung; PET: SUV 0–7)", preset(1)),
  bind(["3"], "Preset 3 (CT: bone; PET: SUV 0–10)", preset(2)),
  bind(["4"], "Preset 4 (CT: brain; PET: SUV 0–15)", preset(3)),
  bind(["5"], "Preset 5 (PET: SUV 0–20)", preset(4)),
  bind(["6"], "Preset 6 (PET: SUV 0–3)", preset(5)),
  bind(["j"], "Next window or lookup table of the file", nextOfFile),
  bind(["Shift+ArrowRight"], "Wider window", window(WINDOW_STEP, 0)),
  bind(["Shift+ArrowLeft"], "Narrower window", window(-WINDOW_STEP, 0)),
  bind(["Shift+PageUp"], "Higher level", window(0, WINDOW_STEP)),
  bind(["Shift+PageDown"], "Lower level", window(0, -WINDOW_STEP)),
  bind(["+"], "Zoom in", zoom(ZOOM_FACTOR)),
  bind(["-"], "Zoom out", zoom(1 / ZOOM_FACTOR)),
  bind(["="], "Fit", (_state, _target, cell) => [{ kind: "fit", cell }]),
  bind(["i"], "Invert", (_state, _target, cell) => [{ kind: "invert", cell }]),
  bind(["r"], "Rotate right", (_state, _target, cell) => [{ kind: "rotate", cell, quarterTurns: 1 }]),
  bind(["l"], "Rotate left", (_state, _target, cell) => [{ kind: "rotate", cell, quarterTurns: -1 }]),
  bind(["h"], "Flip left and right", (_state, _target, cell) => [{ kind: "flip", cell, axis: "horizontal" }]),
  bind(["v"], "Flip top and bottom", (_state, _target, cell) => [{ kind: "flip", cell, axis: "vertical" }]),
  bind(["c"], "Cine on or off", (_state, _target, cell) => [{ kind: "cine", cell }]),
  bind(["t"], "Overlays of the file on or off", (_state, _target, cell) => [{ kind: "overlays", cell }]),
  bind(["q"], "Shutter of the file on or off", (_state, _target, cell) => [{ kind: "shutter", cell }]),
  bind(["d"], "Detailed readout of a pixel", () => [{ kind: "detail" }]),
  bind(["x"], "Smooth or single pixels", (_state, _target, cell) => [{ kind: "interpolate", cell }]),
  bind(["Shift+ "], "Reset the view", (_state, _target, cell) => [{ kind: "reset", cell }]),
  bind(["Ctrl+ArrowLeft"], "Look further left", pan(-PAN_STEP, 0)),
  bind(["Ctrl+ArrowRight"], "Look further right", pan(PAN_STEP, 0)),
  bind(["Ctrl+ArrowUp"], "Look further up", pan(0, -PAN_STEP)),
  bind(["Ctrl+ArrowDown"], "Look further down", pan(0, PAN_STEP)),
  bind(["w"], "Left drag: window", tool("windowLevel")),
  bind(["z"], "Left drag: zoom", tool("zoom")),
  bind(["?"], "Keys", () => [{ kind: "drawer", drawer: "help" }]),
];

const BY_KEY: ReadonlyMap<string, Binding> = new Map(BINDINGS.flatMap((binding) => binding.keys.map((key) => [key, binding])));

/** As a button with this key's name does. */
export function pressed(name: string, state: AppState, target: Target | null): readonly Action[] {
  return BY_KEY.get(name)?.command(state, target, state.activeCell) ?? [];
}

/** Null where the key means nothing here, so that the browser may have it. */
export function keyActions(input: KeyInput, state: AppState, target: Target | null): readonly Action[] | null {
  const binding = BY_KEY.get(keyName(input));
  return binding === undefined ? null : binding.command(state, target, state.activeCell);
}

/** Shift is part of a named key; for characters it is already in the character. */
function keyName({ key, shift, ctrl }: KeyInput): string {
  const character = key.length === 1 && key !== " ";
  const name = character ? key.toLowerCase() : shift ? `Shift+${key}` : key;
  return ctrl ? `Ctrl+${name}` : name;
}

export interface WheelInput {
  readonly deltaY: number;
  /** As WheelEvent.deltaMode: 0 pixels. */
  readonly deltaMode: number;
  readonly ctrl: boolean;
  readonly point: Point;
}

/** A notch of a wheel is 100 or 120 pixels, a touchpad sends many small ones. */
const WHEEL_PX = 40;

/** Whole steps of a wheel turn and what is left over for the next one. */
export function wheelSteps(leftover: number, { deltaY, deltaMode }: WheelInput): { readonly steps: number; readonly leftover: number } {
  if (deltaMode !== 0 || Math.abs(deltaY) >= WHEEL_PX) return { steps: Math.sign(deltaY), leftover: 0 };
  const turned = Math.sign(leftover) === -Math.sign(deltaY) ? deltaY : leftover + deltaY;
  const steps = Math.trunc(turned / WHEEL_PX) + 0; // no −0
  return { steps, leftover: turned - steps * WHEEL_PX };
}

/** The wheel scrolls; with ctrl it zooms about the pointer. */
export function wheelActions(steps: number, input: WheelInput, state: AppState, index: number, target: Target | null): readonly Action[] {
  const cell = state.cells[index];
  if (steps === 0 || cell === undefined) return [];
  if (!input.ctrl) return [{ kind: "scroll", cell: index, by: steps }];
  if (target === null) return [];
  const factor = ZOOM_FACTOR ** -steps;
  return [{ kind: "look", cell: index, ...zoomedAbout(cell.view, target.resolved, target.viewport, input.point, factor) }];
}
