/** What the panels may ask of the page: they read the state and send wishes, nothing else. */
import type { Point } from "../math/affine";
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Action } from "../view/actions";
import type { Thumbnail } from "../view/thumbnail";
import type { AnnotationKind } from "../wire/annotation";
import type { ActionId } from "../view/keyNames";
import type { AppState, Viewport } from "../view/viewState";
import type { Preferences } from "../wire/preferences";
import type { TagTree } from "../wire/tags";

/** Whole device pixels, origin at the canvas's top left corner. */
export interface CellRect extends Viewport {
  readonly x: number;
  readonly y: number;
}

export interface Measured {
  /** Size of the canvas in device pixels. */
  readonly width: number;
  readonly height: number;
  /** By cell; null while a cell is not on the screen. */
  readonly cells: readonly (CellRect | null)[];
}

/** What the magnifier covers, device pixels of the canvas. */
export interface Loupe extends CellRect {
  readonly magnification: number;
  readonly cell: number;
  /** Its corner, CSS pixels of the cell. */
  readonly corner: Point;
  /** Where the cell's own corner comes to lie in it, CSS pixels. */
  readonly origin: Point;
}

/** One pixel in words. */
export interface Readout {
  readonly cell: number;
  /** Where: under the pointer, or at the middle of the cell for hands on the keyboard. */
  readonly at: "pointer" | "middle";
  /** Of the image, from 0. */
  readonly column: number;
  readonly row: number;
  readonly text: string;
}

/** One measurement in words. */
export interface FindingRow {
  readonly id: number;
  readonly kind: AnnotationKind;
  readonly kindName: string;
  readonly name: string;
  /** The reader's own; empty: there is none. */
  readonly text: string;
  readonly values: readonly { readonly text: string; readonly tone: "name" | "value" | "quiet" | "warning" | "detail" }[];
  readonly sources: readonly string[];
  /** Series and image. */
  readonly place: string;
  readonly selected: boolean;
}

export interface PagePorts {
  readonly send: (action: Action) => void;
  /** As if the key of this action were pressed. */
  readonly press: (id: ActionId) => void;
  readonly retry: (displaySet: number) => void;
  readonly endReading: () => void;
  /** Newer plans are asked for again after they have stopped. */
  readonly askForUpdates: () => void;
  readonly onCanvas: (canvas: HTMLCanvasElement) => void;
  readonly onMeasured: (measured: Measured) => void;
  readonly pointer: (cell: number, event: PointerEvent) => void;
  /** No button need be down. */
  readonly pointerLeft: (cell: number) => void;
  readonly doubleClick: (cell: number) => void;
  readonly wheel: (cell: number, event: WheelEvent) => void;
  readonly readouts: ReadonlySignal<Readout | null>;
  /** Null while nothing is magnified. */
  readonly loupe: ReadonlySignal<Loupe | null>;
  /** When the sign-in ends, ms since 1970. */
  readonly endsAtMs: number;
  /** What lies over the image of a cell: annotations. */
  readonly marks: (cell: number) => ComponentChildren;
  /** Their lines alone: what the magnifier shows larger. */
  readonly lines: (cell: number) => ComponentChildren;
  readonly findings: ReadonlySignal<readonly FindingRow[]>;
  /** The measuring tool is in the hands of the keyboard: a cross in the active cell. */
  readonly measureByKeys: () => void;
  /** In force at once, and kept on the server. From what they are then: a panel may be a picture behind. */
  readonly prefer: (change: (preferences: Preferences) => Preferences) => void;
  /** Every attribute of the instance that holds this frame. RequestFailed. */
  readonly tags: (displaySet: number, frameIndex: number, signal: AbortSignal) => Promise<TagTree>;
  readonly today: Date;
}

export interface PanelProps {
  readonly state: AppState;
  readonly ports: PagePorts;
}

export type Thumbnails = Readonly<Record<number, Thumbnail>>;
