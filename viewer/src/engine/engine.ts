/** The page's one renderer: one canvas, one WebGL2 context, cells as rectangles. */

import type { Answer, CellDraw, DeviceRect, Refusal } from "./cell";
import { createFramePass } from "./framePass";
import { createContext } from "./gl";
import type { Painter } from "./render";
import { render } from "./render";
import { createTexture } from "./texture";
import { createTextureCache } from "./textureCache";

const DEFAULT_TEXTURE_BUDGET_BYTES = 512 * 1024 * 1024;

export interface EngineOptions {
  /** Bytes of frames, tables and masks kept on the GPU; what one draw needs is kept in any case. */
  readonly textureBudgetBytes?: number;
  readonly onLost?: () => void;
  /** The next draw rebuilds everything from its cells: answer by drawing. */
  readonly onRestored?: () => void;
}

export interface EngineLimits {
  readonly maxTextureSize: number; // pixels in one direction
}

export interface Engine {
  /** Paints all cells; per cell null, or why it stayed black or is reduced (to be said on the screen). */
  readonly draw: (cells: readonly CellDraw[]) => readonly Answer[];
  /**
   * RGBA bytes of `rect`, top row first, of the last drawn cells. They are drawn again first,
   * because the browser may have cleared the buffer since.
   */
  readonly readPixels: (rect: DeviceRect) => Uint8Array;
  readonly limits: EngineLimits;
  /** Frees the GPU and the listeners; the engine draws no more. */
  readonly close: () => void;
}

export interface Unsupported {
  readonly unsupported: string;
}

export function createEngine(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  options: EngineOptions = {},
): Engine | Unsupported {
  const gl = createContext(canvas);
  if (gl === null) return { unsupported: "This browser offers no WebGL2." };
  try {
    return buildEngine(gl, canvas, options);
  } catch (cause) {
    return { unsupported: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** Throws Error where the shaders do not compile here. */
function buildEngine(
  gl: WebGL2RenderingContext,
  canvas: HTMLCanvasElement | OffscreenCanvas,
  options: EngineOptions,
): Engine {
  let painter: Painter | null = createPainter(gl, options);
  let lastCells: readonly CellDraw[] = [];
  const { maxTextureSize } = painter;

  const lost = (event: Event): void => {
    event.preventDefault(); // asks the browser to restore it
    painter = null; // its GL objects are gone with the context
    options.onLost?.();
  };
  const restored = (): void => options.onRestored?.();
  canvas.addEventListener("webglcontextlost", lost);
  canvas.addEventListener("webglcontextrestored", restored);

  function draw(cells: readonly CellDraw[]): readonly Answer[] {
    lastCells = cells;
    if (gl.isContextLost()) return cells.map((cell) => (cell.frame === null ? null : contextLost));
    painter ??= createPainter(gl, options);
    return render(gl, painter, cells);
  }

  function readPixels(rect: DeviceRect): Uint8Array {
    draw(lastCells);
    return readRect(gl, rect);
  }

  function close(): void {
    canvas.removeEventListener("webglcontextlost", lost);
    canvas.removeEventListener("webglcontextrestored", restored);
    painter?.textures.clear();
    gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  return { draw, readPixels, limits: { maxTextureSize }, close };
}

function createPainter(gl: WebGL2RenderingContext, options: EngineOptions): Painter {
  const store = {
    create: createTexture.bind(null, gl),
    delete: (texture: WebGLTexture) => gl.deleteTexture(texture),
  };
  const budget = options.textureBudgetBytes ?? DEFAULT_TEXTURE_BUDGET_BYTES;
  return {
    pass: createFramePass(gl),
    textures: createTextureCache<WebGLTexture>(store, budget),
    maxTextureSize: Number(gl.getParameter(gl.MAX_TEXTURE_SIZE)),
  };
}

function readRect(gl: WebGL2RenderingContext, rect: DeviceRect): Uint8Array {
  const bytes = new Uint8Array(rect.width * rect.height * 4);
  const bottom = gl.drawingBufferHeight - rect.y - rect.height;
  gl.pixelStorei(gl.PACK_ALIGNMENT, 1);
  gl.readPixels(rect.x, bottom, rect.width, rect.height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
  return topRowFirst(bytes, rect.width * 4);
}

function topRowFirst(bytes: Uint8Array, rowBytes: number): Uint8Array {
  const turned = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += rowBytes)
    turned.set(bytes.subarray(start, start + rowBytes), bytes.length - start - rowBytes);
  return turned;
}

const contextLost: Refusal = {
  code: "context_lost",
  text: "The graphics context was lost; the image returns as soon as the browser restores it.",
};
