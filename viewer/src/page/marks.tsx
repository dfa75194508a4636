/** Lines over a cell: they are drawn by the browser, and no image is drawn anew for them. */
import { cursorMark, referenceLine, regionMark } from "../view/marks";
import { imageOf, resolvedCell } from "../view/resolve";
import { scaleBar } from "../view/scaleBar";
import type { AppState } from "../view/viewState";
import { displaySetOf } from "../view/viewState";
import { localNumber, t } from "../words/words";

interface MarksProps {
  readonly index: number;
  readonly state: AppState;
}

export function Marks(props: MarksProps) {
  return <svg class="marks" aria-hidden="true" focusable="false"><MarkLines {...props} /></svg>;
}

/** In CSS pixels of the cell. */
export function MarkLines({ index, state }: MarksProps) {
  const line = referenceLine(state, index);
  const cursor = cursorMark(state, index);
  const region = regionMark(state, index);
  if (line === null && cursor === null && region.length === 0) return null;
  return (
    <>
      {line !== null && (
        <g data-mark="reference">
          <line class="mark-under" x1={line[0][0]} y1={line[0][1]} x2={line[1][0]} y2={line[1][1]} />
          <line class="mark-reference" x1={line[0][0]} y1={line[0][1]} x2={line[1][0]} y2={line[1][1]} />
        </g>
      )}
      {region.length > 0 && <polygon class="mark-region" data-mark="region" points={region.map((point) => point.join(",")).join(" ")} />}
      {cursor !== null && (
        <g data-mark="cursor" data-in-slice={cursor.inSlice} transform={`translate(${String(cursor.point[0])} ${String(cursor.point[1])})`}>
          <path class="mark-under" d={CROSS} />
          <path class="mark-cursor" d={CROSS} />
          {!cursor.inSlice && <circle class="mark-cursor mark-away" r={12} />}
          {!cursor.inSlice && <text class="mark-text" x={18} y={-8}>{t("marks.away", { mm: signed(cursor.awayMm) })}</text>}
        </g>
      )}
    </>
  );
}

/** A gap in the middle: what is pointed at stays to be seen. */
const CROSS = "M-16 0H-5M5 0H16M0-16V-5M0 5V16";

function signed(mm: number): string {
  return `${mm < 0 ? "−" : "+"}${localNumber(Math.abs(mm).toFixed(1))}`;
}

/** Only where there are millimetres; it says of which kind they are (H7, H8). */
export function ScaleBarMark({ index, state }: MarksProps) {
  const image = imageOf(displaySetOf(state, index));
  const resolved = resolvedCell(state, index);
  const viewport = state.viewports[index] ?? null;
  if (image === null || resolved === null || viewport === null || state.words === "none") return null;
  const bar = scaleBar(image, resolved, viewport.width / viewport.devicePixelRatio);
  if (bar === null) return null;
  const steps = Array.from({ length: bar.ticks + 1 }, (_, i) => 0.5 + Math.round((i * bar.lengthPx) / bar.ticks));
  const path = `M0.5 7.5H${String(0.5 + Math.round(bar.lengthPx))}${steps.map((x, i) => `M${String(x)} 7.5V${i === 0 || i === bar.ticks ? "1.5" : "4.5"}`).join("")}`;
  const text = bar.mm >= 10 ? t("scale.cm", { cm: localNumber(String(bar.mm / 10)) }) : t("scale.mm", { mm: localNumber(String(bar.mm)) });
  return (
    <div class="scale" data-scale={bar.mm} data-source={bar.source}>
      <svg width={Math.round(bar.lengthPx) + 1} height={10} aria-hidden="true" focusable="false"><path class="scale-under" d={path} /><path class="scale-line" d={path} /></svg>
      <span>{text}{bar.source !== "patient" && <span class="scale-kind"> {t(bar.source === "detector" ? "scale.detector" : "scale.calibrated")}</span>}</span>
    </div>
  );
}
