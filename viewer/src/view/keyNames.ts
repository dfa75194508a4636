/** The actions that a key can do, by id, and how a press of keys is written. */

/** As the help lists them. */
export const KEY_GROUPS = {
  images: ["previousImage", "nextImage", "tenImagesBack", "tenImagesOn", "firstImage", "lastImage", "previousSeries", "nextSeries", "cine"],
  hanging: ["nextStage", "previousStage", "prior", "previousViewport", "nextViewport", "oneUp", "link"],
  window: ["preset1", "preset2", "preset3", "preset4", "preset5", "preset6", "preset7", "preset8", "preset9", "nextOfFile", "wider", "narrower", "higher", "lower", "invert"],
  view: ["zoomIn", "zoomOut", "fit", "lookLeft", "lookRight", "lookUp", "lookDown", "rotateRight", "rotateLeft", "flipHorizontal", "flipVertical", "interpolation", "reset"],
  tools: ["toolWindow", "toolScroll", "toolPan", "toolZoom", "magnifier", "detail", "crossCursor"],
  findings: ["measureLength", "measureRoi", "keyImage", "undo", "redo", "deleteFinding"],
  page: ["overlayWords", "fileOverlays", "shutter", "fullScreen", "seriesList", "cellMenu", "tags", "settings", "help"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type KeyGroup = keyof typeof KEY_GROUPS;
export type ActionId = (typeof KEY_GROUPS)[KeyGroup][number];

export const ACTION_IDS: readonly ActionId[] = Object.values(KEY_GROUPS).flat();

export function isActionId(id: string): id is ActionId {
  return (ACTION_IDS as readonly string[]).includes(id);
}

/** "Ctrl+Alt+Shift+" as far as they are held, then KeyboardEvent.key; letters are small: "Shift+m", "?", " ". */
export type Chord = string;
