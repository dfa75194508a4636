/** Brings frames from the server to decoded pixels: nearest first, bounded, cancellable, within budgets. */
import type { EncodedFrame, Problem } from "../wire/client";
import { mayPass, RequestFailed } from "../wire/client";
import type { FrameRef } from "../view/loadOrder";
import { frameKey } from "../view/loadOrder";

export interface LoaderPorts<Values> {
  readonly fetch: (frame: FrameRef, signal: AbortSignal) => Promise<EncodedFrame>;
  /** priority: smaller is sooner. Rejects with an Error whose message is for the reader. */
  readonly decode: (frame: FrameRef, encoded: EncodedFrame, priority: number) => Promise<Values>;
  /** Of a frame whose decoding was asked for and is not answered. */
  readonly reprioritise: (frame: FrameRef, priority: number) => void;
  readonly cancelDecode: (frame: FrameRef) => void;
  readonly wait: (ms: number) => Promise<void>;
  /** Bytes of one decoded frame. */
  readonly decodedBytes: (displaySet: number) => number;
  readonly onReady: (frame: FrameRef) => void;
  readonly onFailed: (frame: FrameRef, problem: Problem) => void;
}

export interface LoaderLimits {
  readonly requests: number;
  /** More than the decoders can hold, so that none of them waits. */
  readonly decodes: number;
  readonly attempts: number;
  /** The pause before the second attempt; it doubles with each further one. */
  readonly backoffMs: number;
  readonly decodedBytes: number;
  readonly encodedBytes: number;
}

const MIB = 1024 * 1024;

export const LIMITS: LoaderLimits = {
  requests: 6,
  decodes: 12,
  attempts: 4,
  backoffMs: 300,
  decodedBytes: 512 * MIB,
  encodedBytes: 256 * MIB,
};

export interface Loader<Values> {
  /** What is wanted from now on, the most wanted first; work for anything else is cancelled. */
  readonly want: (order: readonly FrameRef[]) => void;
  readonly values: (frame: FrameRef) => Values | null;
  /** Frames of the display set that are held here. */
  readonly ready: (displaySet: number) => number;
  /** Forgets failures, of one display set or of all, and goes on. */
  readonly retry: (displaySet?: number) => void;
  /** Forgets everything and stops for good. */
  readonly close: () => void;
}

type Stage<Values> =
  | { readonly kind: "fetching"; readonly abort: AbortController }
  | { readonly kind: "fetched" }
  | { readonly kind: "decoding" }
  | { readonly kind: "decoded"; readonly values: Values }
  | { readonly kind: "failed" };

interface Entry<Values> {
  readonly frame: FrameRef;
  stage: Stage<Values>;
  /** Null while on its way, and once it is no longer needed. */
  encoded: EncodedFrame | null;
}

/** While a display set has trouble only its frames in view are asked for: no storm of vain requests. */
const URGENT_RANKS = 4;

