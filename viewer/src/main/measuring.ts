/** From the browser's events to the measuring machine, before any other tool sees them. */
import type { Point } from "../math/affine";
import { apply } from "../math/affine";
import { aspectOf } from "../findings/measure";
import { handlesOf, reshaped } from "../findings/reshape";
import { summary, valueText } from "../overlay/valueWords";
import type { Hit, MeasureEvent, MeasureState, Spot } from "../tools/measure";
import { AT_REST, measureStep, spotOf } from "../tools/measure";
import type { Action } from "../view/actions";
import type { FindingsAct, Grip } from "../view/findings";
import { annotationOf, isMeasuring, nameOf } from "../view/findings";
import { cellOfSelected, selectedInView } from "../view/findingsInView";
import { imageOf, middle, resolvedCell } from "../view/resolve";
import type { AppState } from "../view/viewState";
import { cellStatus, displaySetOf, visibleCells } from "../view/viewState";
import type { Annotation } from "../wire/annotation";
import { t } from "../words/words";
import type { Assessments } from "./assessments";
import type { FingerEvent } from "./touch";

export interface Measuring {
  /** True where the event was for it. */
  readonly pointer: (cell: number, event: PointerEvent, point: Point) => boolean;
  /** The finger that it gives up when a second one comes: two fingers move the image. */
  readonly released: () => readonly FingerEvent[];
  readonly key: (event: KeyboardEvent) => boolean;
  /** A key may have chosen a measuring tool: then the cross is there. */
  readonly keyDone: (actions: readonly Action[]) => void;
  readonly doubleClick: () => boolean;
  /** True where there was something to cancel. */
  readonly escape: () => boolean;
  readonly isBusy: () => boolean;
  /** The state of the hand now; what it was about may be gone. */
  readonly state: () => MeasureState;
  /** Focus has come to it. */
  readonly focused: (id: number) => void;
  readonly named: (text: string) => void;
  readonly rename: (id: number) => void;
  /** Into the hands of the keyboard: a cross in the active cell. */
  readonly ready: () => void;
}

export interface MeasuringPorts {
  readonly now: () => AppState;
  readonly send: (action: Action) => void;
  readonly assessments: Assessments;
  /** What is drawn over the cells is no longer what it was; at once: words are typed into it next. */
  readonly changed: (atOnce: boolean) => void;
}

const DIRECTIONS: Readonly<Record<string, Point>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LONG_STEP = 10;

