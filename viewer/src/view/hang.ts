/** From a stage of the plan to cells, and how cells follow a newer plan without moving what was touched. */
import type { Plan, Stage, StageCell } from "../wire/types";
import type { Cell, HungAs } from "./cell";
import { BY_ITSELF, cellShowing, EMPTY_CELL, fill } from "./cell";

/** A grid and what hangs in it. */
export interface Hung {
  readonly rows: number;
  readonly columns: number;
  /** rows × columns cells, row by row. */
  readonly cells: readonly Cell[];
}

const NOTHING: Stage = { name: "", rows: 1, columns: 1, cells: [] };

export function stageOf({ hanging }: Plan, index: number): Stage {
  return hanging.stages[index] ?? NOTHING;
}

/** Names a stage across revisions: its name, counted where several share it. */
export function stageKey({ hanging }: Plan, index: number): string {
  const { name } = hanging.stages[index] ?? NOTHING;
  const before = hanging.stages.slice(0, index).filter((stage) => stage.name === name).length;
  return `${name}/${String(before)}`;
}

/** The stage as the plan wants it. */
export function hungAs(plan: Plan, stage: Stage): Hung {
  const { rows, columns } = stage;
  const cells = stage.cells.map((cell) => cellShowing(plan, cell.displaySet, wishes(stage, cell)));
  return { rows, columns, cells: fill(rows * columns, cells) };
}

function wishes(stage: Stage, { displaySet, window, label, sync, justify, invert }: StageCell): HungAs {
  if (displaySet === null) return { ...BY_ITSELF, label, sync };
  const group = sync === null ? [] : stage.cells.filter((cell) => cell.sync === sync);
  const scaleWith = group.flatMap((cell) => (cell.displaySet === null || cell.displaySet === displaySet ? [] : [cell.displaySet]));
  return { window, label, sync, justify, invert, scaleWith: [...new Set(scaleWith)] };
}

/**
 * What hangs now, after a newer plan or a return to the stage. Untouched, it is hung anew. Where the reader
 * touched a cell the grid stays: touched cells keep everything, the others follow if the new grid is the same.
 */
export function followed(now: Hung, plan: Plan, stage: Stage): Hung {
  const wanted = hungAs(plan, stage);
  if (!now.cells.some(({ touched }) => touched)) {
    return { ...wanted, cells: wanted.cells.map((cell, i) => steady(now.cells[i] ?? EMPTY_CELL, cell)) };
  }
  if (now.rows !== wanted.rows || now.columns !== wanted.columns) return now;
  const cells = now.cells.map((cell, i) => (cell.touched ? cell : steady(cell, wanted.cells[i] ?? EMPTY_CELL)));
  return { ...now, cells: anchored(cells, groupsWithNews(now.cells, cells)) };
}

/** The same display set in the same place does not jump, though its stack has grown. */
function steady(now: Cell, wanted: Cell): Cell {
  return now.displaySet === null || now.displaySet !== wanted.displaySet ? wanted : { ...now, as: wanted.as };
}

/** Groups in which another display set has been hung. */
function groupsWithNews(before: readonly Cell[], after: readonly Cell[]): ReadonlySet<string | null> {
  return new Set(after.flatMap((cell, i) => (cell.displaySet === before[i]?.displaySet ? [] : [cell.as.sync])));
}

/** Linked anew from where each cell stands now. */
export function anchored(cells: readonly Cell[], groups: ReadonlySet<string | null>): readonly Cell[] {
  return cells.map((cell) => (cell.linked && groups.has(cell.as.sync) && cell.anchor !== cell.frameIndex ? { ...cell, anchor: cell.frameIndex } : cell));
}

/** The screen does not show what the plan would hang there. */
export function departs(now: Hung, plan: Plan, stage: Stage): boolean {
  const wanted = hungAs(plan, stage);
  if (now.rows !== wanted.rows || now.columns !== wanted.columns) return true;
  return now.cells.some(({ displaySet }, i) => displaySet !== wanted.cells[i]?.displaySet);
}

export function showsPrior({ displaySets }: Plan, { cells }: Stage): boolean {
  return cells.some(({ displaySet }) => displaySet !== null && displaySets[displaySet]?.study.role === "prior");
}

/** The nearest stage with a prior, or from one that has a prior the nearest without; null where there is none. */
export function priorToggle(plan: Plan, index: number): number | null {
  const { stages } = plan.hanging;
  const here = showsPrior(plan, stageOf(plan, index));
  const others = stages.flatMap((stage, i) => (showsPrior(plan, stage) === here ? [] : [i]));
  // From a prior back to what was before it; to a prior onwards.
  const near = (i: number): number => 2 * Math.abs(i - index) - (i > index !== here ? 1 : 0);
  return others.sort((a, b) => near(a) - near(b))[0] ?? null;
}
