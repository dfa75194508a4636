/** What a reader has chosen for himself; `smart_viewer/web/wire_preferences.py` is its other side. Nothing of it is in the browser. */

export type MouseTool = "windowLevel" | "scroll" | "pan" | "zoom";

export interface Preferences {
  /** "": as the browser asks for. */
  readonly language: "" | "en" | "es" | "fr" | "de";
  readonly profile: "ohif" | "bir" | "sectra" | "osirix" | "visage";
  /** The reader's own chords by action; an empty list: no key at all. Absent: as the profile has it. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** False: keys that are a single character do nothing (WCAG 2.1.4). */
  readonly singleKeys: boolean;
  /** What the left button drags at first; "": as the profile has it. */
  readonly startTool: "" | MouseTool;
  /** What the other buttons drag; "": as the profile has it. */
  readonly mouse: { readonly middle: "" | MouseTool; readonly right: "" | MouseTool };
  readonly chrome: "dark" | "light" | "system";
  /** How many words stand on the images at first. */
  readonly overlays: "full" | "minimum" | "none";
}

/** "reading": the EHR names no user, so they end with the reading. */
export type KeptFor = "user" | "reading";

export interface KeptPreferences {
  readonly keptFor: KeptFor;
  readonly preferences: Preferences;
}

export const DEFAULT_PREFERENCES: Preferences = {
  language: "",
  profile: "ohif",
  keys: {},
  singleKeys: true,
  startTool: "",
  mouse: { middle: "", right: "" },
  chrome: "dark",
  overlays: "full",
};

const LANGUAGES = ["", "en", "es", "fr", "de"] as const;
const PROFILES = ["ohif", "bir", "sectra", "osirix", "visage"] as const;
const TOOLS = ["", "windowLevel", "scroll", "pan", "zoom"] as const;
const CHROMES = ["dark", "light", "system"] as const;
const OVERLAYS = ["full", "minimum", "none"] as const;

/** What is no choice of this page is left at its default: a page always shows images. */
export function soundPreferences(value: unknown): Preferences {
  const given = recordOf(value);
  const mouse = recordOf(given.mouse);
  const otherwise = DEFAULT_PREFERENCES;
  return {
    language: oneOf(LANGUAGES, given.language, otherwise.language),
    profile: oneOf(PROFILES, given.profile, otherwise.profile),
    keys: chords(given.keys),
    singleKeys: typeof given.singleKeys === "boolean" ? given.singleKeys : otherwise.singleKeys,
    startTool: oneOf(TOOLS, given.startTool, ""),
    mouse: { middle: oneOf(TOOLS, mouse.middle, ""), right: oneOf(TOOLS, mouse.right, "") },
    chrome: oneOf(CHROMES, given.chrome, otherwise.chrome),
    overlays: oneOf(OVERLAYS, given.overlays, otherwise.overlays),
  };
}

function oneOf<Choice>(choices: readonly Choice[], value: unknown, otherwise: Choice): Choice {
  return choices.find((choice) => choice === value) ?? otherwise;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function chords(value: unknown): Preferences["keys"] {
  const lists = Object.entries(recordOf(value)).flatMap(([id, list]) => (Array.isArray(list) ? [[id, list.filter((one) => typeof one === "string")] as const] : []));
  return Object.fromEntries(lists);
}
