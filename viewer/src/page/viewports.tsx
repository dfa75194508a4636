/** The grid of cells over one canvas: words and borders here, pixels by the engine beneath. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { announcement } from "../view/labels";
import { gridOf } from "../view/grid";
import { linkedWith } from "../view/link";
import { priorMark } from "../view/planWords";
import { resolvedCell } from "../view/resolve";
import type { AppState } from "../view/viewState";
import { cellStatus, displaySetOf } from "../view/viewState";
import { t } from "../words/words";
import { CineControl } from "./cineControl";
import { CellMessage } from "./cellMessage";
import { CellMenu } from "./cellMenu";
import { FindingsTable } from "./findingsTable";
import { LoupeFrame } from "./loupe";
import { Marks } from "./marks";
import { measure } from "./measure";
import { Overlay } from "./overlay";
import type { PanelProps } from "./ports";
import { ReadoutLine } from "./readout";

export function Viewports({ state, ports }: PanelProps) {
  const shown = gridOf(state);
  const grid = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current !== null) ports.onCanvas(canvas.current);
  }, [ports]);
  useLayoutEffect(() => {
    const element = grid.current;
    if (element === null) return undefined;
    const report = (): void => { ports.onMeasured(measure(element, state.cells.length)); };
    const observer = new ResizeObserver(report);
    observer.observe(element);
    report();
    return () => { observer.disconnect(); };
  }, [ports, shown.rows, shown.columns, shown.cells.join(), state.cells.length]);
  useLayoutEffect(() => {
    focusCell(grid.current, state.activeCell);
  }, [state.activeCell]);
  return (
    <main class="viewports" ref={grid} aria-label={t("cells.label")} data-held={state.held}>
      <canvas class="image" ref={canvas} aria-hidden="true" />
      <div class="grid" style={{ gridTemplateRows: tracks(shown.rows), gridTemplateColumns: tracks(shown.columns) }}>
        {shown.cells.map((index) => <CellFrame key={index} index={index} state={state} ports={ports} />)}
      </div>
      <LoupeFrame state={state} ports={ports} />
      <CellMenu state={state} ports={ports} />
      <FindingsTable ports={ports} />
    </main>
  );
}

/** Focus that stands on a viewport goes with the active one. */
function focusCell(grid: HTMLElement | null, cell: number): void {
  if (document.activeElement?.matches("[data-cell]") !== true) return;
  grid?.querySelector<HTMLElement>(`[data-cell="${String(cell)}"]`)?.focus({ preventScroll: true });
}

function tracks(count: number): string {
  return `repeat(${String(count)}, minmax(0, 1fr))`;
}

function CellFrame({ index, state, ports }: PanelProps & { readonly index: number }) {
  const cell = state.cells[index];
  const set = displaySetOf(state, index);
  const pointer = (event: PointerEvent): void => { ports.pointer(index, event); };
  return (
    <section
      class="cell"
      role="application"
      tabIndex={0}
      aria-roledescription={t("cells.cell")}
      aria-label={cellName(state, index)}
      aria-current={index === state.activeCell}
      data-cell={index}
      data-display-set={cell?.displaySet ?? ""}
      data-frame={cell?.frameIndex ?? ""}
      data-status={cellStatus(state, index)}
      data-role={set?.study.role}
      data-justify={cell?.as.justify ?? undefined}
      data-linked={linkedWith(state, index).length > 0}
      onFocus={() => { if (index !== state.activeCell) ports.send({ kind: "activate", cell: index }); }}
      onPointerDown={pointer}
      onPointerMove={pointer}
      onPointerUp={pointer}
      onPointerCancel={pointer}
      onLostPointerCapture={pointer}
      onPointerLeave={() => { ports.pointerLeft(index); }}
      onContextMenu={(event) => { event.preventDefault(); }}
      onDblClick={() => { ports.doubleClick(index); }}
      onWheel={(event) => { ports.wheel(index, event); }}
    >
      {ports.marks(index)}
      <Marks index={index} state={state} />
      <Overlay index={index} state={state} />
      <ReadoutLine index={index} ports={ports} playing={cell?.playing === true} />
      <CineControl index={index} state={state} ports={ports} />
      <CellMessage index={index} state={state} ports={ports} />
    </section>
  );
}

function cellName(state: AppState, index: number): string {
  const set = displaySetOf(state, index);
  const place = state.cells[index]?.as.label ?? "";
  const what = set === undefined ? t("cells.empty") : `${set.modality} ${set.label}`;
  const words = [place, what, set === undefined ? "" : priorMark(set.study)].filter(Boolean).join(", ");
  return t("cells.name", { number: index + 1, count: state.cells.length, what: words });
}

/** Tells a screen reader where the active cell is (WCAG 4.1.3); not 25 times a second. */
export function LiveRegion({ state }: { readonly state: AppState }) {
  const cell = state.cells[state.activeCell];
  const set = displaySetOf(state, state.activeCell);
  const resolved = resolvedCell(state, state.activeCell);
  const text = cell === undefined || cell.playing || set === undefined || resolved === null ? "" : announcement(cell, set, resolved);
  return <p class="unseen" role="status" aria-live="polite">{text}</p>;
}

/** Tells it what has changed by itself or by a stage: priors that arrive, the stage's name, links. */
export function News({ state }: { readonly state: AppState }) {
  return <p class="unseen" role="status" aria-live="polite" data-news>{state.news}</p>;
}
