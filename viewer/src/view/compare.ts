/** The prior that belongs beside a series, where the plan hangs none. */
import { cross, dot } from "../math/vec3";
import type { DisplaySet, Plan } from "../wire/types";
import { listOrder } from "./studies";

const PARALLEL = 0.95;

/**
 * Of the other time (a prior for a current series, the current for a prior one) and of the same modality:
 * the same plane before others, then the most words in common, then the latest. Null where there is none.
 */
export function counterpart(plan: Plan, index: number): number | null {
  const set = plan.displaySets[index];
  if (set === undefined) return null;
  const others = listOrder(plan).filter((other) => isCounterpart(set, plan.displaySets[other]));
  const scores = others.map((other) => likeness(set, plan.displaySets[other]));
  const best = Math.max(...scores);
  return others[scores.indexOf(best)] ?? null;
}

function isCounterpart(set: DisplaySet, other: DisplaySet | undefined): boolean {
  return other !== undefined && other.study.role !== set.study.role && other.modality === set.modality;
}

function likeness(set: DisplaySet, other: DisplaySet | undefined): number {
  if (other === undefined) return -1;
  const words = new Set(wordsOf(set));
  const shared = wordsOf(other).filter((word) => words.has(word)).length;
  return (parallel(set, other) ? 100 : 0) + shared;
}

function wordsOf({ label, study }: DisplaySet): readonly string[] {
  return [...new Set(`${label} ${study.description}`.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 1))];
}

function parallel(a: DisplaySet, b: DisplaySet): boolean {
  const [one, two] = [a.image?.geometry ?? null, b.image?.geometry ?? null];
  if (one === null || two === null) return one === two;
  return Math.abs(dot(cross(one.row, one.column), cross(two.row, two.column))) >= PARALLEL;
}
