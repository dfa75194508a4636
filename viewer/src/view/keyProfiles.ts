/** Keymaps by profile: OHIF's defaults with the changes of ux.md 5, and what hands from elsewhere expect. */
import type { Preferences } from "../wire/preferences";
import type { ActionId, Chord } from "./keyNames";

type Chords = Readonly<Record<ActionId, readonly Chord[]>>;

export const PROFILES = ["ohif", "bir", "sectra", "osirix", "visage"] as const satisfies readonly Preferences["profile"][];

const OHIF: Chords = {
  previousImage: ["ArrowUp"],
  nextImage: ["ArrowDown"],
  tenImagesBack: ["Shift+ArrowUp"],
  tenImagesOn: ["Shift+ArrowDown"],
  firstImage: ["Home"],
  lastImage: ["End"],
  previousSeries: ["PageUp"],
  nextSeries: ["PageDown"],
  cine: ["c"],
  nextStage: [" ", "."],
  previousStage: [","],
  prior: ["p"],
  previousViewport: ["ArrowLeft"],
  nextViewport: ["ArrowRight"],
  oneUp: ["Enter"],
  link: ["s"],
  preset1: ["1"],
  preset2: ["2"],
  preset3: ["3"],
  preset4: ["4"],
  preset5: ["5"],
  preset6: ["6"],
  preset7: ["7"],
  preset8: ["8"],
  preset9: ["9"],
  nextOfFile: ["j"],
  wider: ["Shift+ArrowRight"],
  narrower: ["Shift+ArrowLeft"],
  higher: ["Shift+PageUp"],
  lower: ["Shift+PageDown"],
  invert: ["i"],
  zoomIn: ["+"],
  zoomOut: ["-"],
  fit: ["="],
  lookLeft: ["Ctrl+ArrowLeft"],
  lookRight: ["Ctrl+ArrowRight"],
  lookUp: ["Ctrl+ArrowUp"],
  lookDown: ["Ctrl+ArrowDown"],
  rotateRight: ["r"],
  rotateLeft: ["l"],
  flipHorizontal: ["h"],
  flipVertical: ["v"],
  interpolation: ["x"],
  reset: ["Shift+ "],
  toolWindow: ["w"],
  toolScroll: [],
  toolPan: [],
  toolZoom: ["z"],
  magnifier: ["y"],
  detail: ["d"],
  crossCursor: ["g"],
  measureLength: ["m"],
  measureRoi: ["Shift+m"],
  keyImage: ["k"],
  undo: ["Ctrl+z", "u"],
  redo: ["Ctrl+y", "Ctrl+Shift+z"],
  deleteFinding: ["Backspace", "Delete"],
  overlayWords: ["o"],
  fileOverlays: ["t"],
  shutter: ["q"],
  fullScreen: ["f"],
  seriesList: ["Shift+l"],
  cellMenu: ["Shift+F10", "ContextMenu"],
  tags: ["Shift+t"],
  settings: [],
  help: ["?"],
};

/** What differs. The makers' own keymaps can be changed at every site: these are where hands start, not copies. */
const CHANGES: Readonly<Record<Preferences["profile"], Partial<Chords>>> = {
  ohif: {},
  bir: {},
  sectra: {
    nextStage: [" "],
    previousStage: ["Backspace"],
    deleteFinding: ["Delete"],
    preset1: ["F2", "1"],
    preset2: ["F3", "2"],
    preset3: ["F4", "3"],
    preset4: ["F6", "4"],
    toolScroll: ["s"],
    toolPan: ["a"],
    link: ["Shift+s"],
    reset: ["Shift+ ", "0"],
  },
  osirix: {
    toolPan: ["m"],
    toolScroll: ["s"],
    link: ["Shift+s"],
    measureLength: ["l"],
    measureRoi: ["o"],
    overlayWords: ["b"],
    rotateLeft: ["Shift+r"],
    seriesList: [],
    cine: [" ", "c"],
    nextStage: ["."],
    fit: ["="],
    reset: ["Shift+ ", "0"],
  },
  visage: {
    nextStage: [" ", "."],
    previousStage: ["Shift+ ", ","],
    reset: ["0"],
    toolScroll: ["s"],
    toolPan: ["a"],
    link: ["Shift+s"],
    measureLength: ["d"],
    detail: ["Shift+d"],
  },
};

export function chordsOfProfile(profile: Preferences["profile"]): Chords {
  return { ...OHIF, ...CHANGES[profile] };
}

type Dragging = Exclude<Preferences["startTool"], "">;

interface Mouse {
  readonly left: Dragging;
  readonly middle: Dragging;
  readonly right: Dragging;
}

const OHIF_MOUSE: Mouse = { left: "windowLevel", middle: "pan", right: "zoom" };

/** BIR demands that Scrolling is the active tool when the viewer opens (ux.md 4). */
const MICE: Readonly<Record<Preferences["profile"], Mouse>> = {
  ohif: OHIF_MOUSE,
  bir: { ...OHIF_MOUSE, left: "scroll" },
  sectra: { left: "scroll", middle: "pan", right: "windowLevel" },
  osirix: OHIF_MOUSE,
  visage: { left: "scroll", middle: "windowLevel", right: "zoom" },
};

/** What each button drags: as the reader chose, else as the profile has it. `left` is where the active tool starts. */
export function mouseOf({ profile, startTool, mouse }: Preferences): Mouse {
  const its = MICE[profile];
  return { left: startTool || its.left, middle: mouse.middle || its.middle, right: mouse.right || its.right };
}
