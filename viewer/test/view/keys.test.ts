/** The keymap. Oracle: the table of ux.md 5, written out here by hand, and WCAG 2.1.4. */
import { describe, expect, it } from "vitest";
import type { ActionId } from "../../src/view/keyNames";
import { ACTION_IDS } from "../../src/view/keyNames";
import { chordsOfProfile, mouseOf, PROFILES } from "../../src/view/keyProfiles";
import { actionName, actionOf, asInProfile, chordOf, chordText, conflictOf, isReserved, isSingleCharacter, keymapOf, keyText, withChord, withKey, withoutChord } from "../../src/view/keys";
import type { Preferences } from "../../src/wire/preferences";
import { DEFAULT_PREFERENCES } from "../../src/wire/preferences";

const preferences = (changes: Partial<Preferences> = {}): Preferences => ({ ...DEFAULT_PREFERENCES, ...changes });
const press = (key: string, shift = false, ctrl = false, code = "") => ({ key, shift, ctrl, code });

/** ux.md 5, row by row. */
const TABLE: readonly (readonly [string, ActionId])[] = [
  ["z", "toolZoom"], ["+", "zoomIn"], ["-", "zoomOut"], ["=", "fit"], ["r", "rotateRight"], ["l", "rotateLeft"],
  ["h", "flipHorizontal"], ["v", "flipVertical"], ["c", "cine"], ["i", "invert"],
  ["ArrowLeft", "previousViewport"], ["ArrowRight", "nextViewport"], ["PageUp", "previousSeries"], ["PageDown", "nextSeries"],
  [".", "nextStage"], [",", "previousStage"], ["ArrowUp", "previousImage"], ["ArrowDown", "nextImage"],
  ["Home", "firstImage"], ["End", "lastImage"], [" ", "nextStage"], ["Shift+ ", "reset"],
  ["1", "preset1"], ["2", "preset2"], ["3", "preset3"], ["4", "preset4"], ["5", "preset5"], ["6", "preset6"], ["7", "preset7"], ["8", "preset8"], ["9", "preset9"],
  ["Backspace", "deleteFinding"], ["Ctrl+z", "undo"], ["u", "undo"], ["Ctrl+y", "redo"],
  ["k", "keyImage"], ["m", "measureLength"], ["Shift+m", "measureRoi"], ["p", "prior"], ["g", "crossCursor"], ["s", "link"], ["f", "fullScreen"], ["o", "overlayWords"], ["?", "help"],
];

describe("the keymap that is shipped", () => {
  it.each(TABLE)("%s is %s", (chord, id) => {
    expect(keymapOf(preferences()).byChord.get(chord)).toBe(id);
  });

  it.each(PROFILES)("%s gives no key to two actions, nor one of the browser's", (profile) => {
    const chords = ACTION_IDS.flatMap((id) => chordsOfProfile(profile)[id]);
    expect(new Set(chords).size).toBe(chords.length);
    expect(chords.filter(isReserved)).toEqual([]);
  });

  it("every action has a name of its own", () => {
    expect(new Set(ACTION_IDS.map(actionName)).size).toBe(ACTION_IDS.length);
  });

  it("the start tool is the profile's unless the reader has chosen: BIR begins with scrolling", () => {
    expect(mouseOf(preferences()).left).toBe("windowLevel");
    expect(mouseOf(preferences({ profile: "bir" })).left).toBe("scroll");
    expect(mouseOf(preferences({ profile: "bir", startTool: "pan" })).left).toBe("pan");
    expect(mouseOf(preferences({ mouse: { middle: "zoom", right: "" } }))).toMatchObject({ middle: "zoom", right: "zoom" });
  });
});

describe("a press", () => {
  it.each([
    [press("m"), "m"],
    [press("M"), "m"], // caps lock
    [press("M", true), "Shift+m"],
    [press("?", true), "?"],
    [press("+", true), "+"],
    [press(" ", true), "Shift+ "],
    [press("z", false, true), "Ctrl+z"],
    [press("Z", true, true), "Ctrl+Shift+z"],
    [{ ...press("é"), alt: true }, "Alt+é"],
  ])("%j is %s", (pressed, chord) => {
    expect(chordOf(pressed)).toBe(chord);
  });

  it("a digit that needs shift is the digit (AZERTY), unless the character itself is mapped", () => {
    expect(actionOf(preferences(), press("&", false, false, "Digit1"))).toBe("preset1");
    expect(actionOf(preferences(), press("1", true, false, "Digit1"))).toBe("preset1");
    expect(actionOf(withChord(preferences(), "invert", "&"), press("&", false, false, "Digit1"))).toBe("invert");
    expect(actionOf(preferences(), press("&", false, false, "KeyA"))).toBeUndefined();
  });
});

