/** The measuring machine: places points by press, by clicks or by keys, and holds handles. Pure; nothing is kept until it is done. */
import type { Bounds, Grip } from "../findings/reshape";
import { acrossFrom, isLargeEnough, POINT_COUNTS, reshaped, within } from "../findings/reshape";
import { aspectOf } from "../findings/measure";
import type { Point } from "../math/affine";
import type { FindingsAct } from "../view/findings";
import type { Annotation, AnnotationKind, Draft } from "../wire/annotation";
import type { ImageTable } from "../wire/types";
import { t } from "../words/words";

/** Where something is measured: one frame, in the cell under the hand. */
export interface Spot {
  readonly cell: number;
  readonly displaySet: number;
  readonly frameIndex: number;
  readonly image: ImageTable;
  /** The picture there has every n-th pixel only; 1: all. */
  readonly reduced: number;
  /** CSS pixels that one image pixel covers, along a row and down a column. */
  readonly cssPerPx: Point;
}

/** A part of an annotation under the pointer. */
export interface Hit {
  readonly annotation: Annotation;
  readonly part: Grip | "label";
}

interface Drawing {
  readonly kind: "drawing";
  readonly spot: Spot;
  readonly tool: AnnotationKind;
  readonly placed: readonly Point[];
  /** The next point, not placed yet. */
  readonly cursor: Point;
  readonly by: "pointer" | "keys";
  /** Where the button went down, and whether that placed a point; null while it is up. */
  readonly press: { readonly at: Point; readonly moved: boolean; readonly placed: boolean } | null;
}

interface Holding {
  readonly kind: "holding";
  readonly spot: Spot;
  readonly hit: Hit;
  readonly from: Point;
  readonly to: Point;
  readonly moved: boolean;
}

export type MeasureState =
  | { readonly kind: "idle" }
  /** The cross of the keyboard, before the first point. */
  | { readonly kind: "pointing"; readonly spot: Spot; readonly tool: AnnotationKind; readonly cursor: Point }
  | Drawing
  | Holding
  /** Words are asked for: of a new arrow or text, or another name of what is there. */
  | { readonly kind: "naming"; readonly spot: Spot | null; readonly draft: Draft; readonly id: number | null };

export type MeasureEvent =
  /** tool: what a press begins where nothing is hit; null: nothing. */
  | { readonly kind: "down"; readonly spot: Spot; readonly tool: AnnotationKind | null; readonly point: Point; readonly hit: Hit | null }
  | { readonly kind: "move"; readonly point: Point }
  | { readonly kind: "up"; readonly point: Point }
  /** The tool is in the hands of the keyboard. */
  | { readonly kind: "ready"; readonly spot: Spot; readonly tool: AnnotationKind; readonly cursor: Point }
  /** By image pixels. */
  | { readonly kind: "step"; readonly by: Point }
  | { readonly kind: "place" }
  /** The last point is taken back. */
  | { readonly kind: "back" }
  | { readonly kind: "rename"; readonly annotation: Annotation }
  | { readonly kind: "named"; readonly text: string }
  | { readonly kind: "cancel" };

export interface MeasureStep {
  readonly state: MeasureState;
  readonly acts: readonly FindingsAct[];
  /** For a screen reader; empty: nothing, or the value of what was made, which others know. */
  readonly say: string;
}

export const AT_REST: MeasureState = { kind: "idle" };

/** CSS pixels: below, a press is a click. */
const CLICK_PX = 4;
/** CSS pixels between the points of an outline that is drawn in one go. */
const OUTLINE_PX = 3;
/** CSS pixels about the first point in which a click closes an outline. */
const CLOSE_PX = 12;

const to = (state: MeasureState, say = "", ...acts: readonly FindingsAct[]): MeasureStep => ({ state, acts, say });

/** One step of the machine; every state answers every event, and cancel in each leaves nothing behind. */
export function measureStep(state: MeasureState, event: MeasureEvent): MeasureStep {
  switch (event.kind) {
    case "down":
      return down(state, event);
    case "move":
      return moved(state, event.point);
    case "up":
      return up(state, event.point);
    case "ready":
      return to({ ...event, kind: "pointing", cursor: onImage(event.spot, event.cursor) }, t("measure.said.ready", { tool: t(`measure.kind.${event.tool}`) }));
    case "step":
      return stepped(state, event.by);
    case "place":
      return placedByKey(state);
    case "back":
      return takenBack(state);
    case "rename":
      return to({ kind: "naming", spot: null, draft: event.annotation, id: event.annotation.id });
    case "named":
      return named(state, event.text.trim());
    case "cancel":
      return cancelled(state);
  }
}

// ---- pointer ------------------------------------------------------------------------------------

