/** The strip at the foot: how far loading is, what draws, and the way out. */
import { archivesSummary } from "../view/planWords";
import type { AppState, Gpu } from "../view/viewState";
import { loadOf } from "../view/viewState";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";

export function StatusStrip({ state, ports }: PanelProps) {
  return (
    <footer class="status" aria-label="Status">
      <Progress state={state} />
      <Archives state={state} ports={ports} />
      <span data-online={state.online}><i class={`dot ${state.online ? "dot-good" : "dot-bad"}`} />{state.online ? "Connected" : "Offline"}</span>
      <span class="status-gpu" title={gpuText(state.gpu)}><i class={`dot ${gpuDot(state.gpu)}`} />{gpuText(state.gpu)}</span>
      <span><i class="dot dot-warn" />Monitor not calibrated</span>
      <span class="spacer" />
      <span class="quiet status-purpose" title="Research and demonstration only. Not for diagnosis."><span>Research and demonstration only. </span><strong>Not for diagnosis.</strong></span>
      <button type="button" class="button button-small" onClick={ports.endReading}><Icon name="exit" />End reading</button>
    </footer>
  );
}

function Progress({ state }: { readonly state: AppState }) {
  const shown = new Set(state.cells.flatMap(({ displaySet }) => (displaySet === null || state.plan.displaySets[displaySet]?.refusal !== null ? [] : [displaySet])));
  const ready = sum([...shown].map((set) => loadOf(state, set).ready));
  const total = sum([...shown].map((set) => state.plan.displaySets[set]?.frameCount ?? 0));
  const failed = sum([...shown].map((set) => Object.keys(loadOf(state, set).failures).length));
  return (
    <span class="status-progress" data-ready={ready} data-total={total}>
      <progress max={Math.max(1, total)} value={ready} aria-label="Images loaded" />
      {ready === total ? `${String(total)} ${total === 1 ? "image" : "images"} loaded` : `Loading ${String(ready)} / ${String(total)}`}
      {failed > 0 && <span class="tone-error">{` · ${String(failed)} failed`}</span>}
    </span>
  );
}

const ARCHIVE_DOTS = { good: "dot-good", waiting: "dot-warn", failed: "dot-bad" } as const;

/** How complete the search is; opens the trace. */
function Archives({ state, ports }: PanelProps) {
  const summary = archivesSummary(state.plan);
  const { updatesProblem } = state;
  if (updatesProblem !== null) {
    return (
      <span class="status-archives tone-error" data-complete="stopped" title={`${updatesProblem.title}. ${updatesProblem.nextStep}`}>
        <i class="dot dot-bad" />Late images are not shown
        <button type="button" class="button button-small" onClick={ports.askForUpdates}>Retry</button>
      </span>
    );
  }
  if (summary === null) return null;
  return (
    <button type="button" class="status-archives" data-complete={state.plan.complete} aria-expanded={state.drawer === "trace"} title={`${summary.text}. How these images were found`} onClick={() => { ports.send({ kind: "drawer", drawer: "trace" }); }}>
      <i class={`dot ${ARCHIVE_DOTS[summary.tone]}`} /><span>{summary.text}</span>
    </button>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function gpuText(gpu: Gpu): string {
  switch (gpu.kind) {
    case "starting":
      return "Graphics starting";
    case "ready":
      return gpu.software ? "Software graphics (slow)" : gpu.renderer;
    case "lost":
      return "Graphics interrupted, restoring";
    case "unsupported":
      return "No WebGL2";
  }
}

function gpuDot(gpu: Gpu): string {
  if (gpu.kind === "ready") return gpu.software ? "dot-warn" : "dot-good";
  return gpu.kind === "starting" ? "dot-warn" : "dot-bad";
}
