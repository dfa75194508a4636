/** Newer plans, one after another, over a stream that may break: reconnects, and knows when to stop. */
import { EventTooLong, serverEvents } from "./eventStream";
import type { Plan } from "./types";

export interface RevisionPorts {
  /** The stream of plans newer than this revision. Rejects where it cannot be opened. */
  readonly open: (after: number, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;
  /** Resolves after so long, or at once when aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Whether another attempt may succeed. */
  readonly mayPass: (cause: unknown) => boolean;
}

/** Attempts in a row without a plan or a heartbeat before the reader is told: about a minute. */
export const ATTEMPTS = 7;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** Heartbeats come far more often; a silent connection is a dead one. */
export const SILENCE_MS = 60_000;

/** The connection stayed open and said nothing, or what it said was no plan. */
export class StreamBroken extends Error {
  override readonly name = "StreamBroken";
}

/**
 * Every plan newer than `after`, up to the complete one. Ends quietly when aborted; throws what `open` rejected
 * with, or StreamBroken, when it is of no use to try again.
 */
export async function* revisions(ports: RevisionPorts, after: number, signal: AbortSignal): AsyncGenerator<Plan> {
  let known = after;
  let failures = 0;
  while (!signal.aborted) {
    let trouble: unknown = new StreamBroken("The server ends the updates before they are complete.");
    try {
      for await (const plan of plansOnce(ports, known, signal, () => { failures = 0; })) {
        if (plan.revision > known) {
          known = plan.revision;
          yield plan;
        }
        if (plan.complete) return;
      }
    } catch (cause) {
      if (signal.aborted) return;
      if (!(cause instanceof StreamBroken) && !ports.mayPass(cause)) throw cause;
      trouble = cause;
    }
    failures += 1;
    if (failures >= ATTEMPTS) throw trouble;
    await ports.wait(pauseMs(failures), signal);
  }
}

export function pauseMs(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
}

/** The plans of one connection. */
async function* plansOnce(ports: RevisionPorts, after: number, signal: AbortSignal, alive: () => void): AsyncGenerator<Plan> {
  const connection = new AbortController();
  const onAbort = (): void => { connection.abort(signal.reason); };
  signal.addEventListener("abort", onAbort);
  try {
    const body = await ports.open(after, connection.signal);
    for await (const { name, data } of serverEvents(chunks(ports, body, signal, alive))) {
      if (name === "plan") yield planOf(data);
    }
  } catch (cause) {
    throw cause instanceof EventTooLong ? new StreamBroken(cause.message) : cause;
  } finally {
    signal.removeEventListener("abort", onAbort);
    connection.abort();
  }
}

/** The server's own wire.py wrote it: what is looked at is whether it is a plan at all. */
function planOf(data: string): Plan {
  try {
    const value = JSON.parse(data) as Partial<Plan> | null;
    if (typeof value?.revision === "number" && Array.isArray(value.displaySets)) return value as Plan;
  } catch {
    // as below
  }
  throw new StreamBroken("The server sent an update that cannot be read.");
}

/** The chunks of a body; StreamBroken after a long silence or a broken connection. */
async function* chunks(
  ports: RevisionPorts,
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  alive: () => void,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const read = await heard(ports, reader, signal);
      if (read.done) return;
      alive();
      yield read.value;
    }
  } finally {
    reader.cancel().catch(() => undefined); // it is over either way
  }
}

async function heard(ports: RevisionPorts, reader: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal) {
  signal.throwIfAborted();
  const timer = new AbortController();
  const stop = (): void => { timer.abort(); };
  signal.addEventListener("abort", stop);
  const silence = ports.wait(SILENCE_MS, timer.signal).then(() => {
    throw new StreamBroken("The server has fallen silent.");
  });
  try {
    return await Promise.race([broken(reader.read()), silence]);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
    silence.catch(() => undefined);
  }
}

async function broken<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch {
    throw new StreamBroken("The connection was cut.");
  }
}
