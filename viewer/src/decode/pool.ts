/** Decodes frames in a few workers, the most wanted first. */

import type { FrameShape, StoredValues } from "./frame";
import { DecodeError } from "./frame";
import type { CodecName, FromWorker, ToWorker } from "./protocol";
import { decoderOf } from "./protocol";
import type { Queued } from "./queue";
import { PriorityQueue } from "./queue";
import { decodeRaw } from "./raw";

export interface DecodeRequest extends FrameShape {
  /** Names the frame; a second request of a key under way joins the first. */
  readonly key: string;
  /** One frame as it came. It belongs to the pool from here on. */
  readonly bytes: ArrayBuffer;
  readonly transferSyntaxUid: string;
  /** Smaller is sooner. */
  readonly priority: number;
}

export interface DecodePool {
  /** Stored bits. Rejects with DecodeError (message for the reader) or DecodeCancelled. */
  readonly decode: (request: DecodeRequest) => Promise<StoredValues>;
  /** Changes the place in the queue; nothing happens to a frame that is being decoded. */
  readonly reprioritise: (key: string, priority: number) => void;
  /** The promise of `key` rejects with DecodeCancelled. */
  readonly cancel: (key: string) => void;
  /** Cancels everything and ends the workers. */
  readonly close: () => void;
}

/** The caller no longer wants the frame. Not an error to show. */
export class DecodeCancelled extends Error {
  override readonly name = "DecodeCancelled";
}

