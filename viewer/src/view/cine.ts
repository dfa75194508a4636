/** Time of a display set (display.md H26): which frame is due when, from the file's own rate. */
import type { Cine, DisplaySet } from "../wire/types";
import { localNumber, t } from "../words/words";

/** Frames from `first` to `last`, each for its own time, over and over. */
export interface Timeline {
  readonly first: number;
  readonly last: number;
  /** In the order in which they are shown: back again too where the cine sweeps. */
  readonly frames: readonly number[];
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

/** What the reader changes of it. */
export interface Tuning {
  /** Times as fast as the file says. */
  readonly speed: number;
  /** Frame indices between which it plays; null: the file's own. */
  readonly first: number | null;
  readonly last: number | null;
  /** Forwards and backwards, not from the beginning again. */
  readonly sweep: boolean;
}

export const AS_STATED: Tuning = { speed: 1, first: null, last: null, sweep: false };

/** Null for stills: there is nothing to play. */
export function timelineOf({ frameCount, image, modality }: DisplaySet, tuning: Tuning = AS_STATED): Timeline | null {
  if (frameCount < 2 || image === null) return null;
  const [from, to] = played(image.cine, frameCount);
  const stated = statedMs(image.cine, from, to);
  if (stated === null && image.geometry === null && !MAY_PLAY.has(modality)) return null;
  const each = stated ?? Array.from({ length: to - from + 1 }, () => ASSUMED_MS);
  const [first, last] = within(tuning, from, to);
  const intervals = each.slice(first - from, last - from + 1).map((interval) => interval / tuning.speed);
  const forwards = intervals.map((_, i) => first + i);
  const back = tuning.sweep ? forwards.slice(1, -1).reverse() : [];
  const frames = [...forwards, ...back];
  let whole = 0;
  const startsMs = [0, ...frames.map((frame) => (whole += intervals[frame - first] ?? 0))];
  return { first, last, frames, startsMs, rate: (MS_A_SECOND * frames.length) / whole, source: stated === null ? "" : (image.cine?.source ?? "") };
}

const SPEEDS = [1 / 16, 16] as const;

export function tuned(tuning: Tuning, change: Partial<Tuning>): Tuning {
  const speed = change.speed ?? tuning.speed;
  return { ...tuning, ...change, speed: Number.isFinite(speed) ? Math.min(SPEEDS[1], Math.max(SPEEDS[0], speed)) : tuning.speed };
}

/** At least two frames of those that the file plays. */
function within({ first, last }: Tuning, from: number, to: number): readonly [first: number, last: number] {
  const low = Math.min(to - 1, Math.max(from, first ?? from));
  return [low, Math.max(low + 1, Math.min(to, last ?? to))];
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
export function frameAt({ first, frames, startsMs }: Timeline, elapsedMs: number): number {
  const round = startsMs.at(-1) ?? 1;
  const into = ((elapsedMs % round) + round) % round;
  let [low, high] = [0, startsMs.length - 2];
  while (low < high) {
    const half = Math.ceil((low + high) / 2);
    if ((startsMs[half] ?? 0) <= into) low = half;
    else high = half - 1;
  }
  return frames[low] ?? first;
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
  return t("cine.rate", { rate: localNumber(String(Number(rate.toPrecision(3)))) });
}

/** Who says so. */
export function sourceText({ source }: Timeline): string {
  return `(${source === "" ? t("cine.assumed") : source})`;
}
