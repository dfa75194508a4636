/** Runs the decode pool with its real workers for tests/render/test_browser_decode.py. */

import type { DecodePool, DecodeRequest } from "../src/decode/pool";
import { createDecodePool, workerCount } from "../src/decode/pool";

interface RequestJson extends Omit<DecodeRequest, "bytes"> {
  readonly base64: string;
}

interface AnswerJson {
  /** Values in the machine's byte order; empty where refused. */
  readonly base64: string;
  readonly type: string;
  readonly samples: number;
  readonly model: string;
  readonly base: number;
  readonly refusal: string;
}

let pool: DecodePool | null = null;

/** dist: where the built viewer is served, with its last slash. count 0: as the page would. */
export function open(dist: string, count: number): void {
  pool?.close();
  const loadWasm = (file: string) => WebAssembly.compileStreaming(fetch(dist + file));
  pool = createDecodePool({ workerUrl: `${dist}decodeWorker.js`, loadWasm, count: count || workerCount(navigator.hardwareConcurrency) });
}

export async function decode(request: RequestJson): Promise<AnswerJson> {
  const nothing: AnswerJson = { base64: "", type: "", samples: 0, model: "", base: 0, refusal: "" };
  if (pool === null) throw new Error("open() first");
  const { base64, ...rest } = request;
  return pool.decode({ ...rest, bytes: bytesOf(base64).buffer }).then(
    ({ values, samples, model, base }) => ({ ...nothing, base64: textOf(values), type: values.constructor.name, samples, model, base }),
    (cause: unknown) => ({ ...nothing, refusal: String(cause) }),
  );
}

/** Milliseconds for `times` frames at once, and the longest time the page could do nothing else meanwhile. */
export async function race(request: RequestJson, times: number): Promise<{ readonly ms: number; readonly blockedMs: number }> {
  const decoding = pool;
  if (decoding === null) throw new Error("open() first");
  const { base64, key, ...rest } = request;
  const bytes = bytesOf(base64);
  const gaps = longestGap();
  const started = performance.now();
  await Promise.all(Array.from({ length: times }, (_, i) => decoding.decode({ ...rest, key: `${key}/${i}`, bytes: bytes.slice().buffer })));
  return { ms: performance.now() - started, blockedMs: gaps() };
}

/** The function that it answers ends the watch. */
function longestGap(): () => number {
  const { port1, port2 } = new MessageChannel();
  let [last, longest] = [performance.now(), 0];
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    port2.postMessage(null);
  };
  port2.postMessage(null);
  return () => {
    port1.close();
    return longest;
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function textOf(values: ArrayBufferView): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(parts.join(""));
}