/** The part of a Worker that the pool uses. */
export interface DecodeWorker {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface DecodePoolOptions {
  /** The bundle of decode/decodeWorker.ts. */
  readonly workerUrl: string;
  /** Fetches a codec's wasm; called once a codec, when its first frame comes. */
  readonly loadCodec: (name: CodecName) => Promise<ArrayBuffer>;
  readonly count: number;
  /** A worker that takes longer for one frame is ended. */
  readonly timeoutMs?: number;
  readonly makeWorker?: (url: string) => DecodeWorker;
}

/** All cores but one for the page, at least one and at most four workers. */
export function workerCount(cores: number): number {
  return Math.max(1, Math.min(4, cores - 1));
}

interface Task extends Queued {
  readonly id: number;
  readonly codec: CodecName;
  readonly request: DecodeRequest;
  readonly promise: Promise<StoredValues>;
  readonly resolve: (values: StoredValues) => void;
  readonly reject: (cause: Error) => void;
  wasm: ArrayBuffer | null;
  cancelled: boolean;
  crashes: number;
}

interface Slot {
  worker: DecodeWorker | null;
  readonly loaded: Set<CodecName>;
  task: Task | null;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const MAX_CRASHES = 2; // the first run and one more
const DECODE_TIMEOUT_MS = 20_000; // a large image takes under a second

export function createDecodePool(options: DecodePoolOptions): DecodePool {
  const queue = new PriorityQueue<Task>();
  const slots = Array.from({ length: Math.max(1, options.count) }, emptySlot);
  const underWay = new Map<string, Task>();
  const codecs = new Map<CodecName, Promise<ArrayBuffer>>();
  const timeoutMs = options.timeoutMs ?? DECODE_TIMEOUT_MS;
  let nextId = 1;

  function decode(request: DecodeRequest): Promise<StoredValues> {
    const joined = underWay.get(request.key);
    if (joined !== undefined) return joined.promise;
    const decoder = decoderOf(request.transferSyntaxUid);
    if (decoder === null) return Promise.reject(unknownSyntax(request));
    if (decoder === "raw") return immediately(() => decodeRaw(request.bytes, request));
    const task = createTask(request, decoder, nextId++);
    underWay.set(task.key, task);
    codecBytes(decoder).then(
      (wasm) => enqueue(task, wasm),
      (cause: unknown) => fail(task, "The decoder could not be loaded.", cause),
    );
    return task.promise;
  }

  /** A failed download is asked for again by the next frame. */
  function codecBytes(codec: CodecName): Promise<ArrayBuffer> {
    const known = codecs.get(codec);
    if (known !== undefined) return known;
    const loading = options.loadCodec(codec);
    loading.catch(() => codecs.delete(codec));
    codecs.set(codec, loading);
    return loading;
  }

  function enqueue(task: Task, wasm: ArrayBuffer): void {
    if (task.cancelled) return;
    task.wasm = wasm;
    queue.push(task);
    feed();
  }

  function feed(): void {
    for (const slot of slots) {
      if (slot.task !== null) continue;
      const task = queue.pop();
      if (task === undefined) return;
      start(slot, task);
    }
  }

  function start(slot: Slot, task: Task): void {
    slot.task = task;
    slot.worker ??= hire(slot);
    const { codec, id, request, wasm } = task;
    if (wasm !== null && !slot.loaded.has(codec)) {
      slot.worker.postMessage({ kind: "codec", name: codec, wasm });
      slot.loaded.add(codec);
    }
    // The bytes are copied, not transferred, so that a crash can be tried again.
    const shape = shapeOf(request);
    slot.timer = setTimeout(() => timedOut(slot, task), timeoutMs);
    slot.worker.postMessage({ kind: "decode", id, codec, bytes: request.bytes, shape });
  }

  function hire(slot: Slot): DecodeWorker {
    const worker = (options.makeWorker ?? realWorker)(options.workerUrl);
    worker.onmessage = ({ data }) => finish(slot, data);
    worker.onerror = (event) => crashed(slot, event.message || "it could not be started");
    return worker;
  }

  function finish(slot: Slot, answer: FromWorker): void {
    const task = slot.task;
    if (task === null || task.id !== answer.id) return;
    slot.task = null;
    clearTimeout(slot.timer);
    if (answer.kind === "refused") fail(task, answer.reason);
    else {
      forget(task);
      task.resolve(answer.values);
    }
    feed();
  }

  function crashed(slot: Slot, words: string): void {
    const task = slot.task;
    dismiss(slot);
    if (task === null) return;
    task.crashes += 1;
    if (task.crashes >= MAX_CRASHES) fail(task, `The decoder stopped twice on this image: ${words}`);
    else if (!task.cancelled) queue.push(task);
    feed();
  }

  /** Not tried again: it would take as long. */
  function timedOut(slot: Slot, task: Task): void {
    dismiss(slot);
    fail(task, `The decoder did not finish this image in ${timeoutMs / 1000} s.`);
    feed();
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

  /** A frame that is being decoded is finished and dropped: that is sooner than a new worker. */
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
    slots.forEach(dismiss);
  }

  return { decode, reprioritise, cancel, close };
}

function createTask(request: DecodeRequest, codec: CodecName, id: number): Task {
  let resolve: Task["resolve"] = () => undefined;
  let reject: Task["reject"] = () => undefined;
  const promise = new Promise<StoredValues>((onValues, onFailure) => {
    resolve = onValues;
    reject = onFailure;
  });
  const { key, priority } = request;
  const fresh = { wasm: null, cancelled: false, crashes: 0 };
  return { key, priority, id, codec, request, promise, resolve, reject, ...fresh };
}

const realWorker = (url: string): DecodeWorker => new Worker(url, { type: "module" });

const emptySlot = (): Slot => ({ worker: null, loaded: new Set(), task: null, timer: undefined });

function dismiss(slot: Slot): void {
  clearTimeout(slot.timer);
  slot.worker?.terminate();
  slot.worker = null;
  slot.task = null;
  slot.loaded.clear();
}

async function immediately(run: () => StoredValues): Promise<StoredValues> {
  return run();
}

function shapeOf({ rows, columns, bitsAllocated, samplesPerPixel }: FrameShape): FrameShape {
  return { rows, columns, bitsAllocated, samplesPerPixel };
}

function unknownSyntax({ transferSyntaxUid }: DecodeRequest): DecodeError {
  return new DecodeError(`Images of transfer syntax ${transferSyntaxUid} are not decoded here.`);
}
