/** The cache of textures: what it keeps, what it deletes, and that it never mixes contents up. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Texels } from "../src/engine/texels";
import { createTextureCache } from "../src/engine/textureCache";

const FRAME_BYTES = 200;
let made: string[];
let deleted: string[];
let full: boolean;

interface Named {
  readonly called: string;
}

const store = {
  create: ({ name }: Texels) => {
    const { called } = name as Named;
    if (full) return null;
    made.push(called);
    return `texture of ${called}`;
  },
  delete: (texture: string) => void deleted.push(texture.replace("texture of ", "")),
};

const texels = (called: string): Texels => ({ name: { called }, format: "R16UI", width: 10, height: 10, data: () => new Uint16Array(100) });
const cacheOf = (frames: number) => createTextureCache(store, frames * FRAME_BYTES);

beforeEach(() => {
  made = [];
  deleted = [];
  full = false;
});

describe("the texture cache", () => {
  it("makes a texture once and gives it again", () => {
    const cache = cacheOf(2);
    const a = texels("a");
    expect(cache.get(a)).toBe("texture of a");
    expect(cache.get({ ...a })).toBe("texture of a");
    expect(made).toEqual(["a"]);
    expect(cache.bytes()).toBe(FRAME_BYTES);
  });
  it("deletes the least recently used one when the budget is full", () => {
    const cache = cacheOf(2);
    const [a, b, c] = [texels("a"), texels("b"), texels("c")];
    for (const used of [a, b, a, c]) {
      cache.beginDraw();
      cache.get(used);
    }
    expect(deleted).toEqual(["b"]);
    expect(cache.bytes()).toBe(2 * FRAME_BYTES);
  });
  it("makes a deleted one anew", () => {
    const cache = cacheOf(1);
    const [a, b] = [texels("a"), texels("b")];
    for (const used of [a, b, a]) {
      cache.beginDraw();
      cache.get(used);
    }
    expect(made).toEqual(["a", "b", "a"]);
    expect(deleted).toEqual(["a", "b"]);
  });
  it("keeps all textures of one draw, even over the budget, and returns to it after", () => {
    const cache = cacheOf(1);
    cache.beginDraw();
    for (const called of ["a", "b", "c"]) cache.get(texels(called));
    expect(deleted).toEqual([]);
    cache.beginDraw();
    cache.get(texels("d"));
    expect(deleted).toEqual(["a", "b", "c"]);
    expect(cache.bytes()).toBe(FRAME_BYTES);
  });
  it("never takes equal-looking contents for the same: the object is the name", () => {
    const cache = cacheOf(4);
    cache.get(texels("a"));
    cache.get(texels("a"));
    expect(made).toEqual(["a", "a"]);
  });
  it("counts three channels as the four that the GPU keeps", () => {
    const cache = cacheOf(4);
    cache.get({ ...texels("a"), format: "RGB8UI" });
    expect(cache.bytes()).toBe(400);
  });
  it("keeps nothing of a texture that could not be made", () => {
    const cache = cacheOf(4);
    const a = texels("a");
    full = true;
    expect(cache.get(a)).toBeNull();
    expect(cache.bytes()).toBe(0);
    full = false;
    expect(cache.get(a)).toBe("texture of a");
  });
  it("deletes everything when it is cleared", () => {
    const cache = cacheOf(4);
    for (const called of ["a", "b"]) cache.get(texels(called));
    cache.clear();
    expect(deleted).toEqual(["a", "b"]);
    expect(cache.bytes()).toBe(0);
  });
});
