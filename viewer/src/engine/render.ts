/** Paints cells side by side on one canvas. Keeps nothing: same cells, same picture. */

import type { Answer, CellDraw, DeviceRect, FramePixels, Refusal } from "./cell";
import { refuse } from "./cell";
import type { FramePass } from "./framePass";
import { drawFrame, texelsOf } from "./framePass";
import { refusalOf } from "./refusals";
import { reductionOf } from "./texels";
import type { Texels } from "./texels";
import type { TextureCache } from "./textureCache";

export interface Painter {
  readonly pass: FramePass;
  readonly textures: TextureCache<WebGLTexture>;
  readonly maxTextureSize: number;
}

/**
 * Black everywhere, then each cell in its rectangle. Answers, in the order of the cells, why a
 * cell with a frame stayed black or is reduced; null where it shows its frame in full or has none.
 */
export function render(
  gl: WebGL2RenderingContext,
  painter: Painter,
  cells: readonly CellDraw[],
): readonly Answer[] {
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  gl.colorMask(true, true, true, true);
  gl.disable(gl.SCISSOR_TEST);
  gl.clearColor(0, 0, 0, 1);
  gl.clear(gl.COLOR_BUFFER_BIT);
  painter.textures.beginDraw();
  return cells.map((cell) => (cell.frame === null ? null : paint(gl, painter, cell, cell.frame)));
}

function paint(
  gl: WebGL2RenderingContext,
  painter: Painter,
  cell: CellDraw,
  frame: FramePixels,
): Answer {
  const refusal = refusalOf(frame, cell);
  if (refusal !== null) return refusal;
  const reduction = reductionOf(frame, painter.maxTextureSize);
  const textures = texturesOf(painter, texelsOf(frame, cell, reduction));
  if (textures === null) return outOfMemory;
  restrictTo(gl, cell.rect);
  try {
    drawFrame(gl, painter.pass, textures, frame, cell, reduction);
  } catch (cause) {
    return refuse("shader_failed", cause instanceof Error ? cause.message : String(cause));
  }
  return reduction === 1 ? null : { reduced: reduction };
}

function texturesOf(painter: Painter, wanted: ReadonlyMap<string, Texels>): ReadonlyMap<string, WebGLTexture> | null {
  const textures = new Map<string, WebGLTexture>();
  for (const [sampler, texels] of wanted) {
    const texture = painter.textures.get(texels);
    if (texture === null) return null;
    textures.set(sampler, texture);
  }
  return textures;
}

function restrictTo(gl: WebGL2RenderingContext, rect: DeviceRect): void {
  const bottom = gl.drawingBufferHeight - rect.y - rect.height;
  gl.enable(gl.SCISSOR_TEST);
  gl.scissor(rect.x, bottom, rect.width, rect.height);
  gl.viewport(rect.x, bottom, rect.width, rect.height);
}

const outOfMemory: Refusal = {
  code: "out_of_memory",
  text: "The graphics memory is full. Close other tabs or show fewer images at once.",
};
