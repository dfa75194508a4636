/** Letters of anatomical directions (display.md H16): PS3.3 C.7.6.1.1.1 and C.7.6.2.1.1. */
import { normalize, scale } from "../math/vec3";
import type { Vec3 } from "../math/vec3";
import { t } from "../words/words";

/** Along +x and −x, +y and −y, +z and −z of the patient: left, posterior or dorsal, head or cranial. */
const BIPED = [
  ["L", "R"],
  ["P", "A"],
  ["H", "F"],
] as const;

const QUADRUPED = [
  ["Le", "Rt"],
  ["D", "V"],
  ["Cr", "Cd"],
] as const;

/** Components below this (about 6°) are set-up, not obliquity. */
const OBLIQUE_FROM = 0.1;

/** Up to three letters, the strongest first; empty for a direction without length. */
export function letters(direction: Vec3, quadruped = false): string {
  const names = quadruped ? QUADRUPED : BIPED;
  return (normalize(direction) ?? [])
    .map((part, axis) => ({ part, letter: names[axis]?.[part > 0 ? 0 : 1] ?? "" }))
    .filter(({ part }) => Math.abs(part) >= OBLIQUE_FROM)
    .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
    .map(({ letter }) => letter)
    .join("");
}

export function opposite(direction: Vec3): Vec3 {
  return scale(direction, -1);
}

// ---- as the file writes them --------------------------------------------------------------------

const BIPED_OPPOSITES: Readonly<Record<string, string>> = { A: "P", P: "A", R: "L", L: "R", H: "F", F: "H" };

/**
 * Written in capitals in the file, with small letters by veterinarians. Rostral's way back is caudal; the
 * way back from caudal is cranial: which part of the head it is the letters do not say.
 */
const QUADRUPED_OPPOSITES: Readonly<Record<string, string>> = {
  Le: "Rt", Rt: "Le", D: "V", V: "D", Cr: "Cd", Cd: "Cr", R: "Cd", M: "L", L: "M", Pr: "Di", Di: "Pr", Pa: "D", Pl: "D",
};

/** Parts of limbs: dorsal has palmar or plantar opposite there, and the file does not say which. */
const LIMB: ReadonlySet<string> = new Set(["Pr", "Di", "Pa", "Pl", "M", "L"]);

/** A direction as PatientOrientation writes it, in parts: "AFR" → A, F, R; "CRD" → Cr, D. Null: not in the Standard. */
export function directionParts(text: string, quadruped: boolean): readonly string[] | null {
  if (text === "") return null;
  const parts = quadruped ? quadrupedParts(text) : [...text];
  const known = quadruped ? QUADRUPED_OPPOSITES : BIPED_OPPOSITES;
  return parts.every((part) => Object.hasOwn(known, part)) ? parts : null;
}

/** Abbreviations of two letters come first; no other reading is possible. */
function quadrupedParts(text: string): readonly string[] {
  return (text.match(/LE|RT|CR|CD|PR|DI|PA|PL|./gs) ?? []).map((part) => part.slice(0, 1) + part.slice(1).toLowerCase());
}

/** Letters of the direction and of the one opposite; empty where they cannot be known. */
export function bothWays(text: string, quadruped: boolean, other = ""): readonly [there: string, back: string] {
  const parts = directionParts(text, quadruped);
  if (parts === null) return ["", ""];
  const opposites = quadruped ? QUADRUPED_OPPOSITES : BIPED_OPPOSITES;
  const beside = directionParts(other, quadruped) ?? [];
  const unsure = quadruped && parts.includes("D") && [...parts, ...beside].some((part) => LIMB.has(part));
  return [parts.join(""), unsure ? "" : parts.map((part) => opposites[part] ?? "").join("")];
}

// ---- planes -------------------------------------------------------------------------------------

/** The plane's usual name by the axis that its normal is nearest to. */
export function planeName(normal: Vec3): string {
  const sizes = normal.map(Math.abs);
  const strongest = Math.max(...sizes);
  const key = (["plane.sagittal", "plane.coronal", "plane.axial"] as const)[sizes.indexOf(strongest)];
  const plane = key === undefined ? "" : t(key);
  return strongest < Math.cos((15 * Math.PI) / 180) ? t("plane.oblique", { plane }) : plane;
}
