/** One frame on its way through the pool. */

import type { DecodedFrame, FrameShape } from "./frame";
import type { CodecName } from "./protocol";
import type { Queued } from "./queue";

export interface DecodeRequest extends FrameShape {
  /** Names the frame; a second request of a key under way joins the first. */
  readonly key: string;
  /** One frame as it came. It belongs to the pool from here on. */
  readonly bytes: ArrayBuffer;
  readonly transferSyntaxUid: string;
  /** Smaller is sooner. */
  readonly priority: number;
}

export interface Task extends Queued {
  readonly id: number;
  readonly codec: CodecName;
  readonly request: DecodeRequest;
  readonly promise: Promise<DecodedFrame>;
  readonly resolve: (frame: DecodedFrame) => void;
  readonly reject: (cause: Error) => void;
  wasm: WebAssembly.Module | null;
  cancelled: boolean;
  crashes: number;
}

export function createTask(request: DecodeRequest, codec: CodecName, id: number): Task {
  let resolve: Task["resolve"] = () => undefined;
  let reject: Task["reject"] = () => undefined;
  const promise = new Promise<DecodedFrame>((onFrame, onFailure) => {
    resolve = onFrame;
    reject = onFailure;
  });
  const { key, priority } = request;
  const fresh = { wasm: null, cancelled: false, crashes: 0 };
  return { key, priority, id, codec, request, promise, resolve, reject, ...fresh };
}
