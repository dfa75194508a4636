/** How a reading ends: by its time, by the server, or by a sign-in that is not renewed; and what stays on the screen until then. */
import type { Action } from "../view/actions";
import type { AppState, ClosingBy } from "../view/viewState";
import type { Problem } from "../wire/client";
import { endingOf } from "./problems";

const LONGEST_WAIT_MS = 60_000; // timers stand still while a computer sleeps: look again soon
/** The image stays so long after the sign-in has ended, and its time's end is announced so long before. */
export const GRACE_MS = 60_000;

export interface EndingPorts {
  readonly now: () => AppState;
  readonly send: (action: Action) => void;
  /** Forgets everything of the patient. */
  readonly lock: () => void;
  /** The server is asked for nothing more: it would only say this again. */
  readonly refuse: (problem: Problem) => void;
}

export interface Ending {
  /** Watches the clock from here on. */
  readonly start: () => void;
  /** When its time is over, ms since 1970. */
  readonly endsAtMs: number;
  /** True where the problem has ended the reading; else it is said where it belongs. */
  readonly endedBy: (problem: Problem) => boolean;
}

/** A page that asks for nothing any more still ends with its reading, also after the computer slept. */
export function createEnding(secondsLeft: number, { now, send, lock, refuse }: EndingPorts): Ending {
  const endsAtMs = Date.now() + 1000 * secondsLeft;
  let locksAtMs = endsAtMs;
  let timer = 0;

  function check(): void {
    clearTimeout(timer);
    if (now().session.kind === "ended") return;
    const left = locksAtMs - Date.now();
    if (left <= 0) {
      lock();
      return;
    }
    if (left <= GRACE_MS && now().session.kind === "open") close("time");
    const next = left > GRACE_MS ? left - GRACE_MS : left;
    timer = window.setTimeout(check, Math.min(next, LONGEST_WAIT_MS));
  }

  function close(by: ClosingBy): void {
    send({ kind: "closing", by, locksAtMs });
  }

  function endedBy(problem: Problem): boolean {
    const ending = endingOf(problem);
    if (ending === "locks") lock();
    if (ending === "expires") expire(problem);
    return ending === "locks";
  }

  function expire(problem: Problem): void {
    const { session } = now();
    if (session.kind === "ended" || (session.kind === "closing" && session.by === "expired")) return;
    refuse(problem);
    locksAtMs = Math.min(locksAtMs, Date.now() + GRACE_MS);
    close("expired");
    check();
  }

  function start(): void {
    document.addEventListener("visibilitychange", check);
    check();
  }

  return { start, endsAtMs, endedBy };
}
