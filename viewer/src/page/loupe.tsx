/** The frame round what the magnifier draws, and the lines over the image as large as the image in it. */
import { useLayoutEffect } from "preact/hooks";
import { MarkLines } from "./marks";
import type { Loupe, PanelProps } from "./ports";

export function LoupeFrame({ state, ports }: PanelProps) {
  const loupe = ports.loupe.value;
  useHole(loupe);
  if (loupe === null) return null;
  const { magnification, origin } = loupe;
  const px = (length: number): string => `${String(length / loupe.devicePixelRatio)}px`;
  return (
    <div class="loupe" data-loupe={magnification} aria-hidden="true" style={{ left: px(loupe.x), top: px(loupe.y), width: px(loupe.width), height: px(loupe.height) }}>
      <svg class="loupe-lines" focusable="false">
        <g transform={`translate(${origin.map(String).join(" ")}) scale(${String(magnification)})`}><MarkLines index={loupe.cell} state={state} />{ports.lines(loupe.cell)}</g>
      </svg>
      <span class="loupe-factor">{`${String(magnification)}×`}</span>
    </div>
  );
}

/** Lines of the cell lie elsewhere in the larger image: none is drawn where the magnifier stands. */
function useHole(loupe: Loupe | null): void {
  useLayoutEffect(() => {
    const cell = loupe === null ? null : document.querySelector<HTMLElement>(`[data-cell="${String(loupe.cell)}"]`);
    if (loupe === null || cell === null) return undefined;
    const [left, top] = loupe.corner;
    const [right, bottom] = [left + loupe.width / loupe.devicePixelRatio, top + loupe.height / loupe.devicePixelRatio];
    const corners = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]].map(([x, y]) => `${String(x)}px ${String(y)}px`);
    cell.style.setProperty("--lines-clip", `polygon(evenodd, 0 0, 100% 0, 100% 100%, 0 100%, 0 0, ${corners.join(", ")})`);
    return () => { cell.style.removeProperty("--lines-clip"); };
  }, [loupe]);
}
