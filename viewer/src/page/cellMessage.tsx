/** What a cell says while it shows no image: there is no black cell without a word (ux.md 6). */
import { useLayoutEffect, useRef } from "preact/hooks";
import { problemWords, refusalText } from "../view/problemWords";
import { imageOf } from "../view/resolve";
import type { AppState } from "../view/viewState";
import { cellStatus, displaySetOf, loadOf, problemIn } from "../view/viewState";
import type { Problem } from "../wire/client";
import { t } from "../words/words";
import { Icon, Ring } from "./icons";
import { WhoRoom } from "./overlay";
import type { PanelProps } from "./ports";

export function CellMessage(props: PanelProps & { readonly index: number }) {
  const { index, state } = props;
  const asks = state.flashing === index || ["refused", "error"].includes(cellStatus(state, index));
  if (!asks) return <Message {...props} />;
  return <div class="card-place"><WhoRoom index={index} state={state} /><Message {...props} /></div>;
}

function Message({ index, state, ports }: PanelProps & { readonly index: number }) {
  const set = displaySetOf(state, index);
  const problem = problemIn(state, index);
  if (state.flashing === index) return <Flashing index={index} state={state} ports={ports} />;
  switch (cellStatus(state, index)) {
    case "shown":
      return null;
    case "empty":
      return <Empty text={emptyText(state, index)} />;
    case "refused":
      return <Refused text={set?.refusal ? refusalText(set.refusal) : t("cell.refused")} code={set?.refusal?.code ?? ""} tags={() => { ports.send({ kind: "activate", cell: index }); ports.press("tags"); }} />;
    case "error":
      return problem && <Failed problem={problem} retry={() => { retry(state, index, ports.retry); }} />;
    case "loading":
      return <Loading index={index} state={state} />;
  }
}

/** What is missing, whether it may yet come, and what to do. */
function emptyText({ plan, cells }: AppState, index: number): string {
  const label = cells[index]?.as.label ?? "";
  const what = label === "" ? t("cell.empty") : t("cell.noneFor", { label });
  const waiting = plan.complete ? "" : t("cell.stillAsking");
  const refusals = plan.displaySets.flatMap(({ refusal }) => (refusal === null ? [] : [refusalText(refusal)]));
  const noneShown = refusals.length === plan.displaySets.length ? refusals[0] : undefined;
  if (plan.complete && noneShown !== undefined) return `${t("cell.noneCanBeShown")} ${noneShown}`;
  const choice = plan.displaySets.length === 0 ? "" : t("cell.choose");
  const nothing = plan.complete && choice === "" ? plan.notices[0]?.text ?? t("rail.none") : "";
  return [nothing || what, waiting, choice].filter(Boolean).join(" ");
}

function retry(state: AppState, index: number, again: (displaySet: number) => void): void {
  const displaySet = state.cells[index]?.displaySet ?? null;
  if (displaySet !== null) again(displaySet);
}

function Empty({ text }: { readonly text: string }) {
  return <div class="cell-note"><Icon name="stack" /><p>{text}</p></div>;
}

function Loading({ index, state }: { readonly index: number; readonly state: AppState }) {
  const cell = state.cells[index];
  if (cell === undefined || cell.displaySet === null) return null;
  const total = displaySetOf(state, index)?.frameCount ?? 0;
  const { ready } = loadOf(state, cell.displaySet);
  const text = t("cell.loading", { number: cell.frameIndex + 1 });
  return (
    <div class="cell-loading" role="img" aria-label={text}>
      <Ring share={total === 0 ? 0 : ready / total} />
      <p>{state.gpu.kind === "lost" ? t("cell.lost") : text}</p>
      <p class="quiet">{`${String(ready)} / ${String(total)}`}</p>
    </div>
  );
}

function Refused({ text, code, tags }: { readonly text: string; readonly code: string; readonly tags: () => void }) {
  const card = useCard();
  return (
    <div class="card" role="alert" ref={card} onPointerDown={keep} onDblClick={keep}>
      <h3 class="tone-warning"><Icon name="unknown" />{t("cell.cannotShow")}</h3>
      <p><bdi>{text}</bdi></p>
      {code !== "" && <p class="quiet card-code">{t("cell.reason", { code })}</p>}
      <button type="button" class="button" data-do="tags" onClick={tags}><Icon name="tags" />{t("cell.showTags")}</button>
    </div>
  );
}

function Failed({ problem, retry: again }: { readonly problem: Problem; readonly retry: () => void }) {
  const { title, detail, nextStep, code, correlationId } = problemWords(problem);
  const card = useCard();
  return (
    <div class="card" role="alert" ref={card} onPointerDown={keep} onDblClick={keep}>
      <h3 class="tone-error"><Icon name="warning" />{title}</h3>
      <p>{detail}</p>
      <p>{nextStep}</p>
      <p class="quiet card-code">{[code, correlationId === "" ? "" : t("cell.reference", { id: correlationId })].filter(Boolean).join(" · ")}</p>
      <button type="button" class="button" data-do="retry" onClick={again}><Icon name="reset" />{t("cell.retry")}</button>
    </div>
  );
}

/** Asked first, and not by an alarm that itself interrupts (WCAG 2.3.1). */
function Flashing({ index, state, ports }: PanelProps & { readonly index: number }) {
  const card = useCard(true);
  const displaySet = state.cells[index]?.displaySet ?? null;
  if (displaySet === null || imageOf(displaySetOf(state, index)) === null) return null;
  const play = (): void => {
    ports.send({ kind: "screen", act: { kind: "allowFlashes", displaySet } });
    ports.send({ kind: "cine", cell: index });
  };
  return (
    <div class="card" role="alertdialog" aria-label={t("cine.flashes")} data-flashing ref={card} onPointerDown={keep} onDblClick={keep}>
      <h3 class="tone-warning"><Icon name="warning" />{t("cine.flashes")}</h3>
      <p>{t("cine.flashesWhy")}</p>
      <div class="card-buttons">
        <button type="button" class="button" data-do="still" onClick={() => { ports.send({ kind: "screen", act: { kind: "flashing", cell: null } }); }}>{t("cine.stayStill")}</button>
        <button type="button" class="button" data-do="play" onClick={play}>{t("cine.playAnyway")}</button>
      </div>
    </div>
  );
}

/** Focus that a card has when it goes is its viewport's again. asks: it takes the focus, but from no field. */
function useCard(asks = false) {
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = card.current;
    const cell = element?.closest<HTMLElement>("[data-cell]");
    if (asks && document.activeElement?.matches("input") !== true) element?.querySelector("button")?.focus({ preventScroll: true });
    return () => {
      if (element?.contains(document.activeElement) === true) cell?.focus({ preventScroll: true });
    };
  }, [asks]);
  return card;
}

/** A press on a card is not a drag of the image: the cell would capture the pointer, and the button never be clicked. */
function keep(event: Event): void {
  event.stopPropagation();
}
