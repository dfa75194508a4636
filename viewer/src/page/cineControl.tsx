/** Play and pause on images that have a time of their own, with the rate that is played. */
import { rateText, sourceText, speedText, timelineOf } from "../view/cine";
import { imageOf } from "../view/resolve";
import { displaySetOf, loadOf } from "../view/viewState";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";

/** A stack of slices is played by key or from the tool row. */
const SLICES: ReadonlySet<string> = new Set(["CT", "MR", "PT"]);

export function CineControl({ index, state, ports }: PanelProps & { readonly index: number }) {
  const cell = state.cells[index];
  const set = displaySetOf(state, index);
  const timeline = set === undefined ? null : timelineOf(set);
  const image = imageOf(set);
  if (cell === undefined || cell.displaySet === null || set === undefined || image === null || timeline === null) return null;
  const isClip = image.cine !== null || (image.geometry === null && !SLICES.has(set.modality));
  if (!isClip && !cell.playing) return null;
  const { ready } = loadOf(state, cell.displaySet);
  const waiting = cell.playing && ready < set.frameCount ? ` · ${String(ready)} of ${String(set.frameCount)} loaded` : "";
  const act = cell.playing ? "Stop the cine (c)" : "Play as a cine (c)";
  return (
    <button
      type="button"
      class="cine"
      data-cine={cell.playing ? "playing" : "still"}
      data-rate={timeline.rate}
      aria-label={`${act}, ${rateText(timeline)}`}
      aria-pressed={cell.playing}
      title={`${act}, ${rateText(timeline)}`}
      onPointerDown={keep}
      onDblClick={keep}
      onClick={() => { ports.send({ kind: "cine", cell: index }); }}
    >
      <Icon name={cell.playing ? "pause" : "play"} />{speedText(timeline)}<span class="cine-source">{sourceText(timeline)}{waiting}</span>
    </button>
  );
}

/** A press on the button is not a drag of the image. */
function keep(event: Event): void {
  event.stopPropagation();
}
