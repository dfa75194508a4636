/** Client, decode pool and loader joined: encoded frames in, decoded ones out. */
import type { DecodedFrame, FrameShape } from "../decode/frame";
import { createDecodePool, mostUnderWay, workerCount } from "../decode/pool";
import type { Loader } from "../page/loader";
import { createLoader, LIMITS } from "../page/loader";
import type { FrameRef } from "../view/loadOrder";
import { frameKey } from "../view/loadOrder";
import { imageOf } from "../view/resolve";
import type { Client, Problem } from "../wire/client";
import type { DisplaySet, ImageTable } from "../wire/types";

export interface PixelsPorts {
  readonly client: Client;
  /** Path of the built viewer, with its last slash. */
  readonly dist: string;
  readonly displaySet: (index: number) => DisplaySet | undefined;
  readonly onReady: (frame: FrameRef) => void;
  readonly onFailed: (frame: FrameRef, problem: Problem) => void;
}

export interface Pixels extends Loader<DecodedFrame> {
  /** Fetches the codecs beside the first frame, not after it. */
  readonly warm: (transferSyntaxUids: readonly string[]) => void;
}

export function createPixels({ client, dist, displaySet, onReady, onFailed }: PixelsPorts): Pixels {
  const count = workerCount(navigator.hardwareConcurrency);
  /** Compiled once for all workers. */
  const loadWasm = async (file: string): Promise<WebAssembly.Module> => WebAssembly.compile(await client.asset(file));
  const pool = createDecodePool({ workerUrl: `${dist}decodeWorker.js`, loadWasm, count });
  const loader = createLoader<DecodedFrame>({
    fetch: (frame, signal) => client.frame(frame.displaySet, frame.frameIndex, signal),
    decode: (frame, { bytes, transferSyntaxUid }, priority) => {
      const image = imageOf(displaySet(frame.displaySet));
      const syntax = transferSyntaxUid ?? image?.transferSyntaxUid ?? "";
      return pool.decode({ key: frameKey(frame), bytes, priority, transferSyntaxUid: syntax, ...shapeOf(image) });
    },
    reprioritise: (frame, priority) => { pool.reprioritise(frameKey(frame), priority); },
    cancelDecode: (frame) => { pool.cancel(frameKey(frame)); },
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    decodedBytes: (index) => decodedBytes(imageOf(displaySet(index))),
    onReady,
    onFailed,
  }, { ...LIMITS, decodes: mostUnderWay(count) });
  const close = (): void => {
    loader.close();
    pool.close();
  };
  return { ...loader, warm: pool.warm, close };
}

const NO_PIXELS: ImageTable["pixels"] = {
  bitsAllocated: 0,
  bitsStored: 0,
  highBit: 0,
  signed: false,
  isFloat: false,
  samplesPerPixel: 0,
  planarConfiguration: 0,
  photometricInterpretation: "",
};

function shapeOf(image: ImageTable | null): FrameShape {
  const { rows = 0, columns = 0, pixels = NO_PIXELS } = image ?? {};
  return { rows, columns, ...pixels };
}

const MOST_BYTES_A_SAMPLE = 4; // double floats are kept in 32 bits

function decodedBytes(image: ImageTable | null): number {
  const { rows, columns, bitsAllocated, samplesPerPixel } = shapeOf(image);
  return rows * columns * samplesPerPixel * Math.min(MOST_BYTES_A_SAMPLE, Math.ceil(bitsAllocated / 8));
}