export function createLoader<Values>(ports: LoaderPorts<Values>, limits: LoaderLimits = LIMITS): Loader<Values> {
  const entries = new Map<string, Entry<Values>>();
  let order: readonly FrameRef[] = [];
  let keys: readonly string[] = [];
  let ranks = new Map<string, number>();
  /** Ranks below this are decoded; those above are kept encoded. */
  let decodedRanks = 0;
  /** Display sets whose last request failed for good though it might succeed later. */
  const troubled = new Set<number>();
  let closed = false;

  function want(wanted: readonly FrameRef[]): void {
    if (closed) return;
    order = wanted;
    keys = wanted.map(frameKey);
    ranks = new Map(keys.map((key, rank) => [key, rank]));
    decodedRanks = ranksWithin(limits.decodedBytes);
    for (const entry of [...entries.values()]) {
      if (rankOf(entry.frame) === Infinity) abandon(entry);
      else if (entry.stage.kind === "decoding") ports.reprioritise(entry.frame, rankOf(entry.frame));
    }
    makeRoom();
    pump();
  }

  function hasFailed(frame: FrameRef): boolean {
    return entries.get(frameKey(frame))?.stage.kind === "failed";
  }

  function rankOf(frame: FrameRef): number {
    return ranks.get(frameKey(frame)) ?? Infinity;
  }

  /** How many of the most wanted frames fit, decoded, into so many bytes; at least the first. One that failed takes nothing. */
  function ranksWithin(bytes: number): number {
    let used = 0;
    const needs = (frame: FrameRef): number => (hasFailed(frame) ? 0 : ports.decodedBytes(frame.displaySet));
    const beyond = order.findIndex((frame) => (used += needs(frame)) > bytes);
    return beyond === -1 ? order.length : Math.max(1, beyond);
  }

  /** Stops work on a frame nobody looks at; what is complete stays while there is room. */
  function abandon(entry: Entry<Values>): void {
    const { kind } = entry.stage;
    if (kind === "decoded" || kind === "fetched") return;
    if (entry.stage.kind === "fetching") entry.stage.abort.abort();
    if (kind === "decoding") ports.cancelDecode(entry.frame);
    entries.delete(frameKey(entry.frame));
  }

  /** The least wanted go first: pixels beyond their budget, then encoded bytes beyond theirs. */
  function makeRoom(): void {
    if (decodedTotal() <= limits.decodedBytes && encodedTotal() <= limits.encodedBytes) return;
    const held = [...entries.values()].sort((a, b) => rankOf(a.frame) - rankOf(b.frame));
    let decoded = 0;
    let encoded = 0;
    for (const entry of held) {
      if (entry.stage.kind === "decoded") {
        decoded += ports.decodedBytes(entry.frame.displaySet);
        if (decoded > limits.decodedBytes && rankOf(entry.frame) >= decodedRanks) dropPixels(entry);
      }
      encoded += entry.encoded?.bytes.byteLength ?? 0;
      if (encoded > limits.encodedBytes && entry.stage.kind === "fetched") entries.delete(frameKey(entry.frame));
    }
  }

  function decodedTotal(): number {
    let bytes = 0;
    for (const { frame, stage } of entries.values()) if (stage.kind === "decoded") bytes += ports.decodedBytes(frame.displaySet);
    return bytes;
  }

  function encodedTotal(): number {
    let total = 0;
    for (const { encoded } of entries.values()) total += encoded?.bytes.byteLength ?? 0;
    return total;
  }

  function dropPixels(entry: Entry<Values>): void {
    if (entry.encoded === null) entries.delete(frameKey(entry.frame));
    else entry.stage = { kind: "fetched" };
  }

  function pump(): void {
    let requests = count("fetching");
    let decodes = count("decoding");
    let encoded = encodedTotal();
    for (const [rank, frame] of order.entries()) {
      if (requests >= limits.requests || decodes >= limits.decodes) return;
      const entry = entries.get(keys[rank] ?? "");
      if (entry?.stage.kind === "fetched" && rank < decodedRanks) {
        decodes += 1;
        void decode(entry, rank);
      } else if (entry === undefined && mayFetch(frame, rank, encoded)) {
        requests += 1;
        encoded += rank < decodedRanks ? 0 : ports.decodedBytes(frame.displaySet) / 2;
        void fetch(frame);
      }
    }
  }

  function mayFetch({ displaySet }: FrameRef, rank: number, encodedBytes: number): boolean {
    if (rank >= URGENT_RANKS && troubled.has(displaySet)) return false;
    return rank < decodedRanks || encodedBytes < limits.encodedBytes;
  }

  function count(kind: Stage<Values>["kind"]): number {
    let found = 0;
    for (const { stage } of entries.values()) if (stage.kind === kind) found += 1;
    return found;
  }

  async function fetch(frame: FrameRef): Promise<void> {
    const abort = new AbortController();
    const entry: Entry<Values> = { frame, stage: { kind: "fetching", abort }, encoded: null };
    entries.set(frameKey(frame), entry);
    try {
      entry.encoded = await attempts(frame, abort.signal);
      if (abort.signal.aborted) return;
      troubled.delete(frame.displaySet);
      entry.stage = { kind: "fetched" };
      if (rankOf(frame) < decodedRanks) await decode(entry, rankOf(frame));
      else ports.onReady(frame);
    } catch (cause) {
      if (abort.signal.aborted) return;
      if (mayPass(cause)) troubled.add(frame.displaySet);
      fail(entry, problemOf(cause));
    }
    pump();
  }

  async function attempts(frame: FrameRef, signal: AbortSignal): Promise<EncodedFrame> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ports.fetch(frame, signal);
      } catch (cause) {
        if (signal.aborted || attempt >= limits.attempts || !mayPass(cause)) throw cause;
        await ports.wait(limits.backoffMs * 2 ** (attempt - 1));
        signal.throwIfAborted();
      }
    }
  }

  async function decode(entry: Entry<Values>, priority: number): Promise<void> {
    const { encoded } = entry;
    if (encoded === null) return;
    entry.stage = { kind: "decoding" };
    try {
      const values = await ports.decode(entry.frame, encoded, priority);
      if (!holds(entry)) return;
      entry.stage = { kind: "decoded", values };
      if (decodedRanks >= order.length) entry.encoded = null; // all fit decoded
      makeRoom();
      ports.onReady(entry.frame);
    } catch (cause) {
      if (holds(entry)) fail(entry, undecodable(cause));
    }
    pump();
  }

  function holds(entry: Entry<Values>): boolean {
    return entries.get(frameKey(entry.frame)) === entry;
  }

  function fail(entry: Entry<Values>, problem: Problem): void {
    entry.stage = { kind: "failed" };
    entry.encoded = null;
    decodedRanks = ranksWithin(limits.decodedBytes); // it makes room for those behind it
    ports.onFailed(entry.frame, problem);
  }

  function values(frame: FrameRef): Values | null {
    const stage = entries.get(frameKey(frame))?.stage;
    return stage?.kind === "decoded" ? stage.values : null;
  }

  function ready(displaySet: number): number {
    let held = 0;
    for (const { frame, stage } of entries.values()) {
      if (frame.displaySet === displaySet && (stage.kind === "decoded" || stage.kind === "fetched")) held += 1;
    }
    return held;
  }

  function retry(displaySet?: number): void {
    if (displaySet === undefined) troubled.clear();
    else troubled.delete(displaySet);
    for (const [key, { frame, stage }] of entries) {
      if (stage.kind === "failed" && (displaySet ?? frame.displaySet) === frame.displaySet) entries.delete(key);
    }
    pump();
  }

  function close(): void {
    want([]);
    closed = true;
    entries.clear();
  }

  return { want, values, ready, retry, close };
}

function undecodable(cause: unknown): Problem {
  return {
    status: null,
    code: "undecodable",
    title: "This image cannot be decoded",
    detail: cause instanceof Error ? cause.message : String(cause),
    nextStep: "The other images are not affected. Try again, or open the study in your PACS.",
    correlationId: "",
  };
}

function problemOf(cause: unknown): Problem {
  if (cause instanceof RequestFailed) return cause.problem;
  return { ...undecodable(cause), code: "unexpected", title: "This image could not be loaded" };
}
