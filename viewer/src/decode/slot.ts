/** One worker of the pool: the frames it has, its time-out, its replacement. */

import type { FrameShape } from "./frame";
import type { CodecName, FromWorker, ToWorker } from "./protocol";
import type { Task } from "./task";

/** The part of a Worker that the pool uses. */
export interface DecodeWorker {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface SlotPorts {
  readonly hire: () => DecodeWorker;
  readonly timeoutMs: (task: Task) => number;
  readonly onAnswer: (task: Task, answer: Answer) => void;
  /** The worker is gone; it was at `task`. */
  readonly onCrash: (task: Task | null, waiting: readonly Task[], words: string) => void;
  readonly onTimeout: (task: Task, waiting: readonly Task[], ms: number) => void;
}

export type Answer = Exclude<FromWorker, { readonly kind: "began" }>;

export interface Slot {
  readonly start: (task: Task) => void;
  /** Loads a codec before its first frame. */
  readonly prepare: (codec: CodecName, wasm: WebAssembly.Module | null) => void;
  readonly hasRoom: () => boolean;
  /** Frames that it has. */
  readonly load: () => number;
  readonly dismiss: () => void;
}

/**
 * So much work lies ready at a worker, so that it goes on while the page draws or compiles and cannot
 * hand out more; and not more, because what lies there can no longer be overtaken by what is wanted since.
 */
const AHEAD_MS = 40;
/** Of them, and one that is being decoded. */
export const MOST_AHEAD = 8;
const PACE_MEMORY = 0.7;
const LOADING_MS = 60_000;

export function createSlot(ports: SlotPorts): Slot {
  const loaded = new Set<CodecName>();
  let worker: DecodeWorker | null = null;
  let tasks: Task[] = []; // the first is being decoded
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds a frame, of late; unknown at first. */
  let pace = AHEAD_MS;

  function start(task: Task): void {
    const { codec, id, request, wasm } = task;
    prepare(codec, wasm);
    tasks.push(task);
    if (tasks.length === 1) watch();
    // The bytes are copied, not transferred, so that a crash can be tried again.
    worker?.postMessage({ kind: "decode", id, codec, bytes: request.bytes, shape: shapeOf(request) });
  }

  function prepare(codec: CodecName, wasm: WebAssembly.Module | null): void {
    worker ??= hired();
    if (loaded.has(codec)) return;
    loaded.add(codec);
    worker.postMessage({ kind: "codec", name: codec, wasm });
  }

  function hired(): DecodeWorker {
    const fresh = ports.hire();
    fresh.onmessage = ({ data }) => { answered(data); };
    fresh.onerror = (event) => {
      const [task = null, ...waiting] = dismiss();
      ports.onCrash(task, waiting, event.message || "it could not be started");
    };
    return fresh;
  }

  function answered(answer: FromWorker): void {
    const [task] = tasks;
    if (task === undefined || task.id !== answer.id) return;
    if (answer.kind === "began") {
      watch(ports.timeoutMs(task));
      return;
    }
    tasks.shift();
    watch();
    if (answer.kind === "decoded") pace = PACE_MEMORY * pace + (1 - PACE_MEMORY) * answer.ms;
    ports.onAnswer(task, answer);
  }

  /** A worker that takes a frame up has time to load its codec first; a busy machine needs more of it. */
  function watch(ms = LOADING_MS): void {
    clearTimeout(timer);
    const [task] = tasks;
    if (task === undefined) return;
    timer = setTimeout(() => {
      const [, ...waiting] = dismiss();
      ports.onTimeout(task, waiting, ms);
    }, ms);
  }

  /** What it had. */
  function dismiss(): readonly Task[] {
    clearTimeout(timer);
    worker?.terminate();
    worker = null;
    loaded.clear();
    const had = tasks;
    tasks = [];
    return had;
  }

  function hasRoom(): boolean {
    const ahead = Math.min(MOST_AHEAD, Math.ceil(AHEAD_MS / Math.max(1, pace)));
    return tasks.length <= ahead;
  }

  return { start, prepare, hasRoom, load: () => tasks.length, dismiss: () => void dismiss() };
}

function shapeOf(request: FrameShape): FrameShape {
  const { rows, columns, bitsAllocated, bitsStored, highBit, signed } = request;
  const { isFloat, samplesPerPixel, planarConfiguration, photometricInterpretation } = request;
  return { rows, columns, bitsAllocated, bitsStored, highBit, signed, isFloat, samplesPerPixel, planarConfiguration, photometricInterpretation };
}
