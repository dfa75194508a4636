/** Stages of the hanging, priors and links, as buttons of the tool row. */
import { counterpart } from "../view/compare";
import { departs, priorToggle, showsPrior, stageOf } from "../view/hang";
import { linkedWith } from "../view/link";
import { stageText } from "../view/planWords";
import type { AppState } from "../view/viewState";
import { t } from "../words/words";
import type { PanelProps } from "./ports";
import { Button, withKeys } from "./toolButton";

export function Stages({ state, ports }: PanelProps) {
  const { plan, stage } = state;
  const here = stageOf(plan, stage);
  const last = plan.hanging.stages.length - 1;
  if (last <= 0) return null;
  return (
    <>
      <Button icon="previousStage" tool="previousStage" label={withKeys(state, t("key.previousStage"), "previousStage")} disabled={stage === 0} act={() => { ports.press("previousStage"); }} />
      <span class="stage-name" data-stage={stage} title={`${stageText(plan, stage)} ${here.name}`}>
        <span class="quiet">{stageText(plan, stage)}</span><bdi class="stage-words">{here.name}</bdi>
      </span>
      <Button icon="nextStage" tool="nextStage" label={withKeys(state, t("key.nextStage"), "nextStage")} disabled={stage === last} act={() => { ports.press("nextStage"); }} />
    </>
  );
}

export function Links({ state, ports }: PanelProps) {
  const { plan, stage } = state;
  const here = stageOf(plan, stage);
  return (
    <>
      {canCompare(state) && <Button icon="compare" tool="prior" label={withKeys(state, t("tools.compare"), "prior")} pressed={state.compared !== null || showsPrior(plan, here)} act={() => { ports.press("prior"); }} />}
      <Button icon="link" tool="link" label={withKeys(state, t("key.link"), "link")} pressed={linkedWith(state, state.activeCell).length > 0} act={() => { ports.press("link"); }} />
      {departs(state, plan, here) && <Button icon="rehang" tool="rehang" label={t("tools.rehang")} act={() => { ports.send({ kind: "rehang" }); }} />}
    </>
  );
}

/** There is a prior to set beside what is looked at. */
export function canCompare(state: AppState): boolean {
  const displaySet = state.cells[state.activeCell]?.displaySet ?? null;
  return state.compared !== null || priorToggle(state.plan, state.stage) !== null || (displaySet !== null && counterpart(state.plan, displaySet) !== null);
}
