/** From a codec's name to what decodes with it. Scripts and WebAssembly of a codec come with its first frame. */

import type { CreateModule } from "./emscripten";
import { hosting } from "./emscripten";
import type { Decode } from "./frame";
import type { JpegModule } from "./jpeg";
import { decodeJpeg } from "./jpeg";
import type { Jpeg2000Codec, Jpeg2000Decoder } from "./jpeg2000";
import { decodeJpeg2000 } from "./jpeg2000";
import { decodeJpegLossless } from "./jpegLossless";
import type { CharlsModule } from "./jpegls";
import { decodeJpegLs } from "./jpegls";
import type { CodecName } from "./protocol";
import { decodeRaw } from "./raw";
import { decodeRle } from "./rle";

type Open = (wasm: WebAssembly.Module | null) => Promise<Decode>;

/** The bundler makes a file of its own of each script that is imported here (build.mjs). */
const OPEN: Readonly<Record<CodecName, Open>> = {
  raw: async () => (encoded, shape) => decodeRaw(encoded.buffer as ArrayBuffer, shape), // a frame is the whole of its buffer
  rle: async () => decodeRle,
  jpegLossless: async () => decodeJpegLossless,
  jpeg: async (wasm) => {
    const codec = await started<JpegModule>(import("./codecs/jpeg"), wasm);
    return (encoded, shape) => decodeJpeg(codec, encoded, shape);
  },
  charls: async (wasm) => {
    const codec = await started<CharlsModule>(import("./codecs/charls"), wasm);
    return (encoded, shape) => decodeJpegLs(codec, encoded, shape);
  },
  openjpeg: async (wasm) => {
    const lines: string[] = [];
    const { J2KDecoder } = await started<{ J2KDecoder: new () => Jpeg2000Decoder }>(import("./codecs/openjpeg"), wasm, lines);
    return jpeg2000({ create: () => new J2KDecoder(), said: () => lines.splice(0).filter(isComplaint) });
  },
  openjph: async (wasm) => {
    const lines: string[] = [];
    const { HTJ2KDecoder } = await started<{ HTJ2KDecoder: new () => Jpeg2000Decoder }>(import("./codecs/openjph"), wasm, lines);
    return jpeg2000({ create: () => new HTJ2KDecoder(), said: () => lines.splice(0).filter((line) => !line.includes("ojph info")) });
  },
};

/** Notes of OpenJPEG that say nothing of the pixels: one is on how tile-parts are counted. */
const HARMLESS = ["[INFO]", "[WARNING] Non conformant codestream TPsot==TNsot"];

function isComplaint(line: string): boolean {
  return line.trim() !== "" && !HARMLESS.some((words) => line.startsWith(words));
}

/** wasm: compiled; null for a codec that is script alone. Rejects where the codec cannot be loaded. */
export function openCodec(name: CodecName, wasm: WebAssembly.Module | null): Promise<Decode> {
  return OPEN[name](wasm);
}

async function started<Module>(script: Promise<{ default: CreateModule }>, wasm: WebAssembly.Module | null, lines?: string[]): Promise<Module> {
  if (wasm === null) throw new Error("The codec came without its WebAssembly.");
  const { default: create } = await script;
  return (await create(hosting(wasm, lines))) as Module; // as the package's version that package.json pins offers it
}

function jpeg2000(codec: Jpeg2000Codec): Decode {
  return (encoded, shape) => decodeJpeg2000(codec, encoded, shape);
}
