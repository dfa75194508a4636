/** What the panels may ask of the page: they read the state and send wishes, nothing else. */
import type { ReadonlySignal } from "@preact/signals";
import type { Action } from "../view/actions";
import type { Thumbnail } from "../view/thumbnail";
import type { AppState, Viewport } from "../view/viewState";

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

export interface PagePorts {
  readonly send: (action: Action) => void;
  /** As if the key of this name were pressed; the names are those of tools/bindings.ts. */
  readonly press: (key: string) => void;
  readonly retry: (displaySet: number) => void;
  readonly endReading: () => void;
  /** Newer plans are asked for again after they have stopped. */
  readonly askForUpdates: () => void;
  readonly onCanvas: (canvas: HTMLCanvasElement) => void;
  readonly onMeasured: (measured: Measured) => void;
  readonly pointer: (cell: number, event: PointerEvent) => void;
  /** No button need be down. */
  readonly pointerLeft: (cell: number) => void;
  readonly wheel: (cell: number, event: WheelEvent) => void;
  readonly readouts: ReadonlySignal<Readout | null>;
  readonly keysHelp: readonly { readonly keys: readonly string[]; readonly label: string }[];
  readonly today: Date;
}

export interface PanelProps {
  readonly state: AppState;
  readonly ports: PagePorts;
}

export type Thumbnails = Readonly<Record<number, Thumbnail>>;
