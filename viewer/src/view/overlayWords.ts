/** How many words stand on the images: all, few, or who it is and no more (ux.md 2). */
import type { Corners, Line } from "./labels";
import type { WordLevel } from "./screenState";

const WORD_LEVELS: readonly WordLevel[] = ["full", "minimum", "none"];

export function nextLevel(level: WordLevel): WordLevel {
  return WORD_LEVELS[(WORD_LEVELS.indexOf(level) + 1) % WORD_LEVELS.length] ?? "full";
}

/** Who it is, and every warning, are said at every level. */
export function wordsAt(level: WordLevel, corners: Corners): Corners {
  if (level === "full") return corners;
  const { topLeft, topRight, bottomLeft, bottomRight } = corners;
  if (level === "minimum") {
    return { topLeft, topRight: warned(topRight), bottomLeft: warned(bottomLeft), bottomRight: [...bottomRight.slice(0, 1), ...warned(bottomRight.slice(1))] };
  }
  return { topLeft: whoOnly(topLeft), topRight: warned(topRight), bottomLeft: warned(bottomLeft), bottomRight: warned(bottomRight) };
}

/** That it is a prior, the name, the ID below it, and what is wrong with them. */
function whoOnly(lines: readonly Line[]): readonly Line[] {
  const name = lines.findIndex(({ tone }) => tone === "strong");
  return lines.filter(({ tone }, i) => i <= name + 1 || tone === "warning");
}

function warned(lines: readonly Line[]): readonly Line[] {
  return lines.filter(({ tone }) => tone === "warning");
}