function down(state: MeasureState, { spot, tool, point, hit }: Extract<MeasureEvent, { kind: "down" }>): MeasureStep {
  if (state.kind === "holding" || state.kind === "naming") return to(state);
  if (state.kind === "drawing" && state.spot.cell === spot.cell) return pressed(state, point);
  if (hit !== null) {
    const select: FindingsAct = { kind: "select", selection: { id: hit.annotation.id, grip: null } };
    return to({ kind: "holding", spot, hit, from: point, to: point, moved: false }, "", select);
  }
  if (tool === null) return to(AT_REST);
  const cursor = onImage(spot, point);
  return pressed({ kind: "drawing", spot, tool, placed: [], cursor, by: "pointer", press: null }, point);
}

/** While more than one point is wanted a press places one, and the hand may drag on to the next. */
function pressed(drawing: Drawing, point: Point): MeasureStep {
  const { spot, tool, placed } = drawing;
  const cursor = onImage(spot, point);
  if (tool === "freehand" && closes(drawing, cursor)) return finished(drawing, placed);
  const places = (POINT_COUNTS[tool] ?? Infinity) - placed.length > 1;
  const press = { at: cursor, moved: false, placed: places };
  return to({ ...drawing, by: "pointer", placed: places ? [...placed, cursor] : placed, cursor: next(drawing, cursor), press });
}

/** A click at the first point closes an outline, and so does a second one at the last. */
function closes({ spot, placed }: Drawing, cursor: Point): boolean {
  const [first, last] = [placed[0], placed.at(-1)];
  if (placed.length < 3 || first === undefined || last === undefined) return false;
  return apart(spot, first, cursor) <= CLOSE_PX || apart(spot, last, cursor) <= CLICK_PX;
}

function moved(state: MeasureState, point: Point): MeasureStep {
  if (state.kind === "pointing") return to(AT_REST); // the hand is on the pointer again
  if (state.kind === "holding") {
    const far = apart(state.spot, state.from, point) >= CLICK_PX;
    return to({ ...state, to: point, moved: state.moved || far });
  }
  if (state.kind !== "drawing" || state.by === "keys") return to(state);
  const cursor = onImage(state.spot, point);
  const far = state.press !== null && apart(state.spot, state.press.at, cursor) >= CLICK_PX;
  const press = state.press === null ? null : { ...state.press, moved: state.press.moved || far };
  if (state.tool === "freehand" && press !== null) return to({ ...state, press, cursor, placed: outlined(state, cursor) });
  return to({ ...state, press, cursor: next(state, cursor) });
}

function outlined({ spot, placed }: Drawing, cursor: Point): readonly Point[] {
  const last = placed.at(-1);
  return last !== undefined && apart(spot, last, cursor) < OUTLINE_PX ? placed : [...placed, cursor];
}

function up(state: MeasureState, point: Point): MeasureStep {
  if (state.kind === "holding") return letGo(state);
  if (state.kind !== "drawing" || state.press === null) return to(state);
  const { tool, placed, press } = state;
  if (tool === "freehand") return press.moved && placed.length > 2 ? finished(state, placed) : to({ ...state, press: null });
  if (press.placed && !press.moved) return to({ ...state, press: null }); // a click: the next one comes
  return withPoint(state, next(state, onImage(state.spot, point)));
}

function letGo({ spot, hit, from, to: end, moved }: Holding): MeasureStep {
  const { annotation, part } = hit;
  const { id } = annotation;
  if (!moved) return to(AT_REST, "", { kind: "select", selection: { id, grip: typeof part === "number" ? part : null } });
  if (part === "label") return to(AT_REST, "", { kind: "label", id, at: labelAt({ spot, hit, from, to: end }) });
  return to(AT_REST, "", { kind: "reshape", id, points: heldPoints({ spot, hit, from, to: end }), reduced: spot.reduced });
}

type Held = Pick<Holding, "spot" | "hit" | "from" | "to">;

function heldPoints({ spot, hit: { annotation, part }, from, to: end }: Held): readonly Point[] {
  if (part === "label") return annotation.points;
  const by: Point = [end[0] - from[0], end[1] - from[1]];
  return reshaped(annotation, part, by, spot.image, aspectOf(spot.image, spot.frameIndex, annotation.points));
}

function labelAt({ spot, hit: { annotation }, from, to: end }: Held): Point {
  const start = annotation.labelAt ?? from;
  return onImage(spot, [start[0] + end[0] - from[0], start[1] + end[1] - from[1]]);
}

// ---- keyboard -----------------------------------------------------------------------------------

function stepped(state: MeasureState, [dx, dy]: Point): MeasureStep {
  if (state.kind !== "pointing" && state.kind !== "drawing") return to(state);
  const cursor = onImage(state.spot, [state.cursor[0] + dx, state.cursor[1] + dy]);
  return to(state.kind === "pointing" ? { ...state, cursor } : { ...state, by: "keys", cursor, press: null });
}

