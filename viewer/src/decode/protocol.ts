/** What the pool and a worker say to each other, and which codec decodes what. */

import type { DecodedFrame, FrameShape } from "./frame";

export type CodecName = "raw" | "rle" | "jpegLossless" | "jpeg" | "charls" | "openjpeg" | "openjph";

export type ToWorker =
  /** Before its first frame. Compiled once, by the page; null for a codec that is script alone. */
  | { readonly kind: "codec"; readonly name: CodecName; readonly wasm: WebAssembly.Module | null }
  | {
      readonly kind: "decode";
      readonly id: number;
      readonly codec: CodecName;
      readonly bytes: ArrayBuffer;
      readonly shape: FrameShape;
    };

export type FromWorker =
  /** The codec is there, the frame is being decoded: its time runs from here. */
  | { readonly kind: "began"; readonly id: number }
  /** ms: what it took, without waiting. */
  | { readonly kind: "decoded"; readonly id: number; readonly frame: DecodedFrame; readonly ms: number }
  | { readonly kind: "refused"; readonly id: number; readonly reason: string };

/** The WebAssembly of each codec, by its file name in the dist folder; null: it is script alone. */
export const WASM_FILES: Readonly<Record<CodecName, string | null>> = {
  raw: null,
  rle: null,
  jpegLossless: null,
  jpeg: "libjpegturbowasm_decode.wasm",
  charls: "charlswasm_decode.wasm",
  openjpeg: "openjpegwasm_decode.wasm",
  openjph: "openjphjs.wasm",
};

/** PS3.6 table A-1: the transfer syntaxes whose frames come as they are stored. */
const codecs: ReadonlyMap<string, CodecName> = new Map([
  ["1.2.840.10008.1.2", "raw"], // implicit VR little endian
  ["1.2.840.10008.1.2.1", "raw"], // explicit VR little endian
  ["1.2.840.10008.1.2.1.98", "raw"], // encapsulated uncompressed explicit VR little endian
  ["1.2.840.10008.1.2.5", "rle"],
  ["1.2.840.10008.1.2.4.50", "jpeg"], // baseline
  ["1.2.840.10008.1.2.4.51", "jpeg"], // extended; of 8 bits
  ["1.2.840.10008.1.2.4.57", "jpegLossless"],
  ["1.2.840.10008.1.2.4.70", "jpegLossless"], // first order prediction
  ["1.2.840.10008.1.2.4.80", "charls"], // JPEG-LS lossless
  ["1.2.840.10008.1.2.4.81", "charls"], // JPEG-LS near-lossless
  ["1.2.840.10008.1.2.4.90", "openjpeg"], // JPEG 2000 lossless
  ["1.2.840.10008.1.2.4.91", "openjpeg"], // JPEG 2000
  ["1.2.840.10008.1.2.4.201", "openjph"], // HTJ2K lossless
  ["1.2.840.10008.1.2.4.202", "openjph"], // HTJ2K lossless, RPCL
  ["1.2.840.10008.1.2.4.203", "openjph"], // HTJ2K
]);

/** How frames of this transfer syntax become stored values; null where we cannot. */
export function codecOf(transferSyntaxUid: string): CodecName | null {
  return codecs.get(transferSyntaxUid) ?? null;
}
