/** A page left alone, by an invented clock (launch.md R36). */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GRACE_MS } from "../../src/main/ending";
import { createIdle } from "../../src/main/idle";
import { reduce } from "../../src/view/actions";
import type { AppState } from "../../src/view/viewState";
import { initialState } from "../../src/view/viewState";
import { plan } from "../plans";

const START = 1_000_000;
const MINUTE = 60_000;
const IDLE_S = 900;
let listeners: Map<string, () => void>;

beforeEach(() => {
  listeners = new Map();
  vi.useFakeTimers({ now: START });
  vi.stubGlobal("document", { addEventListener: (type: string, listener: () => void) => { listeners.set(type, listener); } });
  vi.stubGlobal("window", { setTimeout });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function bench(idleSeconds = IDLE_S) {
  let state: AppState = initialState(plan());
  const beats: number[] = [];
  let locks = 0;
  createIdle(idleSeconds, {
    now: () => state,
    send: (action) => { state = reduce(state, action); },
    lock: () => {
      locks += 1;
      state = reduce(state, { kind: "ended", by: "server" });
    },
    beat: () => {
      beats.push(Date.now() - START);
      return Promise.resolve();
    },
  }).start();
  return { beats, session: () => state.session, locks: () => locks, input: (type = "keydown") => { listeners.get(type)?.(); } };
}

describe("a page left alone", () => {
  it("asks a minute before, then locks once and tells the server nothing", () => {
    const { session, locks, beats } = bench();
    vi.advanceTimersByTime(IDLE_S * 1000 - GRACE_MS - 1);
    expect(session()).toEqual({ kind: "open" });
    vi.advanceTimersByTime(1);
    expect(session()).toEqual({ kind: "closing", by: "idle", locksAtMs: START + IDLE_S * 1000 });
    vi.advanceTimersByTime(GRACE_MS);
    expect([locks(), session().kind, beats]).toEqual([1, "ended", []]);
    vi.advanceTimersByTime(IDLE_S * 1000);
    expect(locks()).toBe(1);
  });

  it.each(["pointerdown", "pointermove", "keydown", "wheel", "touchstart"])("stays open by %s, and the server is told at once", (type) => {
    const { session, beats, input } = bench();
    vi.advanceTimersByTime(IDLE_S * 1000 - 1000);
    input(type);
    expect(session()).toEqual({ kind: "open" });
    vi.advanceTimersByTime(0);
    expect(beats).toEqual([IDLE_S * 1000 - 1000]);
    vi.advanceTimersByTime(IDLE_S * 1000 - GRACE_MS - 1);
    expect(session()).toEqual({ kind: "open" });
  });

  it("is not opened again by input after its time", () => {
    const { session, input, locks } = bench();
    vi.setSystemTime(START + IDLE_S * 1000 + 5); // slept
    input();
    listeners.get("visibilitychange")?.();
    expect([session().kind, locks()]).toEqual(["ended", 1]);
    input();
    expect(session().kind).toBe("ended");
  });
});

describe("a page in use", () => {
  it("tells the server once a minute at most, and of the last input too", () => {
    const { beats, input } = bench();
    for (let i = 0; i < 100; i++) {
      input("pointermove");
      vi.advanceTimersByTime(1000);
    }
    expect(beats).toEqual([MINUTE]);
    vi.advanceTimersByTime(MINUTE);
    expect(beats).toEqual([MINUTE, 2 * MINUTE]);
    vi.advanceTimersByTime(5 * MINUTE);
    expect(beats).toHaveLength(2);
  });

  it("does not take another warning away", () => {
    let state = reduce(initialState(plan()), { kind: "closing", by: "expired", locksAtMs: 5 });
    state = reduce(state, { kind: "stayed" });
    expect(state.session.kind).toBe("closing");
  });
});
