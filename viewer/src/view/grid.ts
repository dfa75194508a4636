/** Which cells stand on the screen, and in how many rows and columns. */
/** A tablet or telephone, as it is held: upright it shows one cell at a time, lying two (ux.md 8). */
export type Held = "portrait" | "landscape" | null;

export interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** By index, row by row. */
  readonly cells: readonly number[];
}

/** Two lie side by side. */
const LYING = 2;

export interface Laid {
  readonly oneUp: boolean;
  readonly activeCell: number;
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly unknown[];
  readonly held: Held;
}

export function gridOf({ oneUp, activeCell, rows, columns, cells, held }: Laid): Grid {
  if (oneUp || (held === "portrait" && cells.length > 1)) return { rows: 1, columns: 1, cells: [activeCell] };
  const all = cells.map((_, index) => index);
  if (held !== "landscape" || cells.length <= LYING) return { rows, columns, cells: all };
  const first = activeCell - (activeCell % LYING);
  const pair = all.slice(first, first + LYING);
  return { rows: 1, columns: pair.length, cells: pair };
}
