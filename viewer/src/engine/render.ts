/** Paints cells side by side on one canvas. Keeps nothing: same cells, same picture. */

import type { CellDraw, DeviceRect, FramePixels, Refusal } from "./cell";
import { refusalOf } from "./cell";
import type { FramePass } from "./framePass";
import { drawFrame } from "./framePass";
import type { TextureCache } from "./textureCache";

export interface Painter {
  readonly pass: FramePass;
  readonly textures: TextureCache<WebGLTexture>;
  readonly maxTextureSize: number;
}

/**
 * Black everywhere, then each cell in its rectangle. Answers, in the order of the cells, why a
 * cell with a frame stayed black; null where it shows its frame or has none.
 */
export function render(
  gl: WebGL2RenderingContext,
  painter: Painter,
  cells: readonly CellDraw[],
): readonly (Refusal | null)[] {
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
): Refusal | null {
  const refusal = refusalOf(frame, cell, painter.maxTextureSize);
  if (refusal !== null) return refusal;
  const texture = painter.textures.get(frame);
  if (texture === null) return outOfMemory;
  restrictTo(gl, cell.rect);
  drawFrame(gl, painter.pass, texture, cell);
  return null;
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
