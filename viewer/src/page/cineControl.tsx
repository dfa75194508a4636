/** Play and pause on images that have a time of their own; speed, range and sweep while it is the active cell. */
import { useState } from "preact/hooks";
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
            <FrameNumber name="from" least={1} most={timeline.last} value={timeline.first + 1} take={(first) => { tune({ first: first - 1 })(); }} />
          </label>
          <span aria-hidden="true">–</span>
          <label class="cine-end"><span class="unseen">{t("cine.to")}</span>
            <FrameNumber name="to" least={timeline.first + 2} most={set.frameCount} value={timeline.last + 1} take={(last) => { tune({ last: last - 1 })(); }} />
          </label>
        </>
      )}
    </div>
  );
}

interface FrameNumberProps {
  readonly name: "from" | "to";
  readonly least: number;
  readonly most: number;
  readonly value: number;
  readonly take: (value: number) => void;
}

/** What is being typed stays, however often the bar is drawn anew while images arrive and play. */
function FrameNumber({ name, least, most, value, take }: FrameNumberProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      type="number"
      min={least}
      max={most}
      value={typed ?? value}
      data-do={name}
      onInput={({ currentTarget }) => { setTyped(currentTarget.value); }}
      onChange={({ currentTarget }) => {
        setTyped(null);
        take(Number(currentTarget.value));
      }}
      onBlur={() => { setTyped(null); }}
    />
  );
}

/** A press on the bar is not a drag of the image. */
function keep(event: Event): void {
  event.stopPropagation();
}
