/** Which input means what (ux.md 4 and 5): the keymap in force, the buttons of the mouse and the wheel. */
import type { Point } from "../math/affine";
import type { Action } from "../view/actions";
import { isMeasuring } from "../view/findings";
import type { ActionId } from "../view/keyNames";
import { mouseOf } from "../view/keyProfiles";
import type { KeyPressed } from "../view/keys";
import { actionOf } from "../view/keys";
import { zoomedAbout } from "../view/resolve";
import type { AppState, ChosenTool, ToolName } from "../view/viewState";
import { DEFAULT_PREFERENCES } from "../wire/preferences";
import type { Target } from "./commands";
import { COMMANDS, ZOOM_FACTOR } from "./commands";

export interface PointerInput {
  /** As PointerEvent.button: 0 left, 1 middle, 2 right. */
  readonly button: number;
  readonly shift: boolean;
  readonly alt?: boolean;
  /** There is more than one image to scroll through. */
  readonly stack?: boolean;
}

/** The tool of a drag; null where the button does nothing, or marks what a measuring tool measures. */
export function toolFor({ button, shift, alt = false, stack = true }: PointerInput, active: ChosenTool, preferences = DEFAULT_PREFERENCES): ToolName | null {
  if (button === 1) return mouseOf(preferences).middle;
  if (button === 2) return mouseOf(preferences).right;
  if (button !== 0) return null;
  if (shift) return "windowLevel";
  if (alt) return stack ? "fastScroll" : "rotate";
  return isMeasuring(active) ? null : active;
}

/** As the key of this action does. */
export function commanded(id: ActionId, state: AppState, target: Target | null): readonly Action[] {
  return COMMANDS[id](state, target, state.activeCell);
}

/** Null where the key means nothing here, so that the browser may have it. */
export function keyActions(pressed: KeyPressed, state: AppState, target: Target | null): readonly Action[] | null {
  const id = actionOf(state.preferences, pressed);
  return id === undefined ? null : commanded(id, state, target);
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
