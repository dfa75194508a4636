/** What a draw answers for each cell. Oracle: a graphics context that does nothing, textures and shaders that fail when told to. */
import { expect, it, vi } from "vitest";
import type { CellDraw } from "../src/engine/cell";
import type { Painter } from "../src/engine/render";
import { render } from "../src/engine/render";
import { cell, frame, lut } from "./cells";

vi.mock("../../static/shaders/frame.frag.glsl", () => ({ default: "" }));
vi.mock("../../static/shaders/frame.vert.glsl", () => ({ default: "" }));

/** Every constant and every function there is. */
const gl = new Proxy({}, { get: () => () => undefined }) as WebGL2RenderingContext;

function answers(cells: readonly CellDraw[], change: { readonly full?: boolean; readonly broken?: string; readonly maxTextureSize?: number } = {}) {
  const asked: string[] = [];
  const painter: Painter = {
    maxTextureSize: change.maxTextureSize ?? 2048,
    textures: { get: () => (change.full === true ? null : {}), beginDraw: () => undefined, bytes: () => 0, clear: () => undefined },
    pass: {
      vertices: {},
      program: (names) => {
        asked.push(names.join(" "));
        if (change.broken === names.join(" ")) throw new Error("The shader does not compile: of this device");
        return { handle: {}, uniforms: new Map() };
      },
    },
  };
  return { said: render(gl, painter, cells), asked };
}

it("is null where a cell is drawn in full, or has nothing to draw", () => {
  expect(answers([cell, { ...cell, frame: null }]).said).toEqual([null, null]);
});

it("is how much was left out where a texture cannot hold the image", () => {
  expect(answers([cell], { maxTextureSize: 2 }).said).toEqual([{ reduced: 2 }]);
});

it("is a refusal in words, cell by cell, and the others are drawn", () => {
  const broken = { ...cell, frame: { ...frame, width: 5 } };
  const { said, asked } = answers([broken, cell]);
  expect(said).toEqual([expect.objectContaining({ code: "frame_invalid" }), null]);
  expect(asked).toEqual(["INTERPOLATED"]);
});

it("says where the memory of the graphics is full", () => {
  expect(answers([cell], { full: true }).said).toEqual([expect.objectContaining({ code: "out_of_memory" })]);
});

it("says where the device cannot compile what one image needs, and still draws the others", () => {
  const special = { ...cell, modalityLut: lut([1]) };
  const { said } = answers([special, cell], { broken: "INTERPOLATED MODALITY_LUT" });
  expect(said).toEqual([{ code: "shader_failed", text: "The shader does not compile: of this device" }, null]);
});
