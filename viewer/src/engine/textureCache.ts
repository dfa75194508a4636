/** Textures of frames, the least recently used deleted when a byte budget is exceeded. */

import type { FramePixels } from "./cell";

export interface TextureStore<Texture> {
  readonly create: (frame: FramePixels) => Texture | null;
  readonly delete: (texture: Texture) => void;
}

export interface TextureCache<Texture> {
  /** The frame's texture, made when absent; null where it cannot be made. */
  readonly get: (frame: FramePixels) => Texture | null;
  /**
   * Starts a draw: textures got after this call outlive the draw, whatever the budget says,
   * because a cell of the same picture may share them.
   */
  readonly beginDraw: () => void;
  readonly bytes: () => number;
  /** Deletes every texture. */
  readonly clear: () => void;
}

interface Entry<Texture> {
  readonly texture: Texture;
  readonly values: FramePixels["values"];
  draw: number;
}

export function createTextureCache<Texture>(
  store: TextureStore<Texture>,
  budgetBytes: number,
): TextureCache<Texture> {
  const entries = new Map<string, Entry<Texture>>(); // oldest use first
  let bytes = 0;
  let draw = 0;

  function remove(key: string, entry: Entry<Texture>): void {
    entries.delete(key);
    bytes -= entry.values.byteLength;
    store.delete(entry.texture);
  }

  function makeRoom(needed: number): void {
    for (const [key, entry] of entries) {
      if (bytes + needed <= budgetBytes) return;
      if (entry.draw !== draw) remove(key, entry);
    }
  }

  /** A key whose pixels changed is made anew: never an old image under a new name. */
  function reuse(frame: FramePixels): Texture | null {
    const entry = entries.get(frame.key);
    if (entry === undefined) return null;
    if (entry.values !== frame.values) {
      remove(frame.key, entry);
      return null;
    }
    entries.delete(frame.key);
    entries.set(frame.key, entry);
    entry.draw = draw;
    return entry.texture;
  }

  function make(frame: FramePixels): Texture | null {
    makeRoom(frame.values.byteLength);
    const texture = store.create(frame);
    if (texture === null) return null;
    entries.set(frame.key, { texture, values: frame.values, draw });
    bytes += frame.values.byteLength;
    return texture;
  }

  return {
    get: (frame) => reuse(frame) ?? make(frame),
    beginDraw: () => void (draw += 1),
    bytes: () => bytes,
    clear: () => entries.forEach((entry, key) => remove(key, entry)),
  };
}
