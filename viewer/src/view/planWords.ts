/** The words about the plan as a whole: stages, priors, archives, and what has just arrived. */
import type { ArchiveState, DisplaySet, Plan, StudyLabel } from "../wire/types";
import { localDate, t } from "../words/words";
import type { Hung } from "./hang";
import { departs, stageOf } from "./hang";

/** "PRIOR 2024-03-02 (−20 mo)"; empty for the current study (ux.md 2). */
export function priorMark(study: StudyLabel): string {
  if (study.role !== "prior") return "";
  const distance = monthsText(study.monthsBefore);
  return [t("prior.mark"), localDate(study.date) || t("prior.undated"), distance === "" ? "" : `(${distance})`].filter(Boolean).join(" ");
}

/** A minus for before; a later study is never made to look like an earlier one. */
function monthsText(months: number | null): string {
  if (months === null) return "";
  if (months === 0) return t("prior.sameMonth");
  return t("prior.months", { sign: months > 0 ? "−" : "+", count: Math.abs(months) });
}

/** "2/4  Lung with prior"; empty where there is nothing to step through. */
export function stageText(plan: Plan, index: number): string {
  const { stages } = plan.hanging;
  return stages.length === 0 ? "" : `${String(index + 1)}/${String(stages.length)}`;
}

export function stageNews(plan: Plan, index: number): string {
  const { stages } = plan.hanging;
  return t("plan.stageNews", { number: index + 1, count: stages.length, name: stages[index]?.name ?? "" });
}

export interface ArchivesSummary {
  readonly text: string;
  readonly tone: "good" | "waiting" | "failed";
}

/** "2 of 3 archives answered; still asking North"; null where no archive is named. */
export function archivesSummary({ archives, complete }: Plan): ArchivesSummary | null {
  if (archives.length === 0) return null;
  const named = (state: ArchiveState["state"]): string => archives.flatMap((one) => (one.state === state ? [one.name] : [])).join(", ");
  const [asked, failed] = [named("asked"), named("failed")];
  const answered = archives.filter(({ state }) => state === "answered").length;
  const waiting = asked === "" ? "" : complete ? t("plan.noAnswerFrom", { names: asked }) : t("plan.stillAsking", { names: asked });
  const text = [countText(answered, archives.length), waiting, failed === "" ? "" : t("plan.failed", { names: failed })].filter(Boolean).join("; ");
  return { text, tone: failed !== "" || (asked !== "" && complete) ? "failed" : asked !== "" || !complete ? "waiting" : "good" };
}

function countText(answered: number, total: number): string {
  if (answered < total) return t("plan.answered", { answered, total });
  return t("plan.allAnswered", { total });
}

/** What a screen reader is told about a newer plan (WCAG 4.1.3). */
export function newsOf(before: Plan, after: Hung & { readonly plan: Plan; readonly stage: number }): string {
  const { plan } = after;
  const arrived = plan.displaySets.slice(before.displaySets.length);
  const known = new Set(before.notices.map(({ text }) => text));
  const urgent = plan.notices.filter(({ level, text }) => level !== "info" && !known.has(text));
  const kept = arrived.length > 0 && departs(after, plan, stageOf(plan, after.stage));
  return [
    ...urgent.map(({ text }) => text),
    ...arrivals(arrived),
    kept ? t("plan.viewKept") : "",
    plan.complete && !before.complete ? t("plan.searchComplete") : "",
  ].filter(Boolean).join(" ");
}

/** One sentence a study. */
function arrivals(sets: readonly DisplaySet[]): readonly string[] {
  const studies = new Map<string, { readonly study: StudyLabel; count: number }>();
  for (const { study } of sets) {
    const one = studies.get(JSON.stringify(study)) ?? { study, count: 0 };
    one.count += 1;
    studies.set(JSON.stringify(study), one);
  }
  return [...studies.values()].map(({ study, count }) => {
    const series = t("plan.series", { count });
    const what = study.description || localDate(study.date) || t("plan.aStudy");
    return study.role === "prior" ? t("plan.priorArrived", { what, mark: priorMark(study), series }) : t("plan.arrived", { what, series });
  });
}
