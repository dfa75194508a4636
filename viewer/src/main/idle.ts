/** Whoever leaves the page without signing out: the server is told of input alone, and a page left alone locks (launch.md R36). */
import type { Action } from "../view/actions";
import type { AppState } from "../view/viewState";
import { GRACE_MS } from "./ending";

const MOST_BETWEEN_BEATS_MS = 60_000;
const LONGEST_WAIT_MS = 60_000; // timers stand still while a computer sleeps: look again soon
/** What a hand or a voice does; frames that load and clips that play are none. */
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

export interface IdlePorts {
  readonly now: () => AppState;
  readonly send: (action: Action) => void;
  /** Forgets everything of the patient. */
  readonly lock: () => void;
  /** Tells the server that somebody is here; what it answers ends the reading, or is tried again. */
  readonly beat: () => Promise<void>;
}

/** The server counts from the last beat, which is never older than the last input by then. */
export function createIdle(idleSeconds: number, { now, send, lock, beat }: IdlePorts) {
  const idleMs = 1000 * idleSeconds;
  const graceMs = Math.min(GRACE_MS, idleMs / 2);
  const betweenMs = Math.min(MOST_BETWEEN_BEATS_MS, idleMs / 4);
  let usedAtMs = Date.now(); // the page's own loading is one
  let beatAtMs = usedAtMs;
  let timer = 0;
  let waiting = 0;

  function check(): void {
    clearTimeout(timer);
    const { session } = now();
    if (session.kind === "ended") return;
    const left = usedAtMs + idleMs - Date.now();
    if (left <= 0) {
      lock();
      return;
    }
    if (left <= graceMs && session.kind === "open") send({ kind: "closing", by: "idle", locksAtMs: usedAtMs + idleMs });
    timer = window.setTimeout(check, Math.min(left > graceMs ? left - graceMs : left, LONGEST_WAIT_MS));
  }

  function used(): void {
    const { session } = now();
    if (session.kind === "ended" || Date.now() >= usedAtMs + idleMs) return; // it is over: the check says so
    usedAtMs = Date.now();
    if (session.kind === "closing" && session.by === "idle") {
      send({ kind: "stayed" });
      check();
    }
    if (waiting === 0) waiting = window.setTimeout(tell, Math.max(0, beatAtMs + betweenMs - usedAtMs));
  }

  function tell(): void {
    waiting = 0;
    if (now().session.kind === "ended") return;
    beatAtMs = Date.now();
    void beat();
  }

  function start(): void {
    for (const input of INPUTS) document.addEventListener(input, used, { capture: true, passive: true });
    document.addEventListener("visibilitychange", check);
    check();
  }

  return { start };
}
