/** One frame of a stack: stored bits to grey or colour (static/shaders/frame.*.glsl). */

import fragmentSource from "../../../static/shaders/frame.frag.glsl";
import vertexSource from "../../../static/shaders/frame.vert.glsl";
import type { CellDraw, FramePixels } from "./cell";
import type { Program } from "./gl";
import { createProgram } from "./gl";
import { frameTexels, maskTexels, paletteTexels, reducedSize, tableTexels } from "./texels";
import type { Texels } from "./texels";
import type { Numbers } from "./variant";
import { numbersOf, placeOf, texelsFromScreen, variantOf } from "./variant";

export interface FramePass {
  /** Compiled when first asked for. Throws Error where the shader does not compile. */
  readonly program: (names: readonly string[]) => Program;
  readonly vertices: WebGLVertexArrayObject;
}

/** The variant of most CT and MR; compiled at once, so that a device which cannot says so at once. */
const USUAL = ["INTERPOLATED"];

/** The texture unit of each sampler. */
export const UNITS: Readonly<Record<string, number>> = { stored_bits: 0, modality_lut: 1, voi_lut: 2, palette: 3, mask: 4 };

/** Throws Error where the usual variant does not compile. */
export function createFramePass(gl: WebGL2RenderingContext): FramePass {
  const programs = new Map<string, Program>();
  function program(names: readonly string[]): Program {
    const key = names.join(" ");
    const made = programs.get(key) ?? createVariant(gl, names);
    programs.set(key, made);
    return made;
  }
  program(USUAL);
  return { program, vertices: gl.createVertexArray() };
}

function createVariant(gl: WebGL2RenderingContext, names: readonly string[]): Program {
  const program = createProgram(gl, vertexSource, defining(names, fragmentSource));
  gl.useProgram(program.handle);
  for (const [sampler, unit] of Object.entries(UNITS)) gl.uniform1i(program.uniforms.get(sampler) ?? null, unit);
  return program;
}

/** #version must stay the first line. */
function defining(names: readonly string[], source: string): string {
  const [version = "", ...rest] = source.split("\n");
  return [version, ...names.map((name) => `#define ${name}`), ...rest].join("\n");
}

/** What the cell's textures hold, by sampler. */
export function texelsOf(frame: FramePixels, cell: CellDraw, reduction: number): ReadonlyMap<string, Texels> {
  const texels = new Map([["stored_bits", frameTexels(frame, reduction)]]);
  const { modalityLut, voi, palette, mask } = cell;
  if (frame.model === "grey" && modalityLut !== null) texels.set("modality_lut", tableTexels(modalityLut));
  if (frame.model === "grey" && voi?.kind === "table") texels.set("voi_lut", tableTexels(voi.table));
  if (frame.model === "palette" && palette !== null) texels.set("palette", paletteTexels(palette));
  if (mask !== null) texels.set("mask", maskTexels(mask, frame, reduction));
  return texels;
}

/** Paints the cell's rectangle; sets all the state that it needs. Throws Error where the shader does not compile. */
export function drawFrame(
  gl: WebGL2RenderingContext,
  pass: FramePass,
  textures: ReadonlyMap<string, WebGLTexture>,
  frame: FramePixels,
  cell: CellDraw,
  reduction: number,
): void {
  const { handle, uniforms } = pass.program(variantOf(frame, cell));
  gl.useProgram(handle);
  gl.bindVertexArray(pass.vertices);
  for (const [sampler, texture] of textures) {
    gl.activeTexture(gl.TEXTURE0 + (UNITS[sampler] ?? 0));
    gl.bindTexture(gl.TEXTURE_2D, texture);
  }
  gl.disable(gl.BLEND);
  gl.disable(gl.DITHER);
  gl.disable(gl.DEPTH_TEST);
  gl.disable(gl.CULL_FACE);
  setNumbers(gl, uniforms, numbersOf(frame, cell));
  const map = texelsFromScreen(cell.imageFromScreen, frame, reducedSize(frame, reduction));
  for (const [name, [x, y]] of Object.entries(placeOf(cell, map, gl.drawingBufferHeight))) gl.uniform2f(uniforms.get(name) ?? null, x, y);
  gl.drawArrays(gl.TRIANGLES, 0, 3);
}

/** GL ignores what is set at null: uniforms that the variant has not. */
function setNumbers(gl: WebGL2RenderingContext, uniforms: Program["uniforms"], { ints, uints, floats }: Numbers): void {
  const at = (name: string) => uniforms.get(name) ?? null;
  for (const [name, value] of Object.entries(ints)) gl.uniform1i(at(name), value);
  for (const [name, value] of Object.entries(uints)) gl.uniform1ui(at(name), value);
  for (const [name, value] of Object.entries(floats)) gl.uniform1f(at(name), value);
}
