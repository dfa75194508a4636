/** What lies under the pointer, in words: found anew for each picture, without drawing one. */
import type { EntriesOf } from "../findings/values";
import { probe } from "../findings/probe";
import type { Point } from "../math/affine";
import { apply } from "../math/affine";
import type { Readout } from "../page/ports";
import { readoutText } from "../view/readout";
import { imageOf, middle, resolvedCell } from "../view/resolve";
import type { AppState } from "../view/viewState";
import { displaySetOf, visibleCells } from "../view/viewState";
import type { PixelSources } from "./derived";

export interface Pointing {
  /** The pointer is there, CSS pixels of the cell. */
  readonly moved: (cell: number, point: Point) => void;
  readonly left: (cell: number) => void;
  /** Where the pointer is; null while it is over no cell. */
  readonly at: () => { readonly cell: number; readonly point: Point } | null;
  /** What there is to read now; null where nothing is. */
  readonly readout: () => Readout | null;
}

export function createPointing(now: () => AppState, sources: PixelSources, changed: () => void): Pointing {
  let pointer: { readonly cell: number; readonly point: Point } | null = null;

  return {
    moved: (cell, point) => {
      pointer = { cell, point };
      changed();
    },
    left: (cell) => {
      if (pointer?.cell !== cell) return;
      pointer = null;
      changed();
    },
    at: () => pointer,
    readout: () => {
      const state = now();
      if (pointer !== null) return readoutAt(state, pointer.cell, pointer.point, "pointer", sources);
      const viewport = state.viewports[state.activeCell] ?? null;
      return state.detailed && viewport !== null ? readoutAt(state, state.activeCell, middle(viewport), "middle", sources) : null;
    },
  };
}

/** Null beside the image, and while the frame is not drawn: nothing is read that is not seen. */
function readoutAt(state: AppState, index: number, point: Point, at: Readout["at"], { pixels, entries }: PixelSources): Readout | null {
  const cell = state.cells[index];
  const image = imageOf(displaySetOf(state, index));
  const resolved = resolvedCell(state, index);
  if (cell === undefined || cell.displaySet === null || image === null || resolved === null) return null;
  if (cell.drawnFrame !== cell.frameIndex || !visibleCells(state).includes(index)) return null;
  const { displaySet, frameIndex } = cell;
  const entriesOf: EntriesOf = (table) => entries(displaySet, table);
  const facts = probe(pixels({ displaySet, frameIndex }), image, frameIndex, apply(resolved.imageFromScreen, point), entriesOf);
  if (facts === null) return null;
  return { cell: index, at, column: facts.column, row: facts.row, text: readoutText(facts, image, state.detailed) };
}
