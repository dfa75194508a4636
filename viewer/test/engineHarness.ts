/** Runs the engine for tests/render/test_browser_pictures.py: cells in, bytes out. */

import type { CellDraw, DeviceRect, FramePixels } from "../src/engine/cell";
import type { Engine } from "../src/engine/engine";
import { createEngine } from "../src/engine/engine";

/** A cell as JSON: pixels in base64, two bytes each (little endian) or one. */
interface CellJson extends Omit<CellDraw, "frame"> {
  readonly frame: (Omit<FramePixels, "values"> & { readonly base64: string; readonly wide: boolean }) | null;
}

let engine: Engine | null = null;
let canvas: HTMLCanvasElement | null = null;
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
  return "";
}

/** What draw() answers, as codes. */
export function draw(cells: readonly CellJson[]): readonly (string | null)[] {
  return opened().draw(cells.map(cellOf)).map((refusal) => refusal?.code ?? null);
}

/** RGBA of `rect` in base64, top row first. */
export function read(rect: DeviceRect): string {
  const bytes = opened().readPixels(rect);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

export function limits(): number {
  return opened().limits.maxTextureSize;
}

export function glError(): number {
  return gl().getError();
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

function cellOf(cell: CellJson): CellDraw {
  if (cell.frame === null) return { ...cell, frame: null };
  const bytes = Uint8Array.from(atob(cell.frame.base64), (letter) => letter.charCodeAt(0));
  const values = cell.frame.wide ? new Uint16Array(bytes.buffer) : bytes;
  return { ...cell, frame: { ...cell.frame, values } };
}
