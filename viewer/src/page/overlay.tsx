/** The words in the four corners and the letters at the four sides: never flipped with the image (H17). */
import type { Badge } from "../view/fidelity";
import { badges } from "../view/fidelity";
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
  const marks = resolved === null ? [] : badges(cell, set, resolved);
  const sides = resolved?.sides;
  const link = linkName(state, index);
  return (
    <div class="overlay">
      {placedCorners(corners(cell, set, resolved), cell.as.justify).map(([place, lines]) => (
        <Corner place={place} lines={lines} badges={place === badgePlace(cell.as.justify) ? marks : []} />
      ))}
      {link !== null && <span class="link-mark" title="Scrolls, zooms and pans with the viewports of this mark"><Icon name="link" />{link}</span>}
      {sides && Object.entries(sides).map(([side, letters]) => <span class={`side side-${side}`} data-side={side}>{String(letters)}</span>)}
    </div>
  );
}

type Justify = "left" | "right" | null;

/** At the chest wall's side stands tissue: words keep to the other side (ux.md 2). */
function placedCorners({ topLeft, topRight, bottomLeft, bottomRight }: Corners, justify: Justify): readonly (readonly [string, readonly Line[]])[] {
  if (justify === null) return [["top-left", topLeft], ["top-right", topRight], ["bottom-left", bottomLeft], ["bottom-right", bottomRight]];
  const side = justify === "right" ? "left" : "right";
  return [[`top-${side}`, [...topLeft, ...topRight]], [`bottom-${side}`, [...bottomLeft, ...bottomRight]]];
}

function badgePlace(justify: Justify): string {
  return justify === "right" ? "bottom-left" : "bottom-right";
}

function Corner({ place, lines, badges: marks }: { readonly place: string; readonly lines: readonly Line[]; readonly badges: readonly Badge[] }) {
  return (
    <div class={`corner corner-${place}`} data-corner={place}>
      {lines.map(({ text, tone }) => <div class={`tone-${tone}`}>{text}</div>)}
      {marks.length > 0 && <Badges badges={marks} />}
    </div>
  );
}

/** Each part keeps its own tone; the dots between are drawn by the style. */
function Badges({ badges: marks }: { readonly badges: readonly Badge[] }) {
  return (
    <div class="badges" data-badges={marks.map(({ kind }) => kind).join(" ")}>
      {marks.map(({ kind, text, title, tone }) => <span class={`badge tone-${tone}`} data-badge={kind} title={title}>{text}</span>)}
    </div>
  );
}
