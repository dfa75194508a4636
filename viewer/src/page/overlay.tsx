/** The words in the four corners and the letters at the four sides: never flipped with the image (H17). */
import type { Line } from "../view/labels";
import { corners } from "../view/labels";
import { resolvedCell } from "../view/resolve";
import type { AppState } from "../view/viewState";
import { displaySetOf } from "../view/viewState";

export function Overlay({ index, state }: { readonly index: number; readonly state: AppState }) {
  const cell = state.cells[index];
  const set = displaySetOf(state, index);
  if (cell === undefined || set === undefined) return null;
  const resolved = resolvedCell(state, index);
  const words = corners(cell, set, resolved);
  const sides = resolved?.sides;
  return (
    <div class="overlay">
      <Corner place="top-left" lines={words.topLeft} />
      <Corner place="top-right" lines={words.topRight} />
      <Corner place="bottom-left" lines={words.bottomLeft} />
      <Corner place="bottom-right" lines={words.bottomRight} />
      {sides && Object.entries(sides).map(([side, letters]) => <span class={`side side-${side}`} data-side={side}>{String(letters)}</span>)}
    </div>
  );
}

function Corner({ place, lines }: { readonly place: string; readonly lines: readonly Line[] }) {
  return (
    <div class={`corner corner-${place}`} data-corner={place}>
      {lines.map(({ text, tone }) => <div class={`tone-${tone}`}>{text}</div>)}
    </div>
  );
}
