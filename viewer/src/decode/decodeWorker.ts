/** Entry of the decode worker: encoded frames in, stored values out, one at a time. */

import createCharls from "@cornerstonejs/codec-charls/decodewasmjs";
import { DecodeError } from "./frame";
import type { CharlsModule } from "./jpegls";
import { decodeJpegLs } from "./jpegls";
import type { FromWorker, ToWorker } from "./protocol";

/** The part of DedicatedWorkerGlobalScope that is used here (the DOM types have no room for it). */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  readonly postMessage: (message: FromWorker, transfer: Transferable[]) => void;
}

const scope = globalThis as unknown as Scope;
let charls: Promise<CharlsModule> | null = null;

scope.onmessage = ({ data }) => {
  if (data.kind === "codec") charls = createCharls({ wasmBinary: data.wasm }) as Promise<CharlsModule>;
  else void answer(data);
};

async function answer(task: Extract<ToWorker, { kind: "decode" }>): Promise<void> {
  try {
    if (charls === null) throw new Error("The codec was not loaded.");
    const values = decodeJpegLs(await charls, new Uint8Array(task.bytes), task.shape);
    scope.postMessage({ kind: "decoded", id: task.id, values }, [values.buffer]);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) return stop(cause);
    scope.postMessage({ kind: "refused", id: task.id, reason: cause.message }, []);
  }
}

/** After a trap the codec's memory is not to be trusted: the pool sees an error and replaces us. */
function stop(cause: unknown): void {
  setTimeout(() => {
    throw cause;
  });
}
