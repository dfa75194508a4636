/** What draws, as the browser names it. */
import type { Gpu } from "../view/viewState";

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** canvas: the engine's own; asking for its context again gives the same one. */
export function gpuOf(canvas: HTMLCanvasElement): Gpu {
  const gl = canvas.getContext("webgl2");
  const names = gl?.getExtension("WEBGL_debug_renderer_info") ?? null;
  const renderer = gl === null ? "" : String(gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
  return { kind: "ready", renderer: shortened(renderer), software: SOFTWARE.test(renderer) };
}

/** "ANGLE (NVIDIA, NVIDIA GeForce RTX 4070 Direct3D11 …)" → "NVIDIA GeForce RTX 4070 Direct3D11". */
function shortened(renderer: string): string {
  const parts = /^ANGLE \(([^,]*), ([^,]*)/.exec(renderer);
  return (parts?.[2] ?? renderer).replace(/\s*\(.*$/, "").trim() || "Graphics";
}
