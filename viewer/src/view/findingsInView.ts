/** Annotations and the cells that show them. */
import type { Annotation } from "../wire/annotation";
import type { Action } from "./actions";
import { annotationOf } from "./findings";
import type { AppState } from "./viewState";
import { visibleCells } from "./viewState";

/** Those on the frame that the cell has drawn; none while it shows another one or none. */
export function annotationsIn({ cells, findings }: AppState, index: number): readonly Annotation[] {
  const cell = cells[index];
  if (cell === undefined || cell.displaySet === null || cell.drawnFrame !== cell.frameIndex || findings.annotations.length === 0) return [];
  return findings.annotations.filter(({ displaySet, frameIndex }) => displaySet === cell.displaySet && frameIndex === cell.frameIndex);
}

/** The selected one, where it can be seen: nothing is moved or deleted unseen. */
export function selectedInView(state: AppState): Annotation | null {
  const { selection } = state.findings;
  if (selection === null) return null;
  const seen = visibleCells(state).some((index) => annotationsIn(state, index).some(({ id }) => id === selection.id));
  return seen ? annotationOf(state.findings, selection.id) : null;
}

/** A cell that shows the selected one, the active cell before others. */
export function cellOfSelected(state: AppState): number | null {
  const id = state.findings.selection?.id;
  const showing = visibleCells(state).filter((index) => annotationsIn(state, index).some((one) => one.id === id));
  return showing.includes(state.activeCell) ? state.activeCell : (showing[0] ?? null);
}

export function eraseSelected(state: AppState): readonly Action[] {
  const selected = selectedInView(state);
  return selected === null ? [] : [{ kind: "findings", act: { kind: "erase", id: selected.id } }];
}

/** To its frame: in the cell that shows its series, else in the active one. */
export function jumpTo(state: AppState, id: number): readonly Action[] {
  const annotation = annotationOf(state.findings, id);
  if (annotation === null) return [];
  const { displaySet, frameIndex } = annotation;
  const showing = visibleCells(state).filter((index) => state.cells[index]?.displaySet === displaySet);
  const cell = showing.includes(state.activeCell) ? state.activeCell : (showing[0] ?? state.activeCell);
  const show: readonly Action[] = showing.length > 0 ? [] : [{ kind: "show", cell, displaySet }];
  return [
    { kind: "activate", cell },
    ...show,
    { kind: "frame", cell, frameIndex },
    { kind: "findings", act: { kind: "select", selection: { id, grip: null } } },
  ];
}
