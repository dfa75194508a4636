/** Textures by what they hold, the least recently used deleted when a byte budget is exceeded. */

import type { Texels } from "./texels";
import { bytesOf } from "./texels";

export interface TextureStore<Texture> {
  readonly create: (texels: Texels) => Texture | null;
  readonly delete: (texture: Texture) => void;
}

export interface TextureCache<Texture> {
  /** The texture of these texels, made when absent; null where it cannot be made. */
  readonly get: (texels: Texels) => Texture | null;
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
  readonly bytes: number;
  draw: number;
}

export function createTextureCache<Texture>(
  store: TextureStore<Texture>,
  budgetBytes: number,
): TextureCache<Texture> {
  /** Weak: a texture keeps no pixels in the page's memory that the loader has let go. */
  const byName = new WeakMap<object, Entry<Texture>>();
  const held = new Set<Entry<Texture>>(); // oldest use first; deleted ones are in byName only
  let bytes = 0;
  let draw = 0;

  function remove(entry: Entry<Texture>): void {
    held.delete(entry);
    bytes -= entry.bytes;
    store.delete(entry.texture);
  }

  function makeRoom(needed: number): void {
    for (const entry of held) {
      if (bytes + needed <= budgetBytes) return;
      if (entry.draw !== draw) remove(entry);
    }
  }

  function reuse({ name }: Texels): Texture | null {
    const entry = byName.get(name);
    if (entry === undefined || !held.delete(entry)) return null;
    held.add(entry);
    entry.draw = draw;
    return entry.texture;
  }

  function make(texels: Texels): Texture | null {
    const needed = bytesOf(texels);
    makeRoom(needed);
    const texture = store.create(texels);
    if (texture === null) return null;
    const entry = { texture, bytes: needed, draw };
    byName.set(texels.name, entry);
    held.add(entry);
    bytes += needed;
    return texture;
  }

  return {
    get: (texels) => reuse(texels) ?? make(texels),
    beginDraw: () => void (draw += 1),
    bytes: () => bytes,
    clear: () => held.forEach(remove),
  };
}
