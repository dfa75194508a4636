/** Asks before a clip is played that flashes too often: it looks at the frames that are here. */
import { timelineOf } from "../view/cine";
import { flashes } from "../view/flashes";
import { imageOf, resolvedCell } from "../view/resolve";
import { windowed } from "../view/thumbnail";
import type { AppState } from "../view/viewState";
import { displaySetOf } from "../view/viewState";
import type { PixelSources } from "./derived";
import { pixelsOf } from "./derived";

/** The picture is looked at in so many parts across and down, by so many points each way in each. */
const PARTS = 6;
const POINTS = 3;
const GAMMA = 2.2;

export function mayFlash(state: AppState, index: number, sources: PixelSources): boolean {
  const [cell, set] = [state.cells[index], displaySetOf(state, index)];
  const image = imageOf(set);
  const voi = resolvedCell(state, index)?.voi ?? null;
  const timeline = set === undefined || cell === undefined ? null : timelineOf(set, cell.cine);
  if (cell === undefined || cell.displaySet === null || image === null || voi === null || timeline === null) return false;
  if (state.flashesAllowed.includes(cell.displaySet)) return false;
  const { displaySet } = cell;
  const pictures: number[][] = [];
  for (const frameIndex of timeline.frames) {
    const pixels = pixelsOf(image, { displaySet, frameIndex }, sources);
    if (pixels === null) return false; // looked at again when all is here
    const at = (pixel: number): number => {
      const value = pixels.at(pixel);
      if (value === null) return 0;
      if (typeof value !== "number") return luminance(value.map((part) => part / 255));
      return voi.kind === "window" ? luminance([windowed(voi.window, value)]) : 0;
    };
    pictures.push(partsOf(image.columns, image.rows, at));
  }
  return flashes(pictures, timeline.startsMs);
}

function luminance([red = 0, green = red, blue = red]: readonly number[]): number {
  return 0.2126 * red ** GAMMA + 0.7152 * green ** GAMMA + 0.0722 * blue ** GAMMA;
}

function partsOf(columns: number, rows: number, at: (pixel: number) => number): number[] {
  return Array.from({ length: PARTS * PARTS }, (_, part) => {
    let sum = 0;
    for (let point = 0; point < POINTS * POINTS; point++) {
      const x = ((part % PARTS) + ((point % POINTS) + 0.5) / POINTS) / PARTS;
      const y = (Math.floor(part / PARTS) + (Math.floor(point / POINTS) + 0.5) / POINTS) / PARTS;
      sum += at(Math.floor(y * rows) * columns + Math.floor(x * columns));
    }
    return sum / (POINTS * POINTS);
  });
}
