/** Decodes frames in workers, the most wanted first, and keeps every one of them busy. */

import type { DecodedFrame } from "./frame";
import { DecodeError } from "./frame";
import type { CodecName } from "./protocol";
import { codecOf, WASM_FILES } from "./protocol";
import { PriorityQueue } from "./queue";
import { viewRaw } from "./raw";
import type { Answer, DecodeWorker, Slot } from "./slot";
import { createSlot, MOST_AHEAD } from "./slot";
import type { DecodeRequest, Task } from "./task";
import { createTask } from "./task";

export type { DecodeWorker } from "./slot";
export type { DecodeRequest } from "./task";

export interface DecodePool {
  /** Rejects with DecodeError (message for the reader) or DecodeCancelled. */
  readonly decode: (request: DecodeRequest) => Promise<DecodedFrame>;
  /** Changes the place in the queue; nothing happens to a frame that a worker has. */
  readonly reprioritise: (key: string, priority: number) => void;
  /** The promise of `key` rejects with DecodeCancelled. */
  readonly cancel: (key: string) => void;
  /** Loads what frames of these transfer syntaxes will need, and starts a worker. */
  readonly warm: (transferSyntaxUids: readonly string[]) => void;
  /** Cancels everything and ends the workers. */
  readonly close: () => void;
}

/** The caller no longer wants the frame. Not an error to show. */
export class DecodeCancelled extends Error {
  override readonly name = "DecodeCancelled";
}

export interface DecodePoolOptions {
  /** The bundle of decode/decodeWorker.ts. */
  readonly workerUrl: string;
  /** Fetches and compiles a file of WASM_FILES; called once a codec, when its first frame comes. */
  readonly loadWasm: (file: string) => Promise<WebAssembly.Module>;
  readonly count: number;
  /** A worker that takes longer for one frame is ended; by the frame's size where it is not given. */
  readonly timeoutMs?: number;
  readonly makeWorker?: (url: string) => DecodeWorker;
}

const MOST_WORKERS = 12; // each may hold tens of megabytes of codec memory

/** All cores but one, which is the page's. */
export function workerCount(cores: number): number {
  return Math.max(1, Math.min(MOST_WORKERS, cores - 1));
}

/** So many frames keep `count` workers busy, with some in the queue for when the wishes change. */
export function mostUnderWay(count: number): number {
  return count * (MOST_AHEAD + 2);
}

const MAX_CRASHES = 2; // the first run and one more
/** JPEG 2000 takes 0.13 s for a million samples; broken streams of other codecs may take minutes. */
const TIMEOUT_MS = { any: 10_000, perSample: 0.002 } as const;

