/** The keymap in force: the profile with the reader's own changes, and how it may be changed (ux.md 5). */
import type { Preferences } from "../wire/preferences";
import type { Key } from "../words/words";
import { t } from "../words/words";
import type { ActionId, Chord } from "./keyNames";
import { ACTION_IDS } from "./keyNames";
import { chordsOfProfile } from "./keyProfiles";

export interface KeyPressed {
  /** As KeyboardEvent.key. */
  readonly key: string;
  readonly shift: boolean;
  /** Control, or the command key of a Mac. */
  readonly ctrl: boolean;
  readonly alt?: boolean;
  /** As KeyboardEvent.code. */
  readonly code?: string;
}

/** Shift is part of named keys and of letters; of other characters it has already made another one ("?"). */
export function chordOf({ key, shift, ctrl, alt = false }: KeyPressed): Chord {
  const name = isLetter(key) ? key.toLowerCase() : key;
  const character = key.length === 1 && key !== " " && !isLetter(key);
  return [ctrl ? "Ctrl+" : "", alt ? "Alt+" : "", shift && !character ? "Shift+" : "", name].join("");
}

function isLetter(key: string): boolean {
  return key.length === 1 && key.toLowerCase() !== key.toUpperCase();
}

/** A letter, digit, punctuation or symbol alone (WCAG 2.1.4); capitals are characters too. */
export function isSingleCharacter(chord: Chord): boolean {
  const [key, modifiers] = split(chord);
  return key.length === 1 && key !== " " && !modifiers.includes("Ctrl") && !modifiers.includes("Alt");
}

/** The last "+" may be the key itself. */
function split(chord: Chord): readonly [key: string, modifiers: readonly string[]] {
  const at = chord.slice(0, -1).lastIndexOf("+");
  return at === -1 ? [chord, []] : [chord.slice(at + 1), chord.slice(0, at).split("+")];
}

// ---- the keymap in force ------------------------------------------------------------------------

export interface Keymap {
  readonly byChord: ReadonlyMap<Chord, ActionId>;
  readonly byAction: Readonly<Record<ActionId, readonly Chord[]>>;
}

const known = new WeakMap<Preferences, Keymap>();

/** The profile with the reader's own changes: a chord that the reader gave away is the profile's no more. */
export function keymapOf(preferences: Preferences): Keymap {
  const before = known.get(preferences);
  if (before !== undefined) return before;
  const made = keymap(preferences);
  known.set(preferences, made);
  return made;
}

function keymap({ profile, keys, singleKeys }: Preferences): Keymap {
  const base = chordsOfProfile(profile);
  const own = new Set(ACTION_IDS.flatMap((id) => keys[id] ?? []));
  const byChord = new Map<Chord, ActionId>();
  const chords = (id: ActionId): readonly Chord[] => {
    const wanted = keys[id] ?? base[id].filter((chord) => !own.has(chord));
    const free = wanted.filter((chord) => !byChord.has(chord) && !isReserved(chord) && (singleKeys || !isSingleCharacter(chord)));
    free.forEach((chord) => byChord.set(chord, id));
    return free;
  };
  const byAction = Object.fromEntries(ACTION_IDS.map((id) => [id, chords(id)])) as Record<ActionId, readonly Chord[]>;
  return { byChord, byAction };
}

/** What this press does. Where digits need shift (AZERTY), the key that carries one also stands for it. */
export function actionOf(preferences: Preferences, pressed: KeyPressed): ActionId | undefined {
  const { byChord } = keymapOf(preferences);
  const digit = /^Digit(\d)$/.exec(pressed.code ?? "")?.[1];
  return byChord.get(chordOf(pressed)) ?? (digit === undefined ? undefined : byChord.get(chordOf({ ...pressed, key: digit })));
}

// ---- remapping ----------------------------------------------------------------------------------

