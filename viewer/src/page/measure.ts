/** From the page's layout to whole device pixels. */
import type { CellRect, Measured } from "./ports";

/** grid: holds the canvas and the cells, each with its index in data-cell. Edges are rounded, so cells never overlap. */
export function measure(grid: HTMLElement, count: number): Measured {
  const ratio = window.devicePixelRatio;
  const frame = grid.getBoundingClientRect();
  const cells: (CellRect | null)[] = Array.from({ length: count }, () => null);
  for (const element of grid.querySelectorAll<HTMLElement>("[data-cell]")) {
    const box = element.getBoundingClientRect();
    const [x, y] = [Math.round((box.left - frame.left) * ratio), Math.round((box.top - frame.top) * ratio)];
    const [right, bottom] = [Math.round((box.right - frame.left) * ratio), Math.round((box.bottom - frame.top) * ratio)];
    if (right > x && bottom > y) {
      cells[Number(element.dataset.cell)] = { x, y, width: right - x, height: bottom - y, devicePixelRatio: ratio };
    }
  }
  return { width: Math.round(frame.width * ratio), height: Math.round(frame.height * ratio), cells };
}
