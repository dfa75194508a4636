/** The words in the four corners and the letters at the four sides: never flipped with the image (H17). */
import type { Corners, Line } from "../view/labels";
import { corners } from "../view/labels";
import { linkName } from "../view/link";
import { resolvedCell } from "../view/resolve";
import type { AppState } from "../view/viewState";
import { displaySetOf } from "../view/viewState";
import { Icon } from "./icons";

export function Overlay({ index, state }: { readonly index: number; readonly state: AppState }) {
  const cell = state.cells[index];
  const set = displaySetOf(state, index);
  if (cell === undefined || set === undefined) return null;
  const resolved = resolvedCell(state, index);
  const words = corners(cell, set, resolved);
  const sides = resolved?.sides;
  const link = linkName(state, index);
  return (
    <div class="overlay">
      {placedCorners(words, cell.as.justify).map(([place, lines]) => <Corner place={place} lines={lines} />)}
      {link !== null && <span class="link-mark" title="Scrolls, zooms and pans with the viewports of this mark"><Icon name="link" />{link}</span>}
      {sides && Object.entries(sides).map(([side, letters]) => <span class={`side side-${side}`} data-side={side}>{String(letters)}</span>)}
    </div>
  );
}

/** At the chest wall's side stands tissue: words keep to the other side (ux.md 2). */
function placedCorners({ topLeft, topRight, bottomLeft, bottomRight }: Corners, justify: "left" | "right" | null): readonly (readonly [string, readonly Line[]])[] {
  if (justify === null) return [["top-left", topLeft], ["top-right", topRight], ["bottom-left", bottomLeft], ["bottom-right", bottomRight]];
  const side = justify === "right" ? "left" : "right";
  return [[`top-${side}`, [...topLeft, ...topRight]], [`bottom-${side}`, [...bottomLeft, ...bottomRight]]];
}

function Corner({ place, lines }: { readonly place: string; readonly lines: readonly Line[] }) {
  return (
    <div class={`corner corner-${place}`} data-corner={place}>
      {lines.map(({ text, tone }) => <div class={`tone-${tone}`}>{text}</div>)}
    </div>
  );
}