export function createMeasuring({ now, send, assessments, changed }: MeasuringPorts): Measuring {
  let state: MeasureState = AT_REST;
  let last: { readonly taken: boolean; readonly hit: number | null } = { taken: false, hit: null };
  let finger: FingerEvent | null = null;
  let given: readonly FingerEvent[] = [];

  function advance(event: MeasureEvent): void {
    const after = measureStep(state, event);
    state = after.state;
    after.acts.forEach(act);
    if (after.say !== "") say(after.say);
    changed(state.kind === "naming");
  }

  const say = (text: string): void => { send({ kind: "say", text }); };

  function act(one: FindingsAct): void {
    send({ kind: "findings", act: one });
    if (one.kind === "add" || one.kind === "reshape" || one.kind === "name") sayValue(now().findings.selection?.id ?? -1);
  }

  function sayValue(id: number): void {
    const annotation = annotationOf(now().findings, id);
    const assessment = annotation === null ? null : assessments.of(now(), annotation);
    if (annotation !== null && assessment !== null) say(summary(annotation, assessment));
  }

  /** What the hand was about may have gone: scrolled away, or another tool was chosen. */
  function followed(): MeasureState {
    const spot = spotOf(state);
    const { tool, session, cells } = now();
    if (session.kind === "ended") state = AT_REST;
    if (state.kind === "idle" || spot === null) return state;
    const stays = isThere(now(), spot);
    const chosen = (state.kind !== "pointing" && state.kind !== "drawing") || state.tool === tool;
    if (stays && chosen) return state;
    const again = state.kind === "pointing" && chosen && cells[spot.cell]?.displaySet === spot.displaySet ? spotIn(now(), spot.cell) : null;
    const dropped = state.kind !== "pointing";
    state = again === null || state.kind !== "pointing" ? AT_REST : { ...state, spot: again };
    if (dropped && !stays) say(t("measure.said.changed"));
    return state;
  }

  // ---- pointer ----------------------------------------------------------------------------------

  function pointer(cell: number, event: PointerEvent, at: Point): boolean {
    followed();
    given = [];
    if (event.type === "pointerdown") return down(cell, event, at);
    if (state.kind !== "drawing" && state.kind !== "holding") {
      if (event.type === "pointermove" && (event.movementX !== 0 || event.movementY !== 0) && state.kind === "pointing") advance({ kind: "move", point: at });
      return false;
    }
    if (finger !== null && finger.id !== event.pointerId) return true;
    const point = onImage(state.spot, at);
    if (cell !== state.spot.cell || point === null) return false;
    const pressed = state.kind === "holding" || state.press !== null;
    // Between clicks the cursor follows, and other buttons may move the image.
    if (!pressed && (event.type !== "pointermove" || event.buttons !== 0)) return false;
    if (event.type === "pointermove") advance({ kind: "move", point });
    else if (event.type === "pointerup") advance({ kind: "up", point });
    else advance({ kind: "cancel" }); // the browser took the pointer away
    if (event.type !== "pointermove") finger = null;
    return true;
  }

  function down(cell: number, event: PointerEvent, at: Point): boolean {
    last = { taken: false, hit: null };
    if (event.button !== 0 || event.shiftKey || event.altKey || event.ctrlKey) return false;
    if (finger !== null && event.pointerType === "touch") return givenUp();
    const { tool, touchTool } = now();
    const chosen = event.pointerType === "touch" ? touchTool : tool;
    const hit = hitOf(now(), event.target);
    if (hit === null && !isMeasuring(chosen) && state.kind !== "naming") return false;
    send({ kind: "activate", cell });
    last = { taken: true, hit: hit?.annotation.id ?? null };
    const spot = spotIn(now(), cell);
    const point = spot === null ? null : onImage(spot, at);
    if (spot === null || point === null) {
      say(t("measure.said.notShown"));
      return true;
    }
    send({ kind: "cineStop" });
    if (event.pointerType === "touch") finger = { type: "down", id: event.pointerId, cell, point: at, pageX: event.clientX, timeMs: event.timeStamp };
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.setPointerCapture(event.pointerId);
    advance({ kind: "down", spot, tool: isMeasuring(chosen) ? chosen : null, point, hit });
    return true;
  }

  /** Two fingers are for the image: what the first one began is dropped. */
  function givenUp(): boolean {
    given = finger === null ? [] : [finger];
    finger = null;
    advance({ kind: "cancel" });
    return false;
  }

  function onImage(spot: Spot, at: Point): Point | null {
    const resolved = resolvedCell(now(), spot.cell);
    return resolved === null ? null : apply(resolved.imageFromScreen, at);
  }

  function doubleClick(): boolean {
    if (last.hit !== null) rename(last.hit);
    return last.taken;
  }

  // ---- keyboard ---------------------------------------------------------------------------------

  function key(event: KeyboardEvent): boolean {
    followed();
    if (event.altKey) return false;
    if (event.ctrlKey || event.metaKey) return state.kind === "drawing" && event.key.toLowerCase() === "z" && escape();
    const direction = DIRECTIONS[event.key];
    const by = direction === undefined ? null : imageStep(direction, event.shiftKey ? LONG_STEP : 1);
    if (state.kind === "pointing" || state.kind === "drawing") return placing(event.key, by);
    return state.kind === "idle" && !event.shiftKey || by !== null ? holding(event.key, by) : false;
  }

  function placing(name: string, by: Point | null): boolean {
    if (by !== null) advance({ kind: "step", by });
    else if (name === "Enter") advance({ kind: "place" });
    else if (name === "Backspace" && state.kind === "drawing") advance({ kind: "back" });
    else return false;
    return true;
  }

  /** With an annotation selected Enter takes its handles one after the other, and arrows move what is taken. */
  function holding(name: string, by: Point | null): boolean {
    const selected = selectedInView(now());
    const grip = now().findings.selection?.grip ?? null;
    if (selected === null) {
      if (name !== "Enter" || !isMeasuring(now().tool)) return false;
      ready();
      return true;
    }
    if (name === "Enter") take(selected, grip);
    else if (by !== null && grip !== null) nudge(selected, grip, by);
    else return false;
    return true;
  }

  function take(annotation: Annotation, grip: Grip | null): void {
    const count = handlesOf(annotation).length;
    const next = grip === "all" ? 0 : grip === null ? 0 : grip + 1;
    const taken: Grip = next < count ? next : "all";
    send({ kind: "findings", act: { kind: "select", selection: { id: annotation.id, grip: taken } } });
    say(taken === "all" ? t("measure.said.gripAll") : t("measure.said.grip", { n: taken + 1, count }));
  }

  function nudge(annotation: Annotation, grip: Grip, by: Point): void {
    const cell = cellOfSelected(now());
    const spot = cell === null ? null : spotIn(now(), cell);
    if (spot === null) return;
    const { id, points, frameIndex } = annotation;
    const moved = reshaped(annotation, grip, by, spot.image, aspectOf(spot.image, frameIndex, points));
    act({ kind: "reshape", id, points: moved, reduced: spot.reduced, run: `${String(id)}/${String(grip)}` });
  }

  /** Whole image pixels, in the direction that the eye sees. */
  function imageStep([x, y]: Point, size: number): Point | null {
    const cell = spotOf(state)?.cell ?? cellOfSelected(now()) ?? now().activeCell;
    const resolved = resolvedCell(now(), cell);
    if (resolved === null) return null;
    const { xx, xy, yx, yy } = resolved.imageFromScreen;
    return [size * Math.sign(xx * x + xy * y), size * Math.sign(yx * x + yy * y)];
  }

  function keyDone(actions: readonly Action[]): void {
    if (actions.some((action) => action.kind === "tool" && isMeasuring(action.tool))) ready();
  }

  function ready(): void {
    const { tool, activeCell, viewports } = now();
    const viewport = viewports[activeCell] ?? null;
    const spot = spotIn(now(), activeCell);
    if (!isMeasuring(tool)) return;
    const cursor = spot === null || viewport === null ? null : onImage(spot, middle(viewport));
    if (spot === null || cursor === null) {
      say(t("measure.said.notShown"));
      return;
    }
    send({ kind: "cineStop" });
    send({ kind: "findings", act: { kind: "select", selection: null } });
    advance({ kind: "ready", spot, tool, cursor: cursor.map((part) => Math.floor(part) + 0.5) as [number, number] });
  }

  function escape(): boolean {
    followed();
    const { selection } = now().findings;
    if (state.kind !== "idle") {
      advance({ kind: "cancel" });
      finger = null;
      return true;
    }
    if (selection === null || selectedInView(now()) === null) return false;
    send({ kind: "findings", act: { kind: "select", selection: selection.grip === null ? null : { ...selection, grip: null } } });
    return true;
  }

  function focused(id: number): void {
    if (now().findings.selection?.id === id || state.kind !== "idle") return;
    send({ kind: "findings", act: { kind: "select", selection: { id, grip: null } } });
    const annotation = annotationOf(now().findings, id);
    const assessment = annotation === null ? null : assessments.of(now(), annotation);
    if (annotation !== null && assessment !== null) say(t("measure.said.selected", { name: nameOf(annotation), value: valueText(assessment) }));
  }

  function rename(id: number): void {
    const annotation = annotationOf(now().findings, id);
    if (annotation !== null) advance({ kind: "rename", annotation });
  }

  return {
    pointer,
    released: () => given,
    key,
    keyDone,
    doubleClick,
    escape,
    isBusy: () => state.kind === "drawing" || state.kind === "holding" || state.kind === "naming",
    state: followed,
    focused,
    named: (text) => { advance({ kind: "named", text }); },
    rename,
    ready,
  };
}