describe("remapping", () => {
  it("a free key comes beside those that are there", () => {
    expect(conflictOf(preferences(), "invert", "n")).toBeNull();
    expect(keymapOf(withChord(preferences(), "invert", "n")).byAction.invert).toEqual(["i", "n"]);
  });

  it("a key in use is named, and taken only when it is given", () => {
    expect(conflictOf(preferences(), "invert", "r")).toBe("rotateRight");
    const after = keymapOf(withChord(preferences(), "invert", "r"));
    expect([after.byAction.invert, after.byAction.rotateRight]).toEqual([["i", "r"], []]);
    expect(after.byChord.get("r")).toBe("invert");
  });

  it("its own key is no conflict", () => {
    expect(conflictOf(preferences(), "invert", "i")).toBeNull();
  });

  it("an action may have no key at all, and the key then does nothing", () => {
    const none = withoutChord(preferences(), "invert", "i");
    expect(keymapOf(none).byAction.invert).toEqual([]);
    expect(actionOf(none, press("i"))).toBeUndefined();
    expect(withKey(none, "Invert", "invert")).toBe("Invert");
  });

  it("goes back to the profile, and leaves others what they were given meanwhile", () => {
    const taken = withChord(preferences(), "invert", "r");
    const back = keymapOf(asInProfile(asInProfile(taken, "invert"), "rotateRight"));
    expect([back.byAction.invert, back.byAction.rotateRight]).toEqual([["i"], ["r"]]);
    const half = keymapOf(asInProfile(taken, "rotateRight"));
    expect([half.byAction.invert, half.byAction.rotateRight]).toEqual([["i", "r"], []]);
  });

  it("whatever is stored, no key does two things and reserved ones do nothing", () => {
    const odd = preferences({ keys: { invert: ["x", "Escape", "Tab"], fit: ["x"], noSuchAction: ["y"] } });
    expect(keymapOf(odd).byChord.get("x")).toBe("invert");
    expect(keymapOf(odd).byAction.fit).toEqual([]);
    expect([...keymapOf(odd).byChord.keys()]).not.toContain("Escape");
    expect(keymapOf(odd).byAction.magnifier).toEqual(["y"]);
  });

  it("another profile keeps the reader's own keys", () => {
    const own = withChord(preferences(), "invert", "n");
    expect(keymapOf({ ...own, profile: "osirix" }).byChord.get("n")).toBe("invert");
    expect(keymapOf({ ...own, profile: "osirix" }).byChord.get("m")).toBe("toolPan");
  });
});

describe("single characters switched off (WCAG 2.1.4)", () => {
  const off = preferences({ singleKeys: false });

  it("letters, digits and signs do nothing; named keys and those with control do", () => {
    for (const [chord] of TABLE) {
      const single = chord.replace("Shift+", "").length === 1 && chord !== " " && chord !== "Shift+ ";
      expect([chord, keymapOf(off).byChord.has(chord)]).toEqual([chord, !single]);
    }
  });

  it("capitals are characters too", () => {
    expect(["m", "Shift+m", "?", " ", "Ctrl+z", "Alt+m", "F2", "+"].filter(isSingleCharacter)).toEqual(["m", "Shift+m", "?", "+"]);
  });

  it("an action may get another key meanwhile, and the switched-off one is not forgotten", () => {
    const given = withChord(off, "invert", "F8");
    expect(keymapOf(given).byAction.invert).toEqual(["F8"]);
    expect(keymapOf({ ...given, singleKeys: true }).byAction.invert).toEqual(["i", "F8"]);
    expect(conflictOf(off, "fit", "i")).toBe("invert");
  });
});

it("keys are said as they are printed on the keyboard", () => {
  expect(["Shift+ArrowLeft", " ", "Ctrl+z", "-", "+", "Ctrl++", "PageUp"].map(chordText)).toEqual(["shift + ←", "space", "ctrl + z", "−", "+", "ctrl + +", "page up"]);
  expect(keyText(preferences(), "nextStage")).toBe("space or .");
  expect(withKey(preferences(), "Invert", "invert")).toBe("Invert (i)");
});