function placedByKey(state: MeasureState): MeasureStep {
  if (state.kind === "pointing") return withPoint({ ...state, kind: "drawing", placed: [], by: "keys", press: null }, state.cursor);
  if (state.kind !== "drawing") return to(state);
  const cursor = next(state, state.cursor);
  const last = state.placed.at(-1);
  const again = last !== undefined && last[0] === cursor[0] && last[1] === cursor[1];
  if (state.tool === "freehand" && state.placed.length > 2 && (again || closes(state, cursor))) return finished(state, state.placed);
  return again ? to(state) : withPoint({ ...state, by: "keys" }, cursor);
}

function takenBack(state: MeasureState): MeasureStep {
  if (state.kind !== "drawing") return to(state);
  return state.placed.length < 2 ? cancelled(state) : to({ ...state, placed: state.placed.slice(0, -1), press: null });
}

// ---- points -------------------------------------------------------------------------------------

function onImage({ image }: Spot, point: Point): Point {
  return within(image satisfies Bounds, point);
}

/** CSS pixels. */
function apart({ cssPerPx: [x, y] }: Spot, p: Point, q: Point): number {
  return Math.hypot((q[0] - p[0]) * x, (q[1] - p[1]) * y);
}

/** The last end of two axes lies at a right angle to the first. */
function next({ spot, tool, placed }: Drawing, cursor: Point): Point {
  const [a, b, c] = placed;
  if (tool !== "bidirectional" || a === undefined || b === undefined || c === undefined) return cursor;
  return acrossFrom([a, b], c, cursor, spot.image, aspectOf(spot.image, spot.frameIndex, placed));
}

function withPoint(drawing: Drawing, point: Point): MeasureStep {
  const placed = [...drawing.placed, point];
  const count = POINT_COUNTS[drawing.tool];
  if (count !== null && placed.length >= count) return finished(drawing, placed);
  const said = count === null ? t("measure.said.outline", { n: placed.length }) : t("measure.said.placed", { n: placed.length, count });
  return to({ ...drawing, placed, cursor: point, press: null }, drawing.by === "keys" ? said : "");
}

/** By keys the cross stays for the next one. */
function finished(drawing: Drawing, points: readonly Point[]): MeasureStep {
  const { spot, tool, by, cursor } = drawing;
  const after: MeasureState = by === "keys" ? { kind: "pointing", spot, tool, cursor } : AT_REST;
  const draft = draftOf(drawing, points);
  if (!isLargeEnough(draft)) return to(after, t("measure.said.small"));
  if (tool === "text" || tool === "arrow") return to({ kind: "naming", spot, draft, id: null });
  return to(after, "", { kind: "add", draft });
}

function draftOf({ spot: { displaySet, frameIndex, reduced }, tool: kind }: Pick<Drawing, "spot" | "tool">, points: readonly Point[]): Draft {
  return { kind, displaySet, frameIndex, points, text: "", labelAt: null, reduced };
}

// ---- words --------------------------------------------------------------------------------------

function named(state: MeasureState, text: string): MeasureStep {
  if (state.kind !== "naming") return to(state);
  const { draft, id } = state;
  if (id !== null) return text === draft.text || (text === "" && draft.kind === "text") ? to(AT_REST) : to(AT_REST, "", { kind: "name", id, text });
  if (text === "" && draft.kind === "text") return to(AT_REST, t("measure.said.cancelled"));
  return to(AT_REST, "", { kind: "add", draft: { ...draft, text } });
}

function cancelled(state: MeasureState): MeasureStep {
  switch (state.kind) {
    case "idle":
      return to(state);
    case "pointing":
      return to(AT_REST);
    case "drawing": {
      const { spot, tool, cursor, by } = state;
      return to(by === "keys" ? { kind: "pointing", spot, tool, cursor } : AT_REST, t("measure.said.cancelled"));
    }
    case "holding":
    case "naming":
      return to(AT_REST, t("measure.said.cancelled"));
  }
}

// ---- what is seen of it ---------------------------------------------------------------------------

/** What is under the hand now and not kept yet. */
export interface Live {
  readonly cell: number;
  readonly draft: Draft;
  /** The annotation that it stands for; null: a new one. */
  readonly id: number | null;
}

export function live(state: MeasureState): Live | null {
  switch (state.kind) {
    case "drawing": {
      const { spot, placed, cursor, tool, press } = state;
      const outline = tool === "freehand" && press !== null;
      return { cell: spot.cell, draft: draftOf(state, outline ? placed : [...placed, cursor]), id: null };
    }
    case "holding": {
      const { annotation, part } = state.hit;
      if (!state.moved) return null;
      const draft = part === "label" ? { ...annotation, labelAt: labelAt(state) } : { ...annotation, points: heldPoints(state), reduced: state.spot.reduced };
      return { cell: state.spot.cell, draft, id: annotation.id };
    }
    case "naming":
      return state.id === null && state.spot !== null ? { cell: state.spot.cell, draft: state.draft, id: null } : null;
    default:
      return null;
  }
}

/** Where it is under way; null at rest, and while only a name is asked for. */
export function spotOf(state: MeasureState): Spot | null {
  return state.kind === "idle" ? null : state.spot;
}
