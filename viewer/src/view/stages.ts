/** Stages and revisions as changes of the whole state. */
import type { Plan } from "../wire/types";
import { t } from "../words/words";
import { followed, hungAs, stageKey, stageOf } from "./hang";
import { newsOf, stageNews } from "./planWords";
import type { AppState, KeptStage } from "./viewState";

/** The stage of this index; what the reader changed in a stage is there again when he returns to it. */
export function atStage(state: AppState, index: number): AppState {
  const { plan } = state;
  const count = plan.hanging.stages.length;
  if (!(index >= 0 && index < count)) return state;
  if (index === state.stage) return { ...state, news: stageNews(plan, index) };
  const kept = { ...state.kept, [stageKey(plan, state.stage)]: keptNow(state) };
  const before = kept[stageKey(plan, index)];
  const stage = stageOf(plan, index);
  const hung = before === undefined ? hungAs(plan, stage) : followed(before, plan, stage);
  const { activeCell = 0, oneUp = false } = before ?? {};
  return { ...state, ...placed(hung.cells.length, activeCell, oneUp), ...hung, stage: index, kept, news: stageNews(plan, index) };
}

function keptNow({ rows, columns, cells, activeCell, oneUp }: AppState): KeptStage {
  return { rows, columns, cells: cells.map((cell) => ({ ...cell, drawnFrame: null, lacking: null, playing: false })), activeCell, oneUp };
}

function placed(cellCount: number, activeCell: number, oneUp: boolean): Pick<AppState, "activeCell" | "oneUp"> {
  return { activeCell: Math.min(activeCell, cellCount - 1), oneUp };
}

/** The stage as the plan wants it, whatever the reader had changed in it. */
export function rehung(state: AppState): AppState {
  const hung = hungAs(state.plan, stageOf(state.plan, state.stage));
  return { ...state, ...hung, ...placed(hung.cells.length, state.activeCell, false), news: t("plan.rehung") };
}

/**
 * A newer plan: what it adds is there, what the reader touched stays as it is. Revisions that are not newer
 * change nothing. Display sets are append-only: one that is missing in the newer plan is kept.
 */
export function revised(state: AppState, newer: Plan): AppState {
  if (state.session.kind === "ended" || newer.revision <= state.plan.revision) return state;
  const displaySets = [...newer.displaySets, ...state.plan.displaySets.slice(newer.displaySets.length)];
  const plan = { ...newer, displaySets };
  const stage = stageAfter(state, plan);
  const { rows, columns, cells } = state;
  const hung = followed({ rows, columns, cells }, plan, stageOf(plan, stage));
  const after = { ...state, ...hung, ...placed(hung.cells.length, state.activeCell, state.oneUp), plan, stage };
  return { ...after, news: newsOf(state.plan, after) };
}

/** As freshly opened while the reader has done nothing; else the stage of the same name, or of the same place. */
function stageAfter(state: AppState, plan: Plan): number {
  const untouched = Object.keys(state.kept).length === 0 && !state.cells.some(({ touched }) => touched);
  if (untouched) return 0;
  const key = stageKey(state.plan, state.stage);
  const same = plan.hanging.stages.findIndex((_, i) => stageKey(plan, i) === key);
  return same === -1 ? Math.max(0, Math.min(state.stage, plan.hanging.stages.length - 1)) : same;
}
