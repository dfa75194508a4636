/** One series of the list: its picture, what it is, how far it has come, where it hangs. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { middleFrame } from "../view/cell";
import type { Thumbnail } from "../view/thumbnail";
import type { Load } from "../view/viewState";
import { loadOf } from "../view/viewState";
import { refusalText } from "../view/problemWords";
import type { DisplaySet } from "../wire/types";
import { language, t } from "../words/words";
import { Icon, Ring } from "./icons";
import { isNarrow } from "./narrow";
import type { PanelProps } from "./ports";
import type { SeriesDrag } from "./seriesDrag";

interface ItemProps extends PanelProps {
  readonly index: number;
  readonly thumbnail: Thumbnail | undefined;
  readonly drag: SeriesDrag;
}

/** Built anew only when something of this series has changed: 200 of them cost no more than a few. */
export function SeriesItem({ index, state, ports, thumbnail, drag }: ItemProps) {
  const set = state.plan.displaySets[index];
  const load = loadOf(state, index);
  const shownIn = state.cells.flatMap(({ displaySet }, i) => (displaySet === index ? [i + 1] : [])).join(" ");
  const { activeCell } = state;
  const current = shownIn.split(" ").includes(String(activeCell + 1));
  const cells = state.cells.length;
  const show = (cell: number): void => {
    ports.send({ kind: "show", cell, displaySet: index });
    ports.send({ kind: "activate", cell });
    if (isNarrow()) ports.send({ kind: "rail" });
  };
  return useMemo(() => {
    if (set === undefined) return null;
    return (
      <li>
        <button
          type="button"
          class="series"
          data-series={index}
          data-refused={set.refusal?.code}
          aria-current={current}
          aria-describedby="rail-help"
          title={set.label}
          tabIndex={current || (index === 0 && shownIn === "") ? 0 : -1}
          {...drag.listeners(index)}
          onClick={() => { if (!drag.wasDragged()) show(activeCell); }}
          onKeyDown={(event) => {
            const number = Number(event.key);
            if (!(number >= 1 && number <= Math.min(9, cells)) || event.ctrlKey || event.altKey) return;
            event.preventDefault();
            show(number - 1);
          }}
        >
          <Picture set={set} thumbnail={thumbnail} load={load} />
          <span class="series-words">
            <bdi class="series-label">{set.label}</bdi>
            <span class="series-facts">
              <span class="chip">{set.modality}</span>
              <span class="quiet series-count" title={t("series.images", { count: set.frameCount })}><span aria-hidden="true">{framesText(set, load)}</span><span class="unseen">{t("series.images", { count: set.frameCount })}</span></span>
            </span>
            {set.refusal !== null && <span class="series-refusal">{refusalText(set.refusal)}</span>}
          </span>
          {shownIn !== "" && <span class="series-cells" aria-hidden="true">{shownIn.split(" ").slice(0, 3).map((cell) => <span class="chip-cell">{cell}</span>)}</span>}
          {shownIn !== "" && <span class="unseen">{t("series.shownIn", { cells: shownIn.split(" ").join(", ") })}</span>}
        </button>
      </li>
    );
  }, [set, load, shownIn, activeCell, current, cells, thumbnail, language()]);
}

function framesText(set: DisplaySet, { ready }: Load): string {
  if (set.refusal === null && ready > 1 && ready < set.frameCount) return `${String(ready)}/${String(set.frameCount)}`;
  return String(set.frameCount);
}

function Picture({ set, thumbnail, load }: { readonly set: DisplaySet; readonly thumbnail: Thumbnail | undefined; readonly load: Load }) {
  const share = set.frameCount === 0 ? 0 : load.ready / set.frameCount;
  const failed = load.failures[middleFrame(set)] !== undefined;
  const state = set.refusal !== null ? "refused" : thumbnail !== undefined ? "shown" : failed ? "failed" : "waiting";
  return (
    <span class="series-picture" aria-hidden="true" data-picture={state}>
      {state === "refused" && <Icon name="blocked" />}
      {state === "failed" && <Icon name="imageOff" />}
      {thumbnail !== undefined && <Drawing thumbnail={thumbnail} />}
      {state !== "refused" && share > 0 && share < 1 && <Ring share={share} />}
    </span>
  );
}

function Drawing({ thumbnail }: { readonly thumbnail: Thumbnail }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, rgba } = thumbnail;
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [rgba, width, height]);
  return <canvas ref={canvas} width={width} height={height} />;
}
