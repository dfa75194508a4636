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
      return <p class="cell-note">{state.plan.displaySets.length === 0 ? nothingToShow(state) : "Empty viewport. Choose a series from the list."}</p>;
    case "refused":
      return <Refused text={set?.refusal?.text ?? "This series cannot be shown."} code={set?.refusal?.code ?? ""} />;
    case "error":
      return problem && <Failed problem={problem} retry={() => { retry(state, index, ports.retry); }} />;
    case "loading":
      return <Loading index={index} state={state} />;
  }
}

/** A reading without a series says why in the cell itself: the worst notice comes first. */
function nothingToShow({ plan }: AppState): string {
  return plan.notices[0]?.text ?? "There are no images for this order.";
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
