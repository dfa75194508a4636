/** What a cell says while it shows no image: there is no black cell without a word (ux.md 6). */
import type { Problem } from "../wire/client";
import type { AppState } from "../view/viewState";
import { cellStatus, displaySetOf, loadOf, problemIn } from "../view/viewState";
import { Icon, Ring } from "./icons";
import type { PanelProps } from "./ports";

export function CellMessage({ index, state, ports }: PanelProps & { readonly index: number }) {
  const set = displaySetOf(state, index);
  const problem = problemIn(state, index);
  switch (cellStatus(state, index)) {
    case "shown":
      return null;
    case "empty":
      return <p class="cell-note">{emptyText(state, index)}</p>;
    case "refused":
      return <Refused text={set?.refusal?.text ?? "This series cannot be shown."} code={set?.refusal?.code ?? ""} />;
    case "error":
      return problem && <Failed problem={problem} retry={() => { retry(state, index, ports.retry); }} />;
    case "loading":
      return <Loading index={index} state={state} />;
  }
}

/** What is missing, whether it may yet come, and what to do. */
function emptyText({ plan, cells }: AppState, index: number): string {
  const label = cells[index]?.as.label ?? "";
  const what = label === "" ? "Empty viewport." : `No images for “${label}”.`;
  const waiting = plan.complete ? "" : "Archives are still being asked.";
  const refusals = plan.displaySets.flatMap(({ refusal }) => (refusal === null ? [] : [refusal.text]));
  const noneShown = refusals.length === plan.displaySets.length ? refusals[0] : undefined;
  if (plan.complete && noneShown !== undefined) return `None of these series can be shown here. ${noneShown}`;
  const choice = plan.displaySets.length === 0 ? "" : "Choose a series from the list.";
  const nothing = plan.complete && choice === "" ? plan.notices[0]?.text ?? "There are no images for this order." : "";
  return [nothing || what, waiting, choice].filter(Boolean).join(" ");
}

function retry(state: AppState, index: number, again: (displaySet: number) => void): void {
  const displaySet = state.cells[index]?.displaySet ?? null;
  if (displaySet !== null) again(displaySet);
}

function Loading({ index, state }: { readonly index: number; readonly state: AppState }) {
  const cell = state.cells[index];
  if (cell === undefined || cell.displaySet === null) return null;
  const total = displaySetOf(state, index)?.frameCount ?? 0;
  const { ready } = loadOf(state, cell.displaySet);
  return (
    <div class="cell-loading" role="img" aria-label={`Loading image ${String(cell.frameIndex + 1)}`}>
      <Ring share={total === 0 ? 0 : ready / total} />
      <p>{state.gpu.kind === "lost" ? "Graphics were interrupted; restoring the image" : `Loading image ${String(cell.frameIndex + 1)}`}</p>
      <p class="quiet">{`${String(ready)} / ${String(total)}`}</p>
    </div>
  );
}

function Refused({ text, code }: { readonly text: string; readonly code: string }) {
  return (
    <div class="card" role="alert" onPointerDown={keep} onDblClick={keep}>
      <h3 class="tone-warning"><Icon name="blocked" />This series cannot be shown here</h3>
      <p>{text}</p>
      {code !== "" && <p class="quiet">Reason code: {code}</p>}
    </div>
  );
}

function Failed({ problem, retry }: { readonly problem: Problem; readonly retry: () => void }) {
  return (
    <div class="card" role="alert" onPointerDown={keep} onDblClick={keep}>
      <h3 class="tone-error"><Icon name="warning" />{problem.title}</h3>
      <p>{problem.detail}</p>
      <p>{problem.nextStep}</p>
      <p class="quiet card-code">{[problem.code, problem.correlationId].filter(Boolean).join(" · reference ")}</p>
      <button type="button" class="button" onClick={retry}>Retry</button>
    </div>
  );
}

/** A press on a card is not a drag of the image: the cell would capture the pointer, and the button never be clicked. */
function keep(event: Event): void {
  event.stopPropagation();
}