/** The page or the browser keeps them: cancel, the way through the page by keyboard, reload, close. */
const RESERVED: ReadonlySet<Chord> = new Set(["Escape", "Tab", "Shift+Tab", "F5", "Ctrl+F5", "F12", "Ctrl+r", "Ctrl+Shift+r", "Ctrl+t", "Ctrl+Shift+t", "Ctrl+n", "Ctrl+Shift+n", "Ctrl+w", "Ctrl+Shift+w", "Ctrl+q", "Ctrl+l", "Ctrl+Tab", "Ctrl+Shift+Tab", "Alt+F4", "Alt+Tab", "Ctrl+Alt+Delete"]);
const MODIFIERS: ReadonlySet<string> = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Unidentified", "Process"]);

export function isReserved(chord: Chord): boolean {
  return RESERVED.has(chord);
}

/** Held, but not yet pressed with anything. */
export function isModifier(key: string): boolean {
  return MODIFIERS.has(key);
}

/** Who has this chord now, other than this action; null: it is free. */
export function conflictOf(preferences: Preferences, id: ActionId, chord: Chord): ActionId | null {
  const owner = keymapOf({ ...preferences, singleKeys: true }).byChord.get(chord);
  return owner === undefined || owner === id ? null : owner;
}

/** All its chords, those that are switched off too. */
export function chordsFor(preferences: Preferences, id: ActionId): readonly Chord[] {
  return keymapOf(preferences.singleKeys ? preferences : { ...preferences, singleKeys: true }).byAction[id];
}

/** This chord beside those it has; taken from whoever had it. */
export function withChord(preferences: Preferences, id: ActionId, chord: Chord): Preferences {
  const owner = conflictOf(preferences, id, chord);
  const freed = owner === null ? preferences : withoutChord(preferences, owner, chord);
  return { ...freed, keys: { ...freed.keys, [id]: [...new Set([...chordsFor(freed, id), chord])] } };
}

/** An action may be left with no key at all. */
export function withoutChord(preferences: Preferences, id: ActionId, chord: Chord): Preferences {
  return { ...preferences, keys: { ...preferences.keys, [id]: chordsFor(preferences, id).filter((one) => one !== chord) } };
}

/** As the profile has it; chords that others were given meanwhile stay theirs. */
export function asInProfile(preferences: Preferences, id: ActionId): Preferences {
  return { ...preferences, keys: Object.fromEntries(Object.entries(preferences.keys).filter(([name]) => name !== id)) };
}

// ---- words --------------------------------------------------------------------------------------

const SIGNS: Readonly<Record<string, string>> = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", "-": "−" };
const NAMED: Readonly<Record<string, Extract<Key, `keySign.${string}`>>> = {
  Ctrl: "keySign.ctrl", Alt: "keySign.alt", Shift: "keySign.shift", " ": "keySign.space", Enter: "keySign.enter",
  Home: "keySign.home", End: "keySign.end", PageUp: "keySign.pageUp", PageDown: "keySign.pageDown",
  Backspace: "keySign.backspace", Delete: "keySign.delete", Insert: "keySign.insert", ContextMenu: "keySign.menu",
};

/** "shift + ←" */
export function chordText(chord: Chord): string {
  const [key, modifiers] = split(chord);
  return [...modifiers, key].map((part) => partText(part)).join(" + ");
}

function partText(part: string): string {
  const named = NAMED[part];
  return named === undefined ? (SIGNS[part] ?? part) : t(named);
}

/** "i", "space or ."; empty where it has no key. */
export function keyText(preferences: Preferences, id: ActionId): string {
  const [first, ...others] = keymapOf(preferences).byAction[id].map(chordText);
  return others.reduce((text, other) => t("key.or", { first: text, second: other }), first ?? "");
}

/** "Invert (i)": a label with its first key as it is mapped now. */
export function withKey(preferences: Preferences, label: string, id: ActionId): string {
  const [first] = keymapOf(preferences).byAction[id];
  return first === undefined ? label : `${label} (${chordText(first)})`;
}

export function actionName(id: ActionId): string {
  return t(`key.${id}`);
}
