/** Preferences that are none are put right; sound ones pass untouched. */
import { expect, it } from "vitest";
import { DEFAULT_PREFERENCES, soundPreferences } from "../../src/wire/preferences";

it("sound ones pass as they are", () => {
  const own = { ...DEFAULT_PREFERENCES, language: "de", profile: "sectra", keys: { invert: [], help: ["F1"] }, singleKeys: false, startTool: "pan", mouse: { middle: "", right: "scroll" }, chrome: "light", overlays: "none" };
  expect(soundPreferences(own)).toEqual(own);
});

it.each([[null], [undefined], [7], ["dark"], [[]], [{}], [{ mouse: null, keys: "i" }]])("%j is the default", (value) => {
  expect(soundPreferences(value)).toEqual(DEFAULT_PREFERENCES);
});

it("each absurd part alone is left at its default", () => {
  const absurd = { language: "xx", profile: "nonesuch", keys: { invert: ["n", 7, null], help: "F1" }, singleKeys: "no", startTool: "lasso", mouse: { middle: "hammer", right: "pan" }, chrome: "pink", overlays: "loud" };
  expect(soundPreferences(absurd)).toEqual({ ...DEFAULT_PREFERENCES, keys: { invert: ["n"] }, mouse: { middle: "", right: "pan" } });
});
