/** Which problems end the reading, and how the engine's refusals read. */
import type { Problem } from "../wire/client";

const LOCKING_CODES: ReadonlySet<string> = new Set(["outside_reading", "reading_ended"]);
const EXPIRED_CODE = "grant_expired";
const UNAUTHORIZED = 401;
const GONE = 410;

/**
 * "locks": the server no longer knows the reading, so nothing of it may stay. "expires": the EHR did not renew the
 * sign-in; what is on the screen stays for a moment (ux.md 6).
 */
export function endingOf({ code, status }: Problem): "locks" | "expires" | null {
  if (LOCKING_CODES.has(code) || status === GONE) return "locks";
  return code === EXPIRED_CODE || status === UNAUTHORIZED ? "expires" : null;
}

/** code, detail: as the engine gives them. */
export function undrawable(code: string, detail: string): Problem {
  const nextStep = "Try again, or open the study in your PACS. The other series are not affected.";
  return { status: null, code, title: "This image cannot be drawn here", detail, nextStep, correlationId: "" };
}
