/** What a reader marks on an image: plain data, kept by view/, measured by findings/, drawn by overlay/. */

/** An image point as in math/plane.ts: pixel i covers i to i + 1. */
export type Place = readonly [x: number, y: number];

export const ANNOTATION_KINDS = ["length", "bidirectional", "angle", "cobb", "ellipse", "rectangle", "freehand", "arrow", "text", "probe"] as const;

export type AnnotationKind = (typeof ANNOTATION_KINDS)[number];

/** What there is to say before it has its place among the others. */
export interface Draft {
  readonly kind: AnnotationKind;
  /** Indices of the plan: an annotation belongs to one frame of one display set, in whichever cells they are. */
  readonly displaySet: number;
  readonly frameIndex: number;
  /**
   * length: both ends. bidirectional: the ends of both axes. angle: arm, vertex, arm.
   * cobb: the ends of both lines. ellipse, rectangle: two opposite corners. freehand: the outline.
   * arrow: its head and its foot. text, probe: the place.
   */
  readonly points: readonly Place[];
  /** The reader's name for it, or what an arrow or a text says; may be empty. */
  readonly text: string;
  /** Where the reader has put the label: its nearest corner; null: where there is room. */
  readonly labelAt: Place | null;
  /** Placed on a picture with every n-th pixel only; 1: with all. */
  readonly reduced: number;
}

export interface Annotation extends Draft {
  /** Never used again within a reading. */
  readonly id: number;
  /** Counts those of its kind: "Length 2". */
  readonly number: number;
}
