/** What the pool and a worker say to each other. */

import type { FrameShape, StoredValues } from "./frame";

export type CodecName = "charls";

export type ToWorker =
  | { readonly kind: "codec"; readonly name: CodecName; readonly wasm: ArrayBuffer }
  | {
      readonly kind: "decode";
      readonly id: number;
      readonly codec: CodecName;
      readonly bytes: ArrayBuffer;
      readonly shape: FrameShape;
    };

export type FromWorker =
  | { readonly kind: "decoded"; readonly id: number; readonly values: StoredValues }
  | { readonly kind: "refused"; readonly id: number; readonly reason: string };

/** The codec of each encapsulated transfer syntax that we decode. */
const codecs: ReadonlyMap<string, CodecName> = new Map([
  ["1.2.840.10008.1.2.4.80", "charls"], // JPEG-LS lossless
  ["1.2.840.10008.1.2.4.81", "charls"], // JPEG-LS near-lossless
]);

const nativeSyntaxes: ReadonlySet<string> = new Set([
  "1.2.840.10008.1.2", // implicit VR little endian
  "1.2.840.10008.1.2.1", // explicit VR little endian
]);

/** How frames of this transfer syntax become stored values; null where we cannot. */
export function decoderOf(transferSyntaxUid: string): "raw" | CodecName | null {
  if (nativeSyntaxes.has(transferSyntaxUid)) return "raw";
  return codecs.get(transferSyntaxUid) ?? null;
}
