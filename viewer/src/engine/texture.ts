/** Textures of stored integers or floats, untouched: read by `texelFetch` alone. */

import type { TexelFormat, Texels } from "./texels";

/** A texture of these texels, or null where the GPU has no memory for it. */
export function createTexture(gl: WebGL2RenderingContext, texels: Texels): WebGLTexture | null {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  setSampling(gl);
  upload(gl, texels);
  if (gl.getError() === gl.NO_ERROR) return texture;
  gl.deleteTexture(texture);
  return null;
}

/** Integer textures, and floats without an extension, are incomplete with any filter but NEAREST. */
function setSampling(gl: WebGL2RenderingContext): void {
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
}

function upload(gl: WebGL2RenderingContext, { format, width, height, data }: Texels): void {
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1); // rows are not padded
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
  gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0);
  gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl[format], width, height);
  const [layout, type] = sourceOf(gl, format);
  gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, layout, type, data());
}

/** OpenGL ES 3.0, table 3.2: how the values lie in memory. */
function sourceOf(gl: WebGL2RenderingContext, format: TexelFormat): readonly [layout: number, type: number] {
  switch (format) {
    case "R8UI":
      return [gl.RED_INTEGER, gl.UNSIGNED_BYTE];
    case "R16UI":
      return [gl.RED_INTEGER, gl.UNSIGNED_SHORT];
    case "R32UI":
      return [gl.RED_INTEGER, gl.UNSIGNED_INT];
    case "R32F":
      return [gl.RED, gl.FLOAT];
    case "RGB8UI":
      return [gl.RGB_INTEGER, gl.UNSIGNED_BYTE];
  }
}
