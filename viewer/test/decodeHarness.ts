/** Runs the decode pool with its real worker for tests/render/test_browser_decode.py. */

import type { DecodePool, DecodeRequest } from "../src/decode/pool";
import { createDecodePool } from "../src/decode/pool";

interface RequestJson extends Omit<DecodeRequest, "bytes"> {
  readonly base64: string;
}

let pool: DecodePool | null = null;

/** wasm: the codec in base64. */
export function open(workerUrl: string, wasm: string, count: number): void {
  const loadCodec = () => Promise.resolve(bytesOf(wasm).buffer);
  pool = createDecodePool({ workerUrl, loadCodec, count });
}

/** Stored values as numbers, or the words of the refusal. */
export async function decode(request: RequestJson): Promise<readonly number[] | string> {
  if (pool === null) throw new Error("open() first");
  const { base64, ...rest } = request;
  const decoding = pool.decode({ ...rest, bytes: bytesOf(base64).buffer });
  return decoding.then(
    (values) => Array.from(values),
    (cause: unknown) => String(cause),
  );
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
