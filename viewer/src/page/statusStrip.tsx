/** The strip at the foot: how far loading is, what is shown and how true, what draws, how long there is, and the way out. */
import { useEffect, useState } from "preact/hooks";
import { badges } from "../view/fidelity";
import { archivesSummary } from "../view/planWords";
import { problemWords } from "../view/problemWords";
import { resolvedCell } from "../view/resolve";
import type { AppState, Gpu } from "../view/viewState";
import { displaySetOf, loadOf, visibleCells } from "../view/viewState";
import { t } from "../words/words";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";

export function StatusStrip({ state, ports }: PanelProps) {
  return (
    <footer class="status" aria-label={t("status.label")}>
      <Progress state={state} />
      <Archives state={state} ports={ports} />
      <span data-online={state.online}><i class={`dot ${state.online ? "dot-good" : "dot-bad"}`} />{state.online ? t("status.connected") : t("status.offline")}</span>
      <Fidelity state={state} />
      <span class="status-gpu" title={gpuText(state.gpu)}><i class={`dot ${gpuDot(state.gpu)}`} />{gpuText(state.gpu)}</span>
      <span class="status-monitor"><i class="dot dot-warn" />{t("status.monitor")}</span>
      <span class="spacer" />
      <span class="quiet status-purpose" title={t("status.purposeWhole")}><span>{t("status.purpose")} </span><strong>{t("status.notForDiagnosis")}</strong></span>
      <TimeLeft endsAtMs={ports.endsAtMs} />
      <button type="button" class="button button-small" title={t("status.endTitle")} onClick={ports.endReading}><Icon name="exit" /><span>{t("status.end")}</span></button>
    </footer>
  );
}

function Progress({ state }: { readonly state: AppState }) {
  const cells = visibleCells(state).map((index) => state.cells[index]?.displaySet ?? null);
  const shown = new Set(cells.flatMap((displaySet) => (displaySet === null || state.plan.displaySets[displaySet]?.refusal !== null ? [] : [displaySet])));
  const ready = sum([...shown].map((set) => loadOf(state, set).ready));
  const total = sum([...shown].map((set) => state.plan.displaySets[set]?.frameCount ?? 0));
  const failed = sum([...shown].map((set) => Object.keys(loadOf(state, set).failures).length));
  return (
    <span class="status-progress" data-ready={ready} data-total={total}>
      {ready < total && <progress max={Math.max(1, total)} value={ready} aria-label={t("status.loadedLabel")} />}
      {ready >= total && <i class="dot dot-good" />}
      {ready === total ? t("status.loaded", { count: total }) : t("status.loading", { ready, count: total })}
      {failed > 0 && <span class="tone-error">{` · ${t("status.failed", { count: failed })}`}</span>}
    </span>
  );
}

/** Of the active cell: is what I see what was stored (ux.md 9)? */
function Fidelity({ state }: { readonly state: AppState }) {
  const [cell, set] = [state.cells[state.activeCell], displaySetOf(state, state.activeCell)];
  const resolved = resolvedCell(state, state.activeCell);
  if (cell === undefined || set === undefined || resolved === null) return null;
  const marks = badges(cell, set, resolved);
  const [first] = marks;
  if (first === undefined) return null;
  const warned = marks.some(({ tone }) => tone === "warning");
  return <span class="status-fidelity" data-fidelity={first.kind} title={marks.map(({ title }) => title).join(" ")}><i class={`dot ${warned ? "dot-warn" : "dot-good"}`} />{first.text}</span>;
}

const ARCHIVE_DOTS = { good: "dot-good", waiting: "dot-warn", failed: "dot-bad" } as const;

/** How complete the search is; opens the trace. */
function Archives({ state, ports }: PanelProps) {
  const summary = archivesSummary(state.plan);
  const { updatesProblem } = state;
  if (updatesProblem !== null) {
    return (
      <span class="status-archives tone-error" data-complete="stopped" title={`${problemWords(updatesProblem).title}. ${problemWords(updatesProblem).nextStep}`}>
        <i class="dot dot-bad" />{t("status.late")}
        <button type="button" class="button button-small" onClick={ports.askForUpdates}>{t("cell.retry")}</button>
      </span>
    );
  }
  if (summary === null) return null;
  return (
    <button type="button" class="status-archives" data-complete={state.plan.complete} aria-expanded={state.drawer === "trace"} title={`${summary.text}. ${t("about.found")}`} onClick={() => { ports.send({ kind: "drawer", drawer: "trace" }); }}>
      <i class={`dot ${ARCHIVE_DOTS[summary.tone]}`} /><span>{summary.text}</span>
    </button>
  );
}

const MINUTE_MS = 60_000;
const SOON_MINUTES = 5;

/** Until the sign-in ends; said aloud when little is left. */
function TimeLeft({ endsAtMs }: { readonly endsAtMs: number }) {
  const [left, setLeft] = useState(() => minutesUntil(endsAtMs));
  useEffect(() => {
    const timer = setInterval(() => { setLeft(minutesUntil(endsAtMs)); }, MINUTE_MS / 2);
    return () => { clearInterval(timer); };
  }, [endsAtMs]);
  const soon = left <= SOON_MINUTES;
  const text = left >= 60 ? t("status.hoursLeft", { hours: Math.floor(left / 60), minutes: left % 60 }) : t("status.minutesLeft", { minutes: left });
  return <span class={soon ? "status-time tone-warning" : "status-time quiet"} role={soon ? "alert" : undefined} title={t("status.timeLeft")} data-minutes={left}><Icon name="clock" />{text}</span>;
}

function minutesUntil(timeMs: number): number {
  return Math.max(0, Math.ceil((timeMs - Date.now()) / MINUTE_MS));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function gpuText(gpu: Gpu): string {
  switch (gpu.kind) {
    case "starting":
      return t("gpu.starting");
    case "ready":
      return gpu.software ? t("gpu.software") : gpu.renderer;
    case "lost":
      return t("gpu.lost");
    case "unsupported":
      return t("gpu.none");
  }
}

function gpuDot(gpu: Gpu): string {
  if (gpu.kind === "ready") return gpu.software ? "dot-warn" : "dot-good";
  return gpu.kind === "starting" ? "dot-warn" : "dot-bad";
}
