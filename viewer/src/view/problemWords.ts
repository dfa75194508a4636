/** Problems and refusals in the reader's language, by their codes; the server's own words where there are none. */
import type { Problem } from "../wire/client";
import type { DisplaySet } from "../wire/types";
import { language, tOr } from "../words/words";

/** In English the server's words stand: they say more of the case. */
export function problemWords(problem: Problem): Problem {
  if (language() === "en") return problem;
  const { code, title, detail, nextStep } = problem;
  return {
    ...problem,
    title: tOr(`problem.${code}.title`, title),
    detail: tOr(`problem.${code}.detail`, detail),
    nextStep: tOr(`problem.${code}.nextStep`, nextStep),
  };
}

export function refusalText({ code, text }: NonNullable<DisplaySet["refusal"]>): string {
  return language() === "en" ? text : tOr(`refusal.${code}`, text);
}
