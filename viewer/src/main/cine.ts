/** The clock of playing cells: which frame is due now, from the time alone. It drops frames, and never slows down (H26). */
import type { Action } from "../view/actions";
import type { Timeline, Tuning } from "../view/cine";
import { frameAt, startOf, timelineOf } from "../view/cine";
import type { FrameRef } from "../view/loadOrder";
import type { AppState } from "../view/viewState";
import { displaySetOf, visibleCells } from "../view/viewState";

export interface CinePorts {
  readonly now: () => AppState;
  readonly send: (action: Action) => void;
  /** A frame that is not here is not waited for: the one before it stays. */
  readonly isReady: (frame: FrameRef) => boolean;
  /** As requestAnimationFrame: the time is in ms, of any clock that does not jump. */
  readonly request: (tick: (timeMs: number) => void) => number;
  readonly cancel: (request: number) => void;
}

export interface CineClock {
  /** Call when the state may have changed: it runs while a cell on the screen plays. */
  readonly follow: () => void;
  readonly stop: () => void;
}

interface Run {
  readonly displaySet: number;
  readonly timeline: Timeline;
  readonly tuning: Tuning;
  /** When the timeline's first frame began. */
  readonly beganMs: number;
}

export function createCineClock({ now, send, isReady, request, cancel }: CinePorts): CineClock {
  const runs = new Map<number, Run>();
  let pending: number | null = null;

  function follow(): void {
    const playing = playingCells(now());
    for (const cell of runs.keys()) if (!playing.includes(cell)) runs.delete(cell);
    if (playing.length > 0) pending ??= request(tick);
  }

  function tick(timeMs: number): void {
    pending = null;
    for (const cell of playingCells(now())) advance(cell, timeMs);
    follow();
  }

  function advance(index: number, timeMs: number): void {
    const cell = now().cells[index];
    const run = runOf(index, timeMs);
    if (cell === undefined || run === null) return;
    const frameIndex = frameAt(run.timeline, timeMs - run.beganMs);
    if (frameIndex === cell.frameIndex || !isReady({ displaySet: run.displaySet, frameIndex })) return;
    send({ kind: "cineFrame", cell: index, frameIndex });
  }

  /** The run under way, or one that goes on from the frame in view. */
  function runOf(index: number, timeMs: number): Run | null {
    const [cell, set] = [now().cells[index], displaySetOf(now(), index)];
    if (cell === undefined || cell.displaySet === null || set === undefined) return null;
    const known = runs.get(index);
    if (known?.displaySet === cell.displaySet && known.tuning === cell.cine) return known;
    const timeline = timelineOf(set, cell.cine);
    if (timeline === null) return null;
    const run = { displaySet: cell.displaySet, timeline, tuning: cell.cine, beganMs: timeMs - startOf(timeline, cell.frameIndex) };
    runs.set(index, run);
    return run;
  }

  function stop(): void {
    if (pending !== null) cancel(pending);
    pending = null;
    runs.clear();
  }

  return { follow, stop };
}

function playingCells(state: AppState): readonly number[] {
  return visibleCells(state).filter((index) => state.cells[index]?.playing === true);
}
