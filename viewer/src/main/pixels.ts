/** Client, decode pool and loader joined: encoded frames in, stored values out. */
import type { StoredValues } from "../decode/frame";
import { createDecodePool, workerCount } from "../decode/pool";
import type { Loader } from "../page/loader";
import { createLoader } from "../page/loader";
import type { FrameRef } from "../view/loadOrder";
import { frameKey } from "../view/loadOrder";
import { imageOf } from "../view/resolve";
import type { Client, Problem } from "../wire/client";
import type { DisplaySet } from "../wire/types";

export interface PixelsPorts {
  readonly client: Client;
  /** Path of the built viewer, with its last slash. */
  readonly dist: string;
  readonly displaySet: (index: number) => DisplaySet | undefined;
  readonly onReady: (frame: FrameRef) => void;
  readonly onFailed: (frame: FrameRef, problem: Problem) => void;
}

export interface Pixels extends Loader<StoredValues> {
  /** Fetches the codec beside the first frame, not after it. */
  readonly warm: (transferSyntaxUids: readonly string[]) => void;
}

const CODEC_FILES = { charls: "charlswasm_decode.wasm" } as const;
const JPEG_LS: ReadonlySet<string> = new Set(["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"]);

export function createPixels({ client, dist, displaySet, onReady, onFailed }: PixelsPorts): Pixels {
  const codecs = new Map<string, Promise<ArrayBuffer>>();

  function loadCodec(name: keyof typeof CODEC_FILES): Promise<ArrayBuffer> {
    const loading = codecs.get(name) ?? client.asset(CODEC_FILES[name]);
    codecs.set(name, loading);
    loading.catch(() => codecs.delete(name));
    return loading;
  }

  const count = workerCount(navigator.hardwareConcurrency);
  const pool = createDecodePool({ workerUrl: `${dist}decodeWorker.js`, loadCodec, count });
  const loader = createLoader<StoredValues>({
    fetch: (frame, signal) => client.frame(frame.displaySet, frame.frameIndex, signal),
    decode: (frame, bytes, priority) => pool.decode({ key: frameKey(frame), bytes, priority, ...shape(displaySet(frame.displaySet)) }),
    cancelDecode: (frame) => { pool.cancel(frameKey(frame)); },
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    decodedBytes: (index) => decodedBytes(displaySet(index)),
    onReady,
    onFailed,
  });
  const warm = (syntaxes: readonly string[]): void => {
    if (syntaxes.some((uid) => JPEG_LS.has(uid))) loadCodec("charls").catch(() => undefined); // the frame that needs it says so
  };
  const close = (): void => {
    loader.close();
    pool.close();
  };
  return { ...loader, warm, close };
}

function shape(set: DisplaySet | undefined) {
  const image = imageOf(set);
  const { rows = 0, columns = 0, transferSyntaxUid = "" } = image ?? {};
  const { bitsAllocated = 0, samplesPerPixel = 0 } = image?.pixels ?? {};
  return { rows, columns, transferSyntaxUid, bitsAllocated, samplesPerPixel };
}

function decodedBytes(set: DisplaySet | undefined): number {
  const { rows, columns, bitsAllocated } = shape(set);
  return rows * columns * Math.ceil(bitsAllocated / 8);
}
