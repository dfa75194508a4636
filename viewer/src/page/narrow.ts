/** The list and the panes lie over the images: a tablet upright, or a small window (touch.css). */
export function isNarrow(): boolean {
  return matchMedia("(pointer: coarse) and (orientation: portrait), (max-width: 760px)").matches;
}