export function createDecodePool(options: DecodePoolOptions): DecodePool {
  const queue = new PriorityQueue<Task>();
  const underWay = new Map<string, Task>();
  const codecs = new Map<CodecName, Promise<WebAssembly.Module | null>>();
  const timeoutMs = ({ request }: Task): number => options.timeoutMs ?? timeoutOf(request);
  const hire = () => (options.makeWorker ?? realWorker)(options.workerUrl);
  const slots = Array.from({ length: Math.max(1, options.count) }, () => createSlot({ hire, timeoutMs, onAnswer, onCrash, onTimeout }));
  let nextId = 1;

  function decode(request: DecodeRequest): Promise<DecodedFrame> {
    const joined = underWay.get(request.key);
    if (joined !== undefined) return joined.promise;
    const codec = codecOf(request.transferSyntaxUid);
    if (codec === null) return Promise.reject(unknownSyntax(request));
    const seen = codec === "raw" ? viewed(request) : null;
    if (seen !== null) return seen;
    const task = createTask(request, codec, nextId++);
    underWay.set(task.key, task);
    codecWasm(codec).then(
      (wasm) => { enqueue(task, wasm); },
      (cause: unknown) => { fail(task, "The decoder could not be loaded.", cause); },
    );
    return task.promise;
  }

  /** A failed download is asked for again by the next frame. */
  function codecWasm(codec: CodecName): Promise<WebAssembly.Module | null> {
    const known = codecs.get(codec);
    if (known !== undefined) return known;
    const file = WASM_FILES[codec];
    const loading = file === null ? Promise.resolve(null) : options.loadWasm(file);
    loading.catch(() => codecs.delete(codec));
    codecs.set(codec, loading);
    return loading;
  }

  function warm(transferSyntaxUids: readonly string[]): void {
    for (const codec of new Set(transferSyntaxUids.map(codecOf))) {
      if (codec === null || codec === "raw") continue;
      codecWasm(codec).then((wasm) => slots[0]?.prepare(codec, wasm)).catch(() => undefined); // the frame that needs it says so
    }
  }

  function enqueue(task: Task, wasm: WebAssembly.Module | null): void {
    if (task.cancelled) return;
    task.wasm = wasm;
    queue.push(task);
    feed();
  }

  /** To the idlest worker first, so that none gets a second frame before each has one. */
  function feed(): void {
    while (queue.size > 0) {
      const slot = idlest(slots);
      const task = slot === undefined ? undefined : queue.pop();
      if (slot === undefined || task === undefined) return;
      slot.start(task);
    }
  }

  function onAnswer(task: Task, answer: Answer): void {
    if (answer.kind === "refused") fail(task, answer.reason);
    else {
      forget(task);
      task.resolve(answer.frame);
    }
    feed();
  }

  /** waiting: frames that the worker had not begun. */
  function onCrash(task: Task | null, waiting: readonly Task[], words: string): void {
    again(waiting);
    if (task !== null) {
      task.crashes += 1;
      if (task.crashes >= MAX_CRASHES) fail(task, `The decoder stopped twice on this image: ${words}`);
      else again([task]);
    }
    feed();
  }

  /** Not tried again: it would take as long. */
  function onTimeout(task: Task, waiting: readonly Task[], ms: number): void {
    again(waiting);
    fail(task, `The decoder did not finish this image in ${(ms / 1000).toFixed(0)} s.`);
    feed();
  }

  function again(tasks: readonly Task[]): void {
    for (const task of tasks) if (!task.cancelled) queue.push(task);
  }

  function fail(task: Task, words: string, cause?: unknown): void {
    forget(task);
    task.reject(new DecodeError(words, { cause }));
  }

  /** The key may be under way anew, after a cancel. */
  function forget(task: Task): void {
    if (underWay.get(task.key) === task) underWay.delete(task.key);
  }

  function reprioritise(key: string, priority: number): void {
    const task = underWay.get(key);
    if (task !== undefined) task.priority = priority;
  }

  /** A frame that a worker has is finished and dropped: that is sooner than a new worker. */
  function cancel(key: string): void {
    const task = underWay.get(key);
    if (task === undefined) return;
    task.cancelled = true;
    queue.remove(key);
    forget(task);
    task.reject(new DecodeCancelled(key));
  }

  function close(): void {
    for (const key of [...underWay.keys()]) cancel(key);
    for (const slot of slots) slot.dismiss();
  }

  return { decode, reprioritise, cancel, warm, close };
}

function timeoutOf({ rows, columns, samplesPerPixel }: DecodeRequest): number {
  return TIMEOUT_MS.any + TIMEOUT_MS.perSample * rows * columns * samplesPerPixel;
}

/** Null where there is work to do. A refusal is a rejected promise. */
function viewed(request: DecodeRequest): Promise<DecodedFrame> | null {
  try {
    const frame = viewRaw(request.bytes, request);
    return frame === null ? null : Promise.resolve(frame);
  } catch (cause) {
    return Promise.reject(cause as Error);
  }
}

function idlest(slots: readonly Slot[]): Slot | undefined {
  const free = slots.filter((slot) => slot.hasRoom());
  return free.reduce<Slot | undefined>((best, slot) => (best === undefined || slot.load() < best.load() ? slot : best), undefined);
}

const realWorker = (url: string): DecodeWorker => new Worker(url, { type: "module" });

function unknownSyntax({ transferSyntaxUid }: DecodeRequest): DecodeError {
  return new DecodeError(`Images of transfer syntax ${transferSyntaxUid} are not decoded here.`);
}
