/** Does a clip flash more often than is safe (WCAG 2.3.1)? */

/** Relative luminance 0 to 1 of each part of one picture, all pictures alike. */
export type Luminances = readonly number[];

/** A change of so much counts, where the darker side is below DARK. */
const STEP = 0.1;
const DARK = 0.8;
/** So much of the picture flashes at once: a quarter. */
const SHARE = 0.25;
/** Three flashes are three pairs of opposing changes. */
const MOST_CHANGES = 6;
const SECOND_MS = 1000;

/** pictures: as they are shown, one after the other, from startsMs on; the clip begins anew at its last entry. */
export function flashes(pictures: readonly Luminances[], startsMs: readonly number[]): boolean {
  const parts = pictures[0]?.length ?? 0;
  const wholeMs = startsMs.at(pictures.length) ?? 0;
  if (parts === 0 || pictures.length < 2 || !(wholeMs > 0)) return false;
  let flashing = 0;
  for (let part = 0; part < parts; part++) if (partFlashes(pictures.map((picture) => picture[part] ?? 0), startsMs, wholeMs)) flashing += 1;
  return flashing >= SHARE * parts;
}

/** More than three flashes within any second, over two rounds of the clip. */
function partFlashes(levels: readonly number[], startsMs: readonly number[], wholeMs: number): boolean {
  const rounds = Math.max(2, Math.ceil(SECOND_MS / wholeMs) + 1);
  const changesMs: number[] = [];
  let [extreme, direction] = [levels[0] ?? 0, 0];
  for (let i = 1; i < rounds * levels.length; i++) {
    const level = levels[i % levels.length] ?? 0;
    const towards = Math.sign(level - extreme);
    if (towards === direction) {
      extreme = level; // further the same way
      continue;
    }
    if (Math.abs(level - extreme) < STEP || Math.min(level, extreme) >= DARK) continue;
    changesMs.push((startsMs[i % levels.length] ?? 0) + Math.floor(i / levels.length) * wholeMs);
    [extreme, direction] = [level, towards];
  }
  return changesMs.some((timeMs, i) => (changesMs[i + MOST_CHANGES] ?? Infinity) - timeMs <= SECOND_MS);
}
