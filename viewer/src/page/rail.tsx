/** The list of display sets, by study; the refused ones stand in it with their reason. */
import { useEffect, useRef } from "preact/hooks";
import { priorMark } from "../view/planWords";
import type { StudyGroup } from "../view/studies";
import { studyGroups } from "../view/studies";
import type { DisplaySet } from "../wire/types";
import type { Thumbnail } from "../view/thumbnail";
import { loadOf } from "../view/viewState";
import { Icon } from "./icons";
import type { PanelProps, Thumbnails } from "./ports";

interface RailProps extends PanelProps {
  readonly thumbnails: Thumbnails;
}

export function Rail({ state, ports, thumbnails }: RailProps) {
  if (!state.railOpen) return null;
  return (
    <nav class="rail" aria-label="Series">
      {studyGroups(state.plan).map((group) => (
        <section aria-label={studyName(group)} data-role={group.study.role}>
          <StudyHead group={group} />
          <ul>{group.indices.map((index) => <Item index={index} state={state} ports={ports} thumbnails={thumbnails} />)}</ul>
        </section>
      ))}
      {state.plan.displaySets.length === 0 && <p class="rail-empty">{state.plan.complete ? "There are no images for this order." : "No images yet."}</p>}
      {!state.plan.complete && <p class="rail-empty rail-waiting"><Icon name="waiting" />Archives are still being asked; more may arrive.</p>}
    </nav>
  );
}

function studyName({ study }: StudyGroup): string {
  return priorMark(study) || `Study of ${study.date || "unknown date"}`;
}

function StudyHead({ group: { study, modalities } }: { readonly group: StudyGroup }) {
  const why = study.relevance.join(" · ");
  return (
    <h2 class="rail-study" title={[study.description, why].filter(Boolean).join("\n")}>
      <span class="rail-when">{priorMark(study) || [study.date || "Undated", study.time].filter(Boolean).join(" ")}</span>
      <span class="rail-what">
        {modalities.map((modality) => <span class="chip">{modality}</span>)}
        <span class="quiet">{study.description || "No description"}</span>
      </span>
      {why !== "" && <span class="quiet rail-why">{why}</span>}
    </h2>
  );
}

function Item({ index, state, ports, thumbnails }: RailProps & { readonly index: number }) {
  const set = state.plan.displaySets[index];
  if (set === undefined) return null;
  const shownIn = state.cells.flatMap(({ displaySet }, i) => (displaySet === index ? [i + 1] : []));
  const { ready } = loadOf(state, index);
  return (
    <li>
      <button
        type="button"
        class="series"
        data-series={index}
        data-refused={set.refusal?.code}
        aria-current={shownIn.includes(state.activeCell + 1)}
        title={set.label}
        onClick={() => { ports.send({ kind: "show", cell: state.activeCell, displaySet: index }); }}
      >
        <Picture set={set} thumbnail={thumbnails[index]} />
        <span class="series-words">
          <span class="series-label">{set.label}</span>
          <span class="series-facts">
            <span class="chip">{set.modality}</span>
            {shownIn.map((cell) => <span class="chip chip-cell" title={`In viewport ${String(cell)}`}>{cell}</span>)}
            <span class="quiet">{frames(set, ready)}</span>
          </span>
          {set.refusal !== null && <span class="series-refusal"><Icon name="blocked" />{set.refusal.text}</span>}
        </span>
        {set.refusal === null && <Progress share={set.frameCount === 0 ? 0 : ready / set.frameCount} />}
      </button>
    </li>
  );
}

function frames(set: DisplaySet, ready: number): string {
  if (set.refusal === null && ready > 1 && ready < set.frameCount) return `${String(ready)}/${String(set.frameCount)}`;
  return `${String(set.frameCount)} ${set.frameCount === 1 ? "image" : "images"}`;
}

function Progress({ share }: { readonly share: number }) {
  return <span class="series-progress" aria-hidden="true"><span data-whole={share >= 1} style={{ width: `${String(100 * share)}%` }} /></span>;
}

function Picture({ set, thumbnail }: { readonly set: DisplaySet; readonly thumbnail: Thumbnail | undefined }) {
  if (set.refusal !== null) return <span class="series-picture" aria-hidden="true"><Icon name="blocked" /></span>;
  return <span class="series-picture" aria-hidden="true">{thumbnail && <Drawing thumbnail={thumbnail} />}</span>;
}

function Drawing({ thumbnail }: { readonly thumbnail: Thumbnail }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, rgba } = thumbnail;
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [rgba, width, height]);
  return <canvas ref={canvas} width={width} height={height} />;
}
