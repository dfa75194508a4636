/** The WebGL2 context and programs. Every function takes `gl` first and keeps nothing. */

export interface Program {
  readonly handle: WebGLProgram;
  /** The active uniforms by name. */
  readonly uniforms: ReadonlyMap<string, WebGLUniformLocation>;
}

/**
 * One context for the page, or null where the browser has none.
 *
 * The drawing buffer is not preserved: every draw paints every cell, so keeping the old picture
 * would cost a copy of the canvas a frame and serve nobody. No antialiasing: it would change
 * pixels. No alpha: what lies behind the canvas can never shine through an image.
 * A software rasteriser is welcome, it draws the same bytes.
 */
export function createContext(
  canvas: HTMLCanvasElement | OffscreenCanvas,
): WebGL2RenderingContext | null {
  const context = canvas.getContext("webgl2", {
    alpha: false,
    antialias: false,
    depth: false,
    stencil: false,
    preserveDrawingBuffer: false,
    failIfMajorPerformanceCaveat: false,
    powerPreference: "high-performance",
  });
  return context as WebGL2RenderingContext | null;
}

/** A linked program. Throws Error with the compiler's words. */
export function createProgram(
  gl: WebGL2RenderingContext,
  vertexSource: string,
  fragmentSource: string,
): Program {
  const handle = gl.createProgram();
  const stages = [
    compile(gl, gl.VERTEX_SHADER, vertexSource),
    compile(gl, gl.FRAGMENT_SHADER, fragmentSource),
  ];
  for (const stage of stages) gl.attachShader(handle, stage);
  gl.linkProgram(handle);
  for (const stage of stages) gl.deleteShader(stage);
  if (gl.getProgramParameter(handle, gl.LINK_STATUS) !== true && !gl.isContextLost())
    throw new Error(`The shader does not link: ${gl.getProgramInfoLog(handle) ?? ""}`);
  return { handle, uniforms: activeUniforms(gl, handle) };
}

function compile(gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader {
  const shader = gl.createShader(kind);
  if (shader === null) throw new Error("The graphics context is lost.");
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (gl.getShaderParameter(shader, gl.COMPILE_STATUS) !== true && !gl.isContextLost())
    throw new Error(`The shader does not compile: ${gl.getShaderInfoLog(shader) ?? ""}`);
  return shader;
}

function activeUniforms(
  gl: WebGL2RenderingContext,
  handle: WebGLProgram,
): ReadonlyMap<string, WebGLUniformLocation> {
  const uniforms = new Map<string, WebGLUniformLocation>();
  const count = Number(gl.getProgramParameter(handle, gl.ACTIVE_UNIFORMS) ?? 0);
  for (let index = 0; index < count; index += 1) {
    const name = gl.getActiveUniform(handle, index)?.name;
    const location = name === undefined ? null : gl.getUniformLocation(handle, name);
    if (name !== undefined && location !== null) uniforms.set(name, location);
  }
  return uniforms;
}
