/** Stored bits on the GPU, untouched: R16UI or R8UI, read by `usampler2D`. */

import type { FramePixels } from "./cell";

/** A texture of `frame`, or null where the GPU has no memory for it. */
export function createFrameTexture(
  gl: WebGL2RenderingContext,
  frame: FramePixels,
): WebGLTexture | null {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  setSampling(gl);
  upload(gl, frame);
  if (gl.getError() === gl.NO_ERROR) return texture;
  gl.deleteTexture(texture);
  return null;
}

/** Integer textures are incomplete with any filter but NEAREST. */
function setSampling(gl: WebGL2RenderingContext): void {
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
}

function upload(gl: WebGL2RenderingContext, { width, height, values }: FramePixels): void {
  const wide = values instanceof Uint16Array;
  const type = wide ? gl.UNSIGNED_SHORT : gl.UNSIGNED_BYTE;
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1); // rows are not padded
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
  gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0);
  gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.texStorage2D(gl.TEXTURE_2D, 1, wide ? gl.R16UI : gl.R8UI, width, height);
  gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RED_INTEGER, type, values);
}
