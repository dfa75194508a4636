/** The bar that shows how long a round number of millimetres is on the screen. */
import type { ImageTable, Spacing } from "../wire/types";
import type { ResolvedView } from "./resolve";

export interface ScaleBar {
  readonly mm: number;
  /** CSS pixels. */
  readonly lengthPx: number;
  readonly ticks: number;
  readonly source: Spacing["source"];
}

const MOST_PX = 240;
/** Of the cell's width. */
const MOST_SHARE = 0.3;
const LEAST_PX = 28;
const ROUND = [1, 2, 5] as const;
const TICKS = { 1: 5, 2: 4, 5: 5 } as const;

/** The longest of 1, 2, 5, 10, … mm that has room; null without millimetres: no bar is guessed (H7, H8). */
export function scaleBar({ spacing }: ImageTable, { scale }: ResolvedView, cellWidthPx: number): ScaleBar | null {
  if (spacing === null || !(scale > 0)) return null;
  const most = Math.min(MOST_PX, MOST_SHARE * cellWidthPx) / scale;
  const power = Math.floor(Math.log10(most));
  const round = [...ROUND].reverse().find((one) => one * 10 ** power <= most) ?? 1;
  const mm = Number((round * 10 ** power).toPrecision(1));
  const lengthPx = mm * scale;
  return lengthPx < LEAST_PX ? null : { mm, lengthPx, ticks: TICKS[round], source: spacing.source };
}
