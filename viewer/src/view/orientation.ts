/** Letters of anatomical directions (display.md H16): LPS, biped; PS3.3 C.7.6.1.1.1. */
import { normalize, scale } from "../math/vec3";
import type { Vec3 } from "../math/vec3";

/** Along +x and −x, +y and −y, +z and −z of LPS. */
const LETTERS = [
  ["L", "R"],
  ["P", "A"],
  ["H", "F"],
] as const;

/** Components below this (about 6°) are set-up, not obliquity. */
const OBLIQUE_FROM = 0.1;

/** Up to three letters, the strongest first; empty for a direction without length. */
export function letters(direction: Vec3): string {
  return (normalize(direction) ?? [])
    .map((part, axis) => ({ part, letter: LETTERS[axis]?.[part > 0 ? 0 : 1] ?? "" }))
    .filter(({ part }) => Math.abs(part) >= OBLIQUE_FROM)
    .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
    .map(({ letter }) => letter)
    .join("");
}

export function opposite(direction: Vec3): Vec3 {
  return scale(direction, -1);
}

/** The plane's usual name by the axis that its normal is nearest to. */
export function planeName(normal: Vec3): string {
  const sizes = normal.map(Math.abs);
  const strongest = Math.max(...sizes);
  const name = ["Sagittal", "Coronal", "Axial"][sizes.indexOf(strongest)] ?? "";
  return strongest < Math.cos((15 * Math.PI) / 180) ? `${name} oblique` : name;
}
