/** Play and pause on images that have a time of their own; speed, range and sweep while it is the active cell. */
import { rateText, sourceText, speedText, timelineOf } from "../view/cine";
import { imageOf } from "../view/resolve";
import { displaySetOf, loadOf } from "../view/viewState";
import { t } from "../words/words";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";
import { withKeys } from "./toolButton";

/** A stack of slices is played by key or from the tool row. */
const SLICES: ReadonlySet<string> = new Set(["CT", "MR", "PT"]);
const FASTER = 1.25;

export function CineControl({ index, state, ports }: PanelProps & { readonly index: number }) {
  const cell = state.cells[index];
  const set = displaySetOf(state, index);
  const timeline = set === undefined || cell === undefined ? null : timelineOf(set, cell.cine);
  const image = imageOf(set);
  if (cell === undefined || cell.displaySet === null || set === undefined || image === null || timeline === null) return null;
  const isClip = image.cine !== null || (image.geometry === null && !SLICES.has(set.modality));
  if (!isClip && !cell.playing) return null;
  const { ready } = loadOf(state, cell.displaySet);
  const waiting = cell.playing && ready < set.frameCount ? ` · ${t("cine.loaded", { ready, count: set.frameCount })}` : "";
  const act = withKeys(state, cell.playing ? t("cine.stop") : t("cine.play"), "cine");
  const active = index === state.activeCell;
  const tune = (change: Partial<typeof cell.cine>) => (): void => { ports.send({ kind: "cineTune", cell: index, change }); };
  return (
    <div class="cine-bar" onPointerDown={keep} onDblClick={keep} onKeyDown={(event) => { if (event.target instanceof HTMLInputElement) event.stopPropagation(); }}>
      <button
        type="button"
        class="cine"
        data-cine={cell.playing ? "playing" : "still"}
        data-rate={timeline.rate}
        aria-label={`${act}, ${rateText(timeline)}`}
        aria-pressed={cell.playing}
        title={`${act}, ${rateText(timeline)}`}
        onClick={() => { ports.send({ kind: "cine", cell: index }); }}
      >
        <Icon name={cell.playing ? "pause" : "play"} />{speedText(timeline)}<span class="cine-source">{sourceText(timeline)}{waiting}</span>
      </button>
      {active && (
        <>
          <button type="button" class="cine cine-small" data-do="slower" aria-label={t("cine.slower")} title={t("cine.slower")} onClick={tune({ speed: cell.cine.speed / FASTER })}><Icon name="minus" /></button>
          <button type="button" class="cine cine-small" data-do="faster" aria-label={t("cine.faster")} title={t("cine.faster")} onClick={tune({ speed: cell.cine.speed * FASTER })}><Icon name="plus" /></button>
          <button type="button" class="cine cine-small" data-do="sweep" aria-label={t("cine.sweep")} title={t("cine.sweep")} aria-pressed={cell.cine.sweep} onClick={tune({ sweep: !cell.cine.sweep })}><Icon name={cell.cine.sweep ? "sweep" : "loop"} /></button>
          <label class="cine-end"><span class="unseen">{t("cine.from")}</span>
            <input type="number" min={1} max={timeline.last} value={timeline.first + 1} data-do="from" onChange={({ currentTarget }) => { tune({ first: Number(currentTarget.value) - 1 })(); }} />
          </label>
          <span aria-hidden="true">–</span>
          <label class="cine-end"><span class="unseen">{t("cine.to")}</span>
            <input type="number" min={timeline.first + 2} max={set.frameCount} value={timeline.last + 1} data-do="to" onChange={({ currentTarget }) => { tune({ last: Number(currentTarget.value) - 1 })(); }} />
          </label>
        </>
      )}
    </div>
  );
}

/** A press on the bar is not a drag of the image. */
function keep(event: Event): void {
  event.stopPropagation();
}
