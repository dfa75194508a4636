/** Display sets by study, as the list shows them: the current study first, then priors, the latest first. */
import type { Plan, StudyLabel } from "../wire/types";

export interface StudyGroup {
  readonly study: StudyLabel;
  /** Each once, in the order of the plan. */
  readonly modalities: readonly string[];
  /** Display sets, in the order of the plan. */
  readonly indices: readonly number[];
}

export function studyGroups({ displaySets }: Plan): readonly StudyGroup[] {
  const groups = new Map<string, { readonly study: StudyLabel; readonly modalities: string[]; readonly indices: number[] }>();
  displaySets.forEach(({ study, modality }, index) => {
    const name = JSON.stringify(study);
    const group = groups.get(name) ?? { study, modalities: [], indices: [] };
    group.indices.push(index);
    if (!group.modalities.includes(modality)) group.modalities.push(modality);
    groups.set(name, group);
  });
  return [...groups.values()].sort((a, b) => byRole(a.study, b.study) || latestFirst(a.study, b.study));
}

/** Every display set that can be shown, as they stand in the list. */
export function listOrder(plan: Plan): readonly number[] {
  return studyGroups(plan).flatMap(({ indices }) => indices).filter((index) => plan.displaySets[index]?.refusal === null);
}

function byRole(a: StudyLabel, b: StudyLabel): number {
  return Number(a.role === "prior") - Number(b.role === "prior");
}

/** Studies without a date come last; the current ones stay in the order of the plan. */
function latestFirst(a: StudyLabel, b: StudyLabel): number {
  if (a.role === "current") return 0;
  const [when, then] = [`${a.date} ${a.time}`, `${b.date} ${b.time}`];
  return when === then ? 0 : when < then ? 1 : -1;
}
