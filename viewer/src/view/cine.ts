/** Time of a display set (display.md H26): which frame is due when, from the file's own rate. */
import type { Cine, DisplaySet } from "../wire/types";

/** Frames from `first` to `last`, each for its own time, over and over. */
export interface Timeline {
  readonly first: number;
  readonly last: number;
  /** When each frame begins, ms from the first; and last of all when the first comes again. */
  readonly startsMs: readonly number[];
  /** Images a second, on average. */
  readonly rate: number;
  /** The attribute that says so, e.g. "FrameTime"; empty: nothing does, the rate is assumed. */
  readonly source: string;
}

/** Slow enough to read, where the file states no time. */
const ASSUMED_MS = 100;
/** Frames that may follow each other in time or place though no attribute says so. Others, as radiographs and ultrasound stills, are single images beside each other. */
const MAY_PLAY: ReadonlySet<string> = new Set(["CT", "MR", "PT", "NM", "XA", "RF"]);
const MS_A_SECOND = 1000;

/** Null for stills: there is nothing to play. */
export function timelineOf({ frameCount, image, modality }: DisplaySet): Timeline | null {
  if (frameCount < 2 || image === null) return null;
  const [first, last] = played(image.cine, frameCount);
  const stated = statedMs(image.cine, first, last);
  if (stated === null && image.geometry === null && !MAY_PLAY.has(modality)) return null;
  const intervals = stated ?? Array.from({ length: last - first + 1 }, () => ASSUMED_MS);
  let whole = 0;
  const startsMs = [0, ...intervals.map((interval) => (whole += interval))];
  return { first, last, startsMs, rate: (MS_A_SECOND * intervals.length) / whole, source: stated === null ? "" : (image.cine?.source ?? "") };
}

/** Between the trims; all of it where they leave less than two frames. */
function played(cine: Cine | null, frameCount: number): readonly [first: number, last: number] {
  const first = Math.max(0, cine?.first ?? 0);
  const last = Math.min(frameCount - 1, cine?.last ?? Infinity);
  return last > first ? [first, last] : [0, frameCount - 1];
}

/**
 * How long each frame stays, ms. A vector has one interval between each two frames (FrameTimeVector): the last
 * frame stays as long as the one before it. Null where the file states no time that passes.
 */
function statedMs(cine: Cine | null, first: number, last: number): readonly number[] | null {
  const stated = cine?.intervalsMs ?? [];
  const each = stated.length === 1 ? Array.from({ length: last - first }, () => stated[0] ?? 0) : stated.slice(first, last);
  if (each.length !== last - first || each.some((interval) => !(interval >= 0) || !Number.isFinite(interval))) return null;
  const whole = [...each, each.at(-1) ?? 0];
  return whole.some((interval) => interval > 0) ? whole : null;
}

/** The frame that is due so long after the first began. Never drifts: it depends on nothing but the time. */
export function frameAt({ first, startsMs }: Timeline, elapsedMs: number): number {
  const round = startsMs.at(-1) ?? 1;
  const into = ((elapsedMs % round) + round) % round;
  let [low, high] = [0, startsMs.length - 2];
  while (low < high) {
    const half = Math.ceil((low + high) / 2);
    if ((startsMs[half] ?? 0) <= into) low = half;
    else high = half - 1;
  }
  return first + low;
}

/** When a frame begins, ms from the first; the beginning for frames that are trimmed off. */
export function startOf({ first, startsMs }: Timeline, frameIndex: number): number {
  const index = frameIndex - first;
  return index < startsMs.length - 1 ? (startsMs[index] ?? 0) : 0;
}

/** "25 fps (FrameTime)". */
export function rateText(timeline: Timeline): string {
  return `${speedText(timeline)} ${sourceText(timeline)}`;
}

export function speedText({ rate }: Timeline): string {
  return `${String(Number(rate.toPrecision(3)))} fps`;
}

/** Who says so. */
export function sourceText({ source }: Timeline): string {
  return `(${source === "" ? "assumed" : source})`;
}
