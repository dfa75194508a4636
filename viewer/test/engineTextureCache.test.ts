/** The cache of textures: what it keeps, what it deletes, and that it never mixes frames up. */
import { beforeEach, describe, expect, it } from "vitest";
import type { FramePixels } from "../src/engine/cell";
import { createTextureCache } from "../src/engine/textureCache";

const FRAME_BYTES = 200;
let made: string[];
let deleted: string[];
let full: boolean;

const store = {
  create: (frame: FramePixels) => {
    if (full) return null;
    made.push(frame.key);
    return `texture of ${frame.key}`;
  },
  delete: (texture: string) => void deleted.push(texture.replace("texture of ", "")),
};

const frame = (key: string): FramePixels => ({ key, width: 10, height: 10, values: new Uint16Array(100) });
const cacheOf = (frames: number) => createTextureCache(store, frames * FRAME_BYTES);

beforeEach(() => {
  made = [];
  deleted = [];
  full = false;
});

describe("the texture cache", () => {
  it("makes a texture once and gives it again", () => {
    const cache = cacheOf(2);
    const a = frame("a");
    expect(cache.get(a)).toBe("texture of a");
    expect(cache.get(a)).toBe("texture of a");
    expect(made).toEqual(["a"]);
    expect(cache.bytes()).toBe(FRAME_BYTES);
  });
  it("deletes the least recently used one when the budget is full", () => {
    const cache = cacheOf(2);
    const [a, b, c] = [frame("a"), frame("b"), frame("c")];
    for (const used of [a, b, a, c]) {
      cache.beginDraw();
      cache.get(used);
    }
    expect(deleted).toEqual(["b"]);
    expect(cache.bytes()).toBe(2 * FRAME_BYTES);
  });
  it("keeps all textures of one draw, even over the budget, and returns to it after", () => {
    const cache = cacheOf(1);
    cache.beginDraw();
    for (const key of ["a", "b", "c"]) cache.get(frame(key));
    expect(deleted).toEqual([]);
    cache.beginDraw();
    cache.get(frame("d"));
    expect(deleted).toEqual(["a", "b", "c"]);
    expect(cache.bytes()).toBe(FRAME_BYTES);
  });
  it("makes a texture anew when other pixels come under a known key", () => {
    const cache = cacheOf(4);
    cache.get(frame("a"));
    cache.get(frame("a"));
    expect(made).toEqual(["a", "a"]);
    expect(deleted).toEqual(["a"]);
    expect(cache.bytes()).toBe(FRAME_BYTES);
  });
  it("keeps nothing of a texture that could not be made", () => {
    const cache = cacheOf(4);
    const a = frame("a");
    full = true;
    expect(cache.get(a)).toBeNull();
    expect(cache.bytes()).toBe(0);
    full = false;
    expect(cache.get(a)).toBe("texture of a");
  });
  it("deletes everything when it is cleared", () => {
    const cache = cacheOf(4);
    for (const key of ["a", "b"]) cache.get(frame(key));
    cache.clear();
    expect(deleted).toEqual(["a", "b"]);
    expect(cache.bytes()).toBe(0);
  });
});
