/** Which problems end the reading, and how the engine's refusals read. */
import type { Problem } from "../wire/client";

const ENDED_CODES: ReadonlySet<string> = new Set(["outside_reading", "grant_expired", "reading_ended"]);
const UNAUTHORIZED = 401;
const GONE = 410;

/** The server no longer knows the reading: the page locks. */
export function endsReading({ code, status }: Problem): boolean {
  return ENDED_CODES.has(code) || status === UNAUTHORIZED || status === GONE;
}

/** code, detail: as the engine gives them. */
export function undrawable(code: string, detail: string): Problem {
  const nextStep = "Try again, or open the study in your PACS. The other series are not affected.";
  return { status: null, code, title: "This image cannot be drawn here", detail, nextStep, correlationId: "" };
}
