/** What the reader chose for himself or marked: it takes effect at once, and moves nothing else. */
import type { Preferences } from "../wire/preferences";
import { t } from "../words/words";
import { isKeyImage, keyToggled } from "./keyImages";
import { mouseOf } from "./keyProfiles";
import type { AppState } from "./viewState";

export function preferred(state: AppState, preferences: Preferences): AppState {
  const { preferences: before } = state;
  const left = mouseOf(preferences).left;
  return {
    ...state,
    preferences,
    tool: left === mouseOf(before).left ? state.tool : left,
    chrome: preferences.chrome === before.chrome ? state.chrome : preferences.chrome,
    words: preferences.overlays === before.overlays ? state.words : preferences.overlays,
  };
}

/** The frame in view is a key image, or no longer one. */
export function keyMarked(state: AppState, index: number): AppState {
  const { displaySet = null, frameIndex = 0 } = state.cells[index] ?? {};
  if (displaySet === null) return state;
  const number = frameIndex + 1;
  const news = isKeyImage(state.keyImages, displaySet, frameIndex) ? t("keyImage.unmarked", { number }) : t("keyImage.marked", { number });
  return { ...state, keyImages: keyToggled(state.keyImages, displaySet, frameIndex), news };
}
