/** Runs the engine, and what is computed beside it, for tests/render/test_browser_*.py: JSON in, bytes out. */

import type { CellDraw, DeviceRect, FramePixels, LookupTable, Mask } from "../src/engine/cell";
import type { Engine } from "../src/engine/engine";
import { createEngine } from "../src/engine/engine";
import type { LyingOver } from "../src/engine/mask";
import { maskOf } from "../src/engine/mask";
import type { Shape } from "../src/findings/shape";
import { areaPx, spans } from "../src/findings/shape";
import type { Shutter } from "../src/wire/types";

const KINDS = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, f4: Float32Array };
type Kind = keyof typeof KINDS;

/** Numbers in base64, little endian. */
interface Packed {
  readonly kind: Kind;
  readonly base64: string;
}

interface LutJson extends Omit<LookupTable, "entries"> {
  readonly entries: Packed;
}

interface CellJson extends Omit<CellDraw, "frame" | "modalityLut" | "voi" | "palette" | "mask"> {
  readonly frame: (Omit<FramePixels, "values"> & { readonly values: Packed }) | null;
  readonly modalityLut: LutJson | null;
  readonly voi: Extract<CellDraw["voi"], { kind: "window" }> | { readonly kind: "table"; readonly table: LutJson } | null;
  readonly palette: readonly [LutJson, LutJson, LutJson] | null;
  readonly mask: { readonly covered: Packed; readonly shutterLevel: number } | null;
}

let engine: Engine | null = null;
let canvas: HTMLCanvasElement | null = null;
let uploaded = 0;
const events: string[] = [];

export function open(width: number, height: number, textureBudgetBytes: number): string {
  canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  document.body.append(canvas);
  const made = createEngine(canvas, {
    textureBudgetBytes,
    onLost: () => events.push("lost"),
    onRestored: () => events.push("restored"),
  });
  if ("unsupported" in made) return made.unsupported;
  engine = made;
  countUploads();
  return "";
}

/** What draw() answers: null, a code, or "reduced 1/n". */
export function draw(cells: readonly CellJson[]): readonly (string | null)[] {
  return opened().draw(cells.map(cellOf)).map((answer) => (answer === null ? null : "code" in answer ? answer.code : `reduced 1/${answer.reduced}`));
}

/** RGBA of `rect` in base64, top row first. */
export function read(rect: DeviceRect): string {
  return base64(opened().readPixels(rect));
}

export function limits(): number {
  return opened().limits.maxTextureSize;
}

export function glError(): number {
  return gl().getError();
}

/** Calls of texSubImage2D since the engine was opened. */
export function uploads(): number {
  return uploaded;
}

/** The mask of engine/mask.ts, a byte a pixel, in base64. */
export function mask(rows: number, columns: number, stretch: number, shutter: Shutter | null, overlays: readonly (Omit<LyingOver, "bits"> & { bits: Packed | null })[], cells: Packed): string {
  const lying = overlays.map((overlay) => ({ ...overlay, bits: overlay.bits === null ? null : (unpacked(overlay.bits) as Uint8Array) }));
  return base64(maskOf({ rows, columns, stretch }, shutter, lying, unpacked(cells)));
}

/** Which pixel centres a shape of findings/shape.ts holds, row by row as runs; and its area in pixels. */
export function region(shape: Shape, rows: number) {
  return { runs: Array.from({ length: rows }, (_, row) => spans(shape, row)), area: areaPx(shape) };
}

const loseContext = () => gl().getExtension("WEBGL_lose_context");
let extension: ReturnType<typeof loseContext> = null;

/** Loses the context; answers when the engine was told. */
export async function lose(): Promise<readonly string[]> {
  extension = loseContext();
  return told(() => extension?.loseContext(), "webglcontextlost");
}

/** Asks for the context back; answers when the engine was told. */
export async function restore(): Promise<readonly string[]> {
  return told(() => extension?.restoreContext(), "webglcontextrestored");
}

function told(act: () => void, event: string): Promise<readonly string[]> {
  return new Promise((resolve) => {
    canvas?.addEventListener(event, () => setTimeout(() => resolve(events)), { once: true });
    act();
  });
}

function opened(): Engine {
  if (engine === null) throw new Error("open() first");
  return engine;
}

function gl(): WebGL2RenderingContext {
  const context = canvas?.getContext("webgl2");
  if (!(context instanceof WebGL2RenderingContext)) throw new Error("open() first");
  return context;
}

function countUploads(): void {
  const context = gl();
  const upload = context.texSubImage2D.bind(context) as (...all: unknown[]) => void;
  context.texSubImage2D = (...all: unknown[]): void => {
    uploaded += 1;
    upload(...all);
  };
}

/** One object for the same text: the engine knows contents by their object. */
function once<T extends object>(known: Map<string, T>, text: string, make: () => T): T {
  const made = known.get(text) ?? make();
  known.set(text, made);
  return made;
}

const arrays = new Map<string, FramePixels["values"]>();
const palettes = new Map<string, NonNullable<CellDraw["palette"]>>();
const masks = new Map<string, Mask>();

function unpacked({ kind, base64: text }: Packed): FramePixels["values"] {
  return once(arrays, kind + text, () => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return kind === "u1" ? bytes : new KINDS[kind](bytes.buffer);
  });
}

function lutOf(lut: LutJson): LookupTable {
  return { ...lut, entries: unpacked(lut.entries) as Uint16Array };
}

function cellOf(cell: CellJson): CellDraw {
  const { frame, modalityLut, voi, palette, mask: over } = cell;
  return {
    ...cell,
    frame: frame === null ? null : { ...frame, values: unpacked(frame.values) },
    modalityLut: modalityLut === null ? null : lutOf(modalityLut),
    voi: voi?.kind === "table" ? { kind: "table", table: lutOf(voi.table) } : voi,
    palette: palette === null ? null : once(palettes, JSON.stringify(palette), () => [lutOf(palette[0]), lutOf(palette[1]), lutOf(palette[2])] as const),
    mask: over === null ? null : once(masks, JSON.stringify(over), () => ({ name: {}, covered: () => unpacked(over.covered) as Uint8Array, shutterLevel: over.shutterLevel })),
  };
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
