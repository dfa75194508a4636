/** The list of display sets, by study; the refused ones stand in it with their reason. */
import type { ComponentChildren } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { localDate, t } from "../words/words";
import { priorMark } from "../view/planWords";
import type { StudyGroup } from "../view/studies";
import { studyGroups } from "../view/studies";
import { Icon } from "./icons";
import type { PanelProps, Thumbnails } from "./ports";
import { SeriesItem } from "./seriesItem";
import { useSeriesDrag } from "./seriesDrag";

interface RailProps extends PanelProps {
  readonly thumbnails: Thumbnails;
}

export function Rail({ state, ports, thumbnails }: RailProps) {
  const rail = useRef<HTMLElement>(null);
  const { dragged, ...drag } = useSeriesDrag(ports, state.cells.length);
  const groups = useMemo(() => studyGroups(state.plan), [state.plan]);
  if (!state.railOpen) return null;
  const { displaySets, complete } = state.plan;
  return (
    <nav class="rail" aria-label={t("rail.label")} ref={rail} onKeyDown={(event) => { if (rail.current !== null) roam(event, rail.current); }}>
      {groups.map((group) => (
        <Study key={JSON.stringify(group.study)} group={group}>
          {group.indices.map((index) => <SeriesItem key={index} index={index} state={state} ports={ports} thumbnail={thumbnails[index]} drag={drag} />)}
        </Study>
      ))}
      {displaySets.length === 0 && <p class="rail-empty">{complete ? t("rail.none") : t("rail.notYet")}</p>}
      {!complete && <p class="rail-empty rail-waiting"><Icon name="waiting" />{t("rail.waiting")}</p>}
      {dragged !== null && <div class="drag-ghost" style={{ left: `${String(dragged.x)}px`, top: `${String(dragged.y)}px` }} aria-hidden="true"><bdi>{displaySets[dragged.index]?.label}</bdi></div>}
    </nav>
  );
}

function Study({ group, children }: { readonly group: StudyGroup; readonly children: ComponentChildren }) {
  const [open, setOpen] = useState(true);
  const { study, modalities, indices } = group;
  const why = study.relevance.join(" · ");
  const when = priorMark(study) || [study.date === "" ? t("rail.undated") : localDate(study.date), study.time].filter(Boolean).join(" ");
  return (
    <section aria-label={when} data-role={study.role}>
      <h2 class="rail-study" title={[study.description, why].filter(Boolean).join("\n")}>
        <button type="button" class="rail-head" aria-expanded={open} onClick={() => { setOpen(!open); }}>
          <span class="rail-when">{when}</span>
          <span class="rail-what">
            {modalities.map((modality) => <span class="chip">{modality}</span>)}
            <bdi class="quiet rail-description">{study.description || t("rail.noDescription")}</bdi>
          </span>
          {why !== "" && <span class="quiet rail-why">{why}</span>}
          {study.incomplete !== null && <span class="tone-warning rail-incomplete" title={t("study.incompleteTitle", study.incomplete)}>{t("study.incomplete", study.incomplete)}</span>}
          <span class="rail-fold" aria-hidden="true"><Icon name={open ? "down" : "nextStage"} />{!open && indices.length}</span>
        </button>
      </h2>
      {open && <ul>{children}</ul>}
    </section>
  );
}

/** Up and down through the list: one tab stop, however many series there are. */
function roam(event: KeyboardEvent, rail: HTMLElement): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
  if (by === 0 || event.shiftKey || event.ctrlKey || event.altKey) return;
  const stops = [...rail.querySelectorAll<HTMLElement>(".rail-head, [data-series]")];
  const next = stops[stops.indexOf(document.activeElement as HTMLElement) + by];
  event.preventDefault();
  event.stopPropagation();
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
