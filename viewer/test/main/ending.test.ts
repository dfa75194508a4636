/** How a reading ends, by an invented clock: ux.md 6, "overlay that keeps the image, then lock". */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createEnding, GRACE_MS } from "../../src/main/ending";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import type { AppState } from "../../src/view/viewState";
import { initialState } from "../../src/view/viewState";
import type { Problem } from "../../src/wire/client";
import { plan } from "../plans";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.stubGlobal("document", { addEventListener: () => undefined });
  vi.stubGlobal("window", { setTimeout });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function problem(code: string, status: number | null = 401): Problem {
  return { status, code, title: "", detail: "", nextStep: "", correlationId: "" };
}

function bench(secondsLeft: number) {
  let state: AppState = initialState(plan());
  const refused: string[] = [];
  let locks = 0;
  const ending = createEnding(secondsLeft, {
    now: () => state,
    send: (action: Action) => { state = reduce(state, action); },
    lock: () => {
      locks += 1;
      state = reduce(state, { kind: "ended", by: "server" });
    },
    refuse: ({ code }) => { refused.push(code); },
  });
  ending.start();
  return { ending, refused, session: () => state.session, locks: () => locks };
}

describe("a sign-in that is not renewed", () => {
  it("keeps what is on the screen for a minute, asks for nothing, then locks once", () => {
    const { ending, refused, session, locks } = bench(8 * 3600);
    expect(ending.endedBy(problem("grant_expired"))).toBe(false);
    expect(session()).toEqual({ kind: "closing", by: "expired", locksAtMs: 1_000_000 + GRACE_MS });
    ending.endedBy(problem("grant_expired"));
    expect(refused).toEqual(["grant_expired"]);
    vi.advanceTimersByTime(GRACE_MS - 1);
    expect(locks()).toBe(0);
    vi.advanceTimersByTime(1);
    expect([locks(), session().kind]).toEqual([1, "ended"]);
    vi.advanceTimersByTime(8 * 3600 * 1000);
    expect(locks()).toBe(1);
  });

  it("never outlives the reading's own time", () => {
    const { ending, session } = bench(20);
    ending.endedBy(problem("grant_expired"));
    expect(session()).toEqual({ kind: "closing", by: "expired", locksAtMs: 1_020_000 });
  });
});

describe("the reading's own time", () => {
  it("is announced a minute before it is over", () => {
    const { session, refused } = bench(600);
    vi.advanceTimersByTime(600_000 - GRACE_MS - 1);
    expect(session()).toEqual({ kind: "open" });
    vi.advanceTimersByTime(1);
    expect(session()).toEqual({ kind: "closing", by: "time", locksAtMs: 1_600_000 });
    expect(refused).toEqual([]);
    vi.advanceTimersByTime(GRACE_MS);
    expect(session().kind).toBe("ended");
  });

  it("that was over at the start locks at once", () => {
    expect(bench(0).locks()).toBe(1);
  });
});

it.each([["outside_reading", 404], ["reading_ended", 401], ["http_410", 410]])("%s locks at once", (code, status) => {
  const { ending, locks } = bench(600);
  expect(ending.endedBy(problem(code, status))).toBe(true);
  expect(locks()).toBe(1);
});

it.each([["not_authorized", 403], ["network", null], ["http_500", 500]])("%s ends nothing", (code, status) => {
  const { ending, session } = bench(600);
  expect(ending.endedBy(problem(code, status))).toBe(false);
  expect(session()).toEqual({ kind: "open" });
});
