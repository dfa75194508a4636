/** One frame of a stack: stored bits to grey (static/shaders/frame.*.glsl). */

import fragmentSource from "../../../static/shaders/frame.frag.glsl";
import vertexSource from "../../../static/shaders/frame.vert.glsl";
import { apply } from "../math/affine";
import type { CellDraw, Voi } from "./cell";
import type { Program } from "./gl";
import { createProgram } from "./gl";

export interface FramePass {
  readonly program: Program;
  readonly vertices: WebGLVertexArrayObject;
}

/** The values of `voi_function` in the shader. */
const voiFunctions: Readonly<Record<Voi["function"], number>> = {
  LINEAR: 0,
  LINEAR_EXACT: 1,
  SIGMOID: 2,
};

/** Throws Error where the shader does not compile. */
export function createFramePass(gl: WebGL2RenderingContext): FramePass {
  const program = createProgram(gl, vertexSource, fragmentSource);
  return { program, vertices: gl.createVertexArray() };
}

/** Paints the cell's rectangle; sets all the state that it needs. */
export function drawFrame(
  gl: WebGL2RenderingContext,
  pass: FramePass,
  texture: WebGLTexture,
  cell: CellDraw,
): void {
  gl.useProgram(pass.program.handle);
  gl.bindVertexArray(pass.vertices);
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.disable(gl.BLEND);
  gl.disable(gl.DITHER);
  gl.disable(gl.DEPTH_TEST);
  gl.disable(gl.CULL_FACE);
  setGrayscale(gl, pass.program.uniforms, cell);
  setGeometry(gl, pass.program.uniforms, cell);
  gl.drawArrays(gl.TRIANGLES, 0, 3);
}

type Uniforms = Program["uniforms"];

function setGrayscale(gl: WebGL2RenderingContext, uniforms: Uniforms, cell: CellDraw): void {
  const at = (name: string) => uniforms.get(name) ?? null;
  gl.uniform1i(at("stored_bits"), 0);
  gl.uniform1i(at("bits_stored"), cell.layout.bitsStored);
  gl.uniform1i(at("high_bit"), cell.layout.highBit);
  gl.uniform1i(at("is_signed"), Number(cell.layout.signed));
  gl.uniform1f(at("rescale_slope"), cell.slope);
  gl.uniform1f(at("intercept_from_center"), cell.intercept - cell.voi.center);
  gl.uniform1i(at("voi_function"), voiFunctions[cell.voi.function]);
  gl.uniform1f(at("voi_width"), cell.voi.width);
  gl.uniform1i(at("invert"), Number(cell.invert));
}

/** Positions are taken from the cell's centre, where 32 bits are the most exact. */
function setGeometry(gl: WebGL2RenderingContext, uniforms: Uniforms, cell: CellDraw): void {
  const at = (name: string) => uniforms.get(name) ?? null;
  const { rect, imageFromScreen: map } = cell;
  const bottom = gl.drawingBufferHeight - rect.y - rect.height;
  const [x, y] = apply(map, [rect.width / 2, rect.height / 2]);
  gl.uniform2f(at("viewport_center_px"), rect.x + rect.width / 2, bottom + rect.height / 2);
  gl.uniform2f(at("image_center_px"), x, y);
  gl.uniform2f(at("image_px_per_screen_px_right"), map.xx, map.yx);
  gl.uniform2f(at("image_px_per_screen_px_down"), map.xy, map.yy);
  gl.uniform1i(at("interpolate"), Number(cell.interpolation === "bilinear"));
}
