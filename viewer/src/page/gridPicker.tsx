/** The choice of a grid, up to 5 × 5: by one drag from the button, by a click, or with the arrow keys (WCAG 2.5.7). */
import { useState } from "preact/hooks";
import { t } from "../words/words";
import type { PanelProps } from "./ports";
import { Popover } from "./popover";

const MOST = 5;
const SIDE = [1, 2, 3, 4, 5] as const;

export function GridPicker({ state, ports }: PanelProps) {
  const now = `${String(state.rows)} × ${String(state.columns)}`;
  return (
    <Popover icon="grid" tool="grid" label={t("grid.label", { rows: state.rows, columns: state.columns })} text={now}>
      {(close) => (
        <Grid
          rows={state.rows}
          columns={state.columns}
          choose={(rows, columns) => {
            ports.send({ kind: "layout", rows, columns });
            close();
          }}
        />
      )}
    </Popover>
  );
}

interface GridProps {
  readonly rows: number;
  readonly columns: number;
  readonly choose: (rows: number, columns: number) => void;
}

const ARROWS: Readonly<Record<string, readonly [down: number, right: number]>> = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };

function Grid({ rows, columns, choose }: GridProps) {
  const [[hotRow, hotColumn], setHot] = useState<readonly [number, number]>([rows, columns]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const arrow = ARROWS[event.key];
    if (arrow === undefined || !(event.currentTarget instanceof HTMLElement)) return;
    event.preventDefault();
    event.stopPropagation();
    const next = [within(hotRow + arrow[0]), within(hotColumn + arrow[1])] as const;
    setHot(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-size="${next.join("x")}"]`)?.focus();
  };
  return (
    <div class="grid-picker" onKeyDown={onKeyDown}>
      <div class="grid-boxes" role="group" aria-label={t("grid.rowsByColumns")}>
        {SIDE.flatMap((row) => SIDE.map((column) => (
          <button
            type="button"
            class="grid-box"
            data-size={`${String(row)}x${String(column)}`}
            data-hot={row <= hotRow && column <= hotColumn}
            aria-label={t("grid.size", { rows: row, columns: column })}
            aria-pressed={row === rows && column === columns}
            tabIndex={row === hotRow && column === hotColumn ? 0 : -1}
            onPointerEnter={() => { setHot([row, column]); }}
            onPointerUp={() => { choose(row, column); }}
            onClick={({ detail }) => { if (detail === 0) choose(row, column); }}
          />
        )))}
      </div>
      <p class="grid-words">{t("grid.rowsColumns", { rows: hotRow, columns: hotColumn })}</p>
    </div>
  );
}

function within(side: number): number {
  return Math.min(MOST, Math.max(1, side));
}
