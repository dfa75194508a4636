/** The clock of a clip, on a clock of the test's own (H26). Oracle: hand computation from the frame time. */
import { describe, expect, it } from "vitest";
import { createCineClock } from "../../src/main/cine";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import type { AppState } from "../../src/view/viewState";
import { displaySet, image, plan, state } from "../plans";

/** 30 frames of 40 ms in cell 0; another clip of 50 ms in cell 1. */
const clip = (intervalMs: number) => displaySet({ modality: "US", frameCount: 30, image: image({ cine: { intervalsMs: [intervalMs], source: "FrameTime", first: 0, last: 29 } }) });
const CLIPS = plan({ displaySets: [clip(40), clip(50)] });

/** A screen whose pictures come when the test says so. */
function screen(isReady: (frameIndex: number) => boolean = () => true) {
  let now: AppState = state({ plan: CLIPS });
  let waiting: ((timeMs: number) => void) | null = null;
  const changes: number[] = [];
  const send = (action: Action): void => {
    now = reduce(now, action);
    if (action.kind === "cineFrame" && action.cell === 0) changes.push(action.frameIndex);
    clock.follow();
  };
  const clock = createCineClock({
    now: () => now,
    send,
    isReady: ({ frameIndex }) => isReady(frameIndex),
    request: (tick) => {
      waiting = tick;
      return 1;
    },
    cancel: () => { waiting = null; },
  });
  const paint = (timeMs: number): void => {
    const tick = waiting;
    waiting = null;
    tick?.(timeMs);
  };
  const frames = (): readonly (number | undefined)[] => [now.cells[0]?.frameIndex, now.cells[1]?.frameIndex];
  return { send, paint, frames, changes, clock, isRunning: () => waiting !== null };
}

describe("a playing clip", () => {
  it("starts from the frame in view", () => {
    const { send, paint, frames } = screen();
    send({ kind: "frame", cell: 0, frameIndex: 28 });
    send({ kind: "cine", cell: 0 });
    paint(5000);
    expect(frames()[0]).toBe(28);
    paint(5040);
    expect(frames()[0]).toBe(29);
    paint(5080);
    expect(frames()[0]).toBe(0);
  });

  it.each([1000 / 60, 1000 / 144, 1000 / 24, 90])("keeps its rate within 2 % for ten minutes on a screen of %d ms", (screenMs) => {
    const { send, paint, changes, frames } = screen();
    send({ kind: "frame", cell: 0, frameIndex: 0 });
    send({ kind: "cine", cell: 0 });
    let timeMs = 0;
    for (; timeMs < 600_000; timeMs += screenMs) paint(timeMs);
    const shown = changes.reduce((sum, frame, i) => sum + ((frame - (changes[i - 1] ?? 0) + 30) % 30), 0);
    expect(Math.abs(shown / (600_000 / 40) - 1)).toBeLessThan(0.02);
    expect(frames()[0]).toBe(Math.floor((timeMs - screenMs) / 40) % 30); // not a frame late after ten minutes
  });

  it("drops frames that are not decoded, and does not fall behind for them", () => {
    const { send, paint, frames, changes } = screen((frame) => frame !== 1 && frame !== 2);
    send({ kind: "frame", cell: 0, frameIndex: 0 });
    send({ kind: "cine", cell: 0 });
    [0, 40, 80, 120].forEach(paint);
    expect(frames()[0]).toBe(3);
    expect(changes).toEqual([3]);
  });

  it("drops frames on a screen that stood still for a minute", () => {
    const { send, paint, frames } = screen();
    send({ kind: "frame", cell: 0, frameIndex: 0 });
    send({ kind: "cine", cell: 0 });
    paint(0);
    paint(60_000);
    expect(frames()[0]).toBe((60_000 / 40) % 30);
  });

  it("beside another keeps its own time", () => {
    const { send, paint, frames } = screen();
    for (const cell of [0, 1]) {
      send({ kind: "frame", cell, frameIndex: 0 });
      send({ kind: "cine", cell });
    }
    paint(0);
    paint(200);
    expect(frames()).toEqual([5, 4]);
  });
});

describe("the clock", () => {
  it("runs only while something plays on the screen", () => {
    const { send, paint, isRunning } = screen();
    expect(isRunning()).toBe(false);
    send({ kind: "cine", cell: 0 });
    expect(isRunning()).toBe(true);
    send({ kind: "cineStop" });
    paint(0);
    expect(isRunning()).toBe(false);
  });

  it("goes on from where the reader scrolled to, not from where the time would be", () => {
    const { send, paint, frames } = screen();
    send({ kind: "cine", cell: 0 });
    paint(0);
    send({ kind: "frame", cell: 0, frameIndex: 3 });
    send({ kind: "cine", cell: 0 });
    paint(1000);
    expect(frames()[0]).toBe(3);
    paint(1040);
    expect(frames()[0]).toBe(4);
  });

  it("that was stopped ticks no more", () => {
    const { send, clock, isRunning } = screen();
    send({ kind: "cine", cell: 0 });
    clock.stop();
    expect(isRunning()).toBe(false);
  });
});
