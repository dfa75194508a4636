/** What the browser itself must follow: chrome, full screen, how a tablet is held; and windows from a region. */
import { isNarrow } from "../page/narrow";
import { regionWindow } from "../view/regionWindow";
import type { Action } from "../view/actions";
import { imageOf } from "../view/resolve";
import type { AppState } from "../view/viewState";
import { displaySetOf } from "../view/viewState";
import { t } from "../words/words";
import type { PixelSources } from "./derived";
import { pixelsOf } from "./derived";
import { mayFlash } from "./flashing";

export interface ScreenPorts {
  readonly now: () => AppState;
  readonly send: (action: Action) => void;
  readonly sources: PixelSources;
}

export interface Screen {
  /** Follows the browser from here on. */
  readonly start: () => void;
  /** Call after each change. */
  readonly follow: (before: AppState, after: AppState) => void;
  /** What is done in place of an action: a clip that flashes is asked about first. */
  readonly guarded: (action: Action) => Action;
  /** Frames have come: a clip that plays may turn out to flash. */
  readonly arrived: (displaySets: ReadonlySet<number>) => void;
}

export function createScreen({ now, send, sources }: ScreenPorts): Screen {
  const coarse = matchMedia("(pointer: coarse)");
  const upright = matchMedia("(orientation: portrait)");
  /** No room for two viewports beside each other. */
  const slim = matchMedia("(max-width: 480px)");

  function held(): void {
    if (isNarrow() && now().railOpen) send({ kind: "rail" }); // there it lies over the images
    send({ kind: "screen", act: { kind: "held", held: slim.matches ? "portrait" : coarse.matches ? (upright.matches ? "portrait" : "landscape") : null } });
  }

  function follow(before: AppState, after: AppState): void {
    if (before.chrome !== after.chrome) document.documentElement.dataset.chrome = after.chrome;
    if (before.fullScreen !== after.fullScreen && after.fullScreen !== isFull()) toggleFull(after.fullScreen);
    if (after.region?.done === true) windowNow(windowOfRegion(after));
    after.cells.forEach((cell, index) => {
      const was = before.cells[index];
      if (was?.playing === true && cell.playing && (was.cine !== cell.cine || was.as.window !== cell.as.window)) stopFlashing(index);
    });
  }

  function windowNow(actions: readonly Action[]): void {
    send({ kind: "screen", act: { kind: "region", region: null } });
    actions.forEach(send);
  }

  function windowOfRegion(state: AppState): readonly Action[] {
    const { region } = state;
    const [cell, set] = [region === null ? undefined : state.cells[region.cell], region === null ? undefined : displaySetOf(state, region.cell)];
    const image = imageOf(set);
    if (region === null || cell === undefined || cell.displaySet === null || image === null) return [];
    const pixels = pixelsOf(image, { displaySet: cell.displaySet, frameIndex: cell.frameIndex }, sources);
    const window = pixels === null ? null : regionWindow(pixels, image, region.from, region.to);
    if (window === null) return [{ kind: "say", text: t("windows.noneFromRegion") }];
    return [{ kind: "window", cell: region.cell, window: { kind: "own", window } }];
  }

  function toggleFull(on: boolean): void {
    const done = on ? document.documentElement.requestFullscreen() : document.exitFullscreen();
    done.catch(() => { send({ kind: "screen", act: { kind: "fullScreen", on: isFull() } }); });
  }

  function guarded(action: Action): Action {
    if (action.kind !== "cine" || now().cells[action.cell]?.playing === true || !mayFlash(now(), action.cell, sources)) return action;
    return { kind: "screen", act: { kind: "flashing", cell: action.cell } };
  }

  function arrived(displaySets: ReadonlySet<number>): void {
    now().cells.forEach((cell, index) => {
      if (cell.playing && cell.displaySet !== null && displaySets.has(cell.displaySet)) stopFlashing(index);
    });
  }

  /** Of a clip that plays: faster, or in another window, it may flash too. */
  function stopFlashing(index: number): void {
    if (!mayFlash(now(), index, sources)) return;
    send({ kind: "cine", cell: index });
    send({ kind: "screen", act: { kind: "flashing", cell: index } });
  }

  function start(): void {
    document.documentElement.dataset.chrome = now().chrome;
    coarse.addEventListener("change", held);
    upright.addEventListener("change", held);
    slim.addEventListener("change", held);
    document.addEventListener("fullscreenchange", () => { send({ kind: "screen", act: { kind: "fullScreen", on: isFull() } }); });
    held();
  }

  return { start, follow, guarded, arrived };
}

function isFull(): boolean {
  return document.fullscreenElement !== null;
}
