/** Which frames are fetched, nearest to the eye first (performance.md 6). */
import type { AppState } from "./viewState";
import type { Cell } from "./cell";
import { middleFrame } from "./cell";
import { visibleCells } from "./viewState";
import { imageOf } from "./resolve";

export interface FrameRef {
  readonly displaySet: number;
  readonly frameIndex: number;
}

/** So many frames about each view come before the thumbnails of the other series. */
const TURNS_BEFORE_THUMBNAILS = 3;

/**
 * Every frame of the display sets on the screen, once each: first what the cells show (the active cell's
 * before the others'), then outwards from there, cell by cell in turn; in between, the middle frame of each
 * other display set for its thumbnail. Empty once the reading has ended.
 */
export function loadOrder(state: AppState): readonly FrameRef[] {
  if (state.session.kind === "ended") return [];
  const queues = shownCells(state).map((cell) => outwards(state, cell));
  const longest = Math.max(0, ...queues.map(({ length }) => length));
  const turns = Array.from({ length: longest }, (_, turn) => queues.flatMap((queue) => queue.slice(turn, turn + 1)));
  const near = turns.slice(0, TURNS_BEFORE_THUMBNAILS);
  const far = turns.slice(TURNS_BEFORE_THUMBNAILS);
  return once([...near.flat(), ...thumbnailFrames(state), ...far.flat()]);
}

/** What the cells show. */
export function framesInView({ cells }: AppState): readonly FrameRef[] {
  return cells.flatMap(({ displaySet, frameIndex }) => (displaySet === null ? [] : [{ displaySet, frameIndex }]));
}

/** The middle frame of every display set that can be shown. */
export function thumbnailFrames(state: AppState): readonly FrameRef[] {
  return state.plan.displaySets.flatMap((set, displaySet) => {
    return imageOf(set) === null ? [] : [{ displaySet, frameIndex: middleFrame(set) }];
  });
}

/** The active cell first. */
function shownCells(state: AppState): readonly number[] {
  const visible = visibleCells(state);
  return visible.filter((cell) => cell === state.activeCell).concat(visible.filter((cell) => cell !== state.activeCell));
}

/** So many frames ahead for each one behind, once the reader scrolls. */
const AHEAD = 3;

/** From the frame in view to both ends in turn: 5, 6, 4, 7, 3, …; scrolled downwards 5, 6, 7, 8, 4, 9, 10, 11, 3, … */
function outwards(state: AppState, index: number): readonly FrameRef[] {
  const cell = state.cells[index];
  const displaySet = cell?.displaySet ?? null;
  const set = displaySet === null ? undefined : state.plan.displaySets[displaySet];
  if (cell === undefined || displaySet === null || set === undefined || imageOf(set) === null) return [];
  const frames = Array.from({ length: set.frameCount }, (_, frameIndex) => ({ displaySet, frameIndex }));
  const turn = ({ frameIndex }: FrameRef): number => turnOf(frameIndex - cell.frameIndex, cell.heading);
  return frames.sort((a, b) => turn(a) - turn(b));
}

/** When a frame so many steps away is asked for. */
function turnOf(steps: number, heading: Cell["heading"]): number {
  if (heading === 0) return steps > 0 ? 2 * steps - 1 : -2 * steps;
  const ahead = steps * heading;
  return ahead >= 0 ? ahead : -AHEAD * ahead + 0.5;
}

function once(frames: readonly FrameRef[]): readonly FrameRef[] {
  return [...new Map(frames.map((frame) => [frameKey(frame), frame])).values()];
}

export function frameKey({ displaySet, frameIndex }: FrameRef): string {
  return `${String(displaySet)}/${String(frameIndex)}`;
}
