/** What is drawn over one cell: pure, from annotations and the resolved view to lines, handles and labels in CSS pixels. */
import type { Assessment } from "../findings/assess";
import { handlesOf } from "../findings/reshape";
import type { Affine, Point } from "../math/affine";
import { apply } from "../math/affine";
import type { Grip } from "../view/findings";
import { nameOf } from "../view/findings";
import type { Annotation, AnnotationKind, Draft } from "../wire/annotation";
import { t } from "../words/words";
import type { Label, Rect, Size } from "./label";
import { placeLabel } from "./label";
import type { Strokes } from "./strokes";
import { strokesOf } from "./strokes";
import { labelLines, summary } from "./valueWords";

/** One annotation, or the one that is being made (annotation: null). */
export interface Marked {
  readonly draft: Draft;
  readonly annotation: Annotation | null;
  readonly assessment: Assessment;
  readonly selected: boolean;
  readonly grip: Grip | null;
}

export interface Handle {
  readonly at: Point;
  /** The arrow keys move it. */
  readonly active: boolean;
}

export interface Mark {
  /** Null while it is being made. */
  readonly id: number | null;
  readonly kind: AnnotationKind;
  readonly strokes: Strokes;
  readonly handles: readonly Handle[];
  readonly label: Label | null;
  readonly selected: boolean;
  /** The arrow keys move all of it. */
  readonly heldWhole: boolean;
  /** For a screen reader. */
  readonly name: string;
}

/** A field for words, at its place. */
export interface Naming {
  readonly at: Point;
  readonly text: string;
  readonly label: string;
}

export interface CellScene {
  readonly marks: readonly Mark[];
  /** The keyboard's cross. */
  readonly cross: Point | null;
  readonly naming: Naming | null;
  /** A measuring tool is in the hand. */
  readonly measuring: boolean;
}

export const EMPTY_SCENE: CellScene = { marks: [], cross: null, naming: null, measuring: false };
export const READY_SCENE: CellScene = { ...EMPTY_SCENE, measuring: true };

/** unit: how many times as large as usual the reader's text is. Text upright, whatever the view does; labels of later marks keep clear of earlier ones. */
export function marksOf(marked: readonly Marked[], screenFromImage: Affine, cell: Size, unit = 1): readonly Mark[] {
  const taken: Rect[] = [];
  return marked.map(({ draft, annotation, assessment, selected, grip }) => {
    const strokes = strokesOf(draft, screenFromImage);
    const wanted = draft.labelAt === null ? null : apply(screenFromImage, draft.labelAt);
    const label = placeLabel(labelLines(draft, assessment), aboutOf(draft, strokes.points), wanted, cell, taken, unit);
    if (label !== null) taken.push(label.box);
    return {
      id: annotation?.id ?? null,
      kind: draft.kind,
      strokes,
      handles: handlesOf(draft).map((point, i) => ({ at: apply(screenFromImage, point), active: grip === i })),
      label,
      selected,
      heldWhole: grip === "all",
      name: annotation === null ? "" : summary(annotation, assessment),
    };
  });
}

/** The points that a label stands beside: an ellipse has none at its corners. */
function aboutOf({ kind }: Draft, points: readonly Point[]): readonly Point[] {
  const [a, b] = points;
  if (a === undefined || b === undefined || (kind !== "ellipse" && kind !== "rectangle")) return kind === "arrow" && b !== undefined ? [b] : points;
  const [x, y] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  return [[a[0], y], [b[0], y], [x, a[1]], [x, b[1]]];
}

export function namingOf(draft: Draft, annotation: Annotation | null, screenFromImage: Affine): Naming | null {
  const place = draft.points.at(draft.kind === "arrow" ? 1 : 0);
  if (place === undefined) return null;
  const label = annotation === null ? t("measure.textHere") : t("measure.nameOf", { name: nameOf(annotation) });
  return { at: apply(screenFromImage, draft.labelAt ?? place), text: draft.text, label };
}
