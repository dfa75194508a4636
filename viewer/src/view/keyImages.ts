/** Images that the reader marks as keys. They are kept on this page only, and the mark says so. */

/** Frame indices by display set. */
export type KeyImages = Readonly<Record<number, readonly number[]>>;

export function isKeyImage(keyImages: KeyImages, displaySet: number, frameIndex: number): boolean {
  return keyImages[displaySet]?.includes(frameIndex) === true;
}

/** With the mark, or without it where it was there. */
export function keyToggled(keyImages: KeyImages, displaySet: number, frameIndex: number): KeyImages {
  const frames = keyImages[displaySet] ?? [];
  const after = frames.includes(frameIndex) ? frames.filter((one) => one !== frameIndex) : [...frames, frameIndex].sort((a, b) => a - b);
  return { ...keyImages, [displaySet]: after };
}
