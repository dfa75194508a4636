/** Entry of the decode worker: encoded frames in, stored values out, one at a time. Each codec is loaded when told of. */

import type { Decode } from "./frame";
import { DecodeError } from "./frame";
import { openCodec } from "./openCodec";
import type { CodecName, FromWorker, ToWorker } from "./protocol";

/** The part of DedicatedWorkerGlobalScope that is used here (the DOM types have no room for it). */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  readonly postMessage: (message: FromWorker, transfer: Transferable[]) => void;
}

const scope = globalThis as unknown as Scope;
const decoders = new Map<CodecName, Promise<Decode>>();
/** Frames are answered in the order of their coming, also where the codec of a later one is there sooner: the pool counts on it. */
let earlier: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }) => {
  if (data.kind === "decode") {
    earlier = earlier.then(() => answer(data));
    return;
  }
  const opening = openCodec(data.name, data.wasm);
  opening.catch(stop);
  decoders.set(data.name, opening);
};

async function answer({ id, codec, bytes, shape }: Extract<ToWorker, { kind: "decode" }>): Promise<void> {
  try {
    const decode = await decoders.get(codec);
    if (decode === undefined) throw new Error("The codec was not loaded.");
    scope.postMessage({ kind: "began", id }, []);
    const started = performance.now();
    const frame = decode(new Uint8Array(bytes), shape);
    const ms = performance.now() - started;
    scope.postMessage({ kind: "decoded", id, frame, ms }, [frame.values.buffer as ArrayBuffer]);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) return stop(cause);
    scope.postMessage({ kind: "refused", id, reason: cause.message }, []);
  }
}

/** After a trap the codec's memory is not to be trusted: the pool sees an error and replaces us. */
function stop(cause: unknown): void {
  setTimeout(() => {
    throw cause;
  });
}