/** Null while the cell has not drawn its frame: nothing is measured that is not seen. */
function spotIn(state: AppState, index: number): Spot | null {
  const cell = state.cells[index];
  const image = imageOf(displaySetOf(state, index));
  const resolved = resolvedCell(state, index);
  if (cell === undefined || cell.displaySet === null || image === null || resolved === null || cellStatus(state, index) !== "shown") return null;
  const { xx, xy, yx, yy } = resolved.screenFromImage;
  const cssPerPx: Point = [Math.hypot(xx, yx), Math.hypot(xy, yy)];
  return { cell: index, displaySet: cell.displaySet, frameIndex: cell.frameIndex, image, reduced: cell.drawnReduced, cssPerPx };
}

function isThere(state: AppState, { cell: index, displaySet, frameIndex }: Spot): boolean {
  const cell = state.cells[index];
  return cell?.displaySet === displaySet && cell.frameIndex === frameIndex && visibleCells(state).includes(index);
}

/** What the overlay says that the pointer is on. */
function hitOf({ findings }: AppState, target: EventTarget | null): Hit | null {
  if (!(target instanceof Element)) return null;
  const part = target.closest("[data-part]")?.getAttribute("data-part") ?? null;
  const of = target.closest("[data-annotation], [data-of]");
  const id = Number(of?.getAttribute("data-annotation") ?? of?.getAttribute("data-of"));
  const annotation = annotationOf(findings, id);
  if (part === null || annotation === null) return null;
  return { annotation, part: part === "all" || part === "label" ? part : Number(part) };
}
