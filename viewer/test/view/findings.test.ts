/** Annotations and their history: given states, hand-made. */
import { describe, expect, it } from "vitest";
import type { Findings, FindingsAct } from "../../src/view/findings";
import { isMeasuring, nameOf, NO_FINDINGS, reduceFindings } from "../../src/view/findings";
import { annotationsIn, eraseSelected, jumpTo, selectedInView } from "../../src/view/findingsInView";
import { reduce } from "../../src/view/actions";
import type { AppState } from "../../src/view/viewState";
import type { Draft } from "../../src/wire/annotation";
import { state } from "../plans";

const draft = (change: Partial<Draft> = {}): Draft => ({ kind: "length", displaySet: 0, frameIndex: 2, points: [[1, 1], [5, 5]], text: "", labelAt: null, reduced: 1, ...change });
const after = (...acts: readonly FindingsAct[]): Findings => acts.reduce(reduceFindings, NO_FINDINGS);
const add = (change: Partial<Draft> = {}): FindingsAct => ({ kind: "add", draft: draft(change) });
const undo: FindingsAct = { kind: "undo" };
const redo: FindingsAct = { kind: "redo" };
const ids = ({ annotations }: Findings) => annotations.map(({ id }) => id);

describe("what is marked", () => {
  it("is selected, and counted among its kind", () => {
    const findings = after(add(), add({ kind: "angle" }), add());
    expect(findings.annotations.map(nameOf)).toEqual(["Length 1", "Angle 1", "Length 2"]);
    expect(findings.selection).toEqual({ id: 3, grip: null });
  });
  it("is never known by an id that was used before", () => {
    expect(ids(after(add(), { kind: "erase", id: 1 }, add()))).toEqual([2]);
    expect(ids(after(add(), undo, add()))).toEqual([2]);
  });
  it("may be named by the reader", () => {
    expect(after(add(), { kind: "name", id: 1, text: "Node 4R" }).annotations.map(nameOf)).toEqual(["Node 4R"]);
  });
  it("that is not there changes nothing", () => {
    const findings = after(add());
    for (const act of [{ kind: "erase", id: 9 }, { kind: "name", id: 9, text: "x" }, { kind: "select", selection: { id: 9, grip: null } }] as const) {
      expect(reduceFindings(findings, act)).toBe(findings);
    }
  });
});

describe("undo", () => {
  it("goes back step by step, and redo forth again", () => {
    const made = after(add(), add(), { kind: "reshape", id: 1, points: [[0, 0], [9, 9]], reduced: 1 }, { kind: "erase", id: 2 });
    const back = [undo, undo, undo, undo].reduce<readonly Findings[]>((all, act) => [...all, reduceFindings(all.at(-1) ?? made, act)], []);
    expect(back.map(ids)).toEqual([[1, 2], [1, 2], [1], []]);
    expect(back[1]?.annotations[0]?.points).toEqual([[1, 1], [5, 5]]);
    const forth = [redo, redo, redo, redo].reduce(reduceFindings, back[3] ?? NO_FINDINGS);
    expect(forth.annotations).toEqual(made.annotations);
  });
  it("ends where nothing is left, and so does redo", () => {
    expect(reduceFindings(NO_FINDINGS, undo)).toBe(NO_FINDINGS);
    expect(reduceFindings(NO_FINDINGS, redo)).toBe(NO_FINDINGS);
  });
  it("takes a run of small steps back at once", () => {
    const nudge = (x: number): FindingsAct => ({ kind: "reshape", id: 1, points: [[x, 1], [5, 5]], reduced: 1, run: "1/0" });
    const findings = after(add(), nudge(2), nudge(3), nudge(4), undo);
    expect(findings.annotations[0]?.points[0]).toEqual([1, 1]);
    expect(after(add(), nudge(2), { kind: "select", selection: null }, nudge(3), undo).annotations[0]?.points[0]).toEqual([2, 1]);
  });
  it("forgets what was undone as soon as something new is made", () => {
    expect(after(add(), undo, add(), redo).annotations).toHaveLength(1);
  });
  it("of the selected one leaves none selected", () => {
    expect(after(add(), undo).selection).toBeNull();
  });
  it("changes no view: scrolled and windowed as before", () => {
    const marked = reduce(state(), { kind: "findings", act: add() });
    const scrolled = reduce(reduce(marked, { kind: "frame", cell: 0, frameIndex: 4 }), { kind: "invert", cell: 1 });
    const undone = reduce(scrolled, { kind: "findings", act: undo });
    expect(undone.cells).toBe(scrolled.cells);
    expect(undone.findings.annotations).toEqual([]);
    expect(undone.news).toBe("Undone.");
  });
});

describe("in the cells", () => {
  const shown = () => {
    const start = state();
    return { ...start, cells: start.cells.map((cell) => ({ ...cell, drawnFrame: cell.frameIndex })) };
  };
  const marked = (...acts: readonly FindingsAct[]): AppState => ({ ...shown(), findings: after(...acts) });
  it("an annotation lies on its frame of its display set alone, in every cell that shows them", () => {
    const both = marked(add(), add({ frameIndex: 1 }), add({ displaySet: 1 }));
    expect([0, 1].map((cell) => annotationsIn(both, cell).map(({ id }) => id))).toEqual([[1], [3]]);
    const twice = { ...both, cells: both.cells.map((cell) => ({ ...cell, displaySet: 0 })) };
    expect([0, 1].map((cell) => annotationsIn(twice, cell).map(({ id }) => id))).toEqual([[1], [1]]);
  });
  it("none is seen before its frame is drawn", () => {
    expect(annotationsIn({ ...marked(add()), cells: state().cells }, 0)).toEqual([]);
  });
  it("nothing is deleted that cannot be seen", () => {
    const seen = marked(add());
    expect(eraseSelected(seen)).toEqual([{ kind: "findings", act: { kind: "erase", id: 1 } }]);
    const away = reduce(seen, { kind: "frame", cell: 0, frameIndex: 4 });
    expect(selectedInView(away)).toBeNull();
    expect(eraseSelected(away)).toEqual([]);
  });
  it("a jump turns the cell that shows the series, else the active one", () => {
    const away = marked(add({ displaySet: 1, frameIndex: 4 }), add({ displaySet: 3, frameIndex: 1 }));
    const there = jumpTo(away, 1).reduce(reduce, away);
    expect([there.activeCell, there.cells[1]?.frameIndex, there.findings.selection?.id]).toEqual([1, 4, 1]);
    const elsewhere = jumpTo(away, 2).reduce(reduce, away);
    expect([elsewhere.cells[0]?.displaySet, elsewhere.cells[0]?.frameIndex]).toEqual([3, 1]);
    expect(jumpTo(away, 9)).toEqual([]);
  });
  it("nothing is left when the reading has ended", () => {
    expect(reduce(marked(add()), { kind: "ended", by: "reader" }).findings).toEqual(NO_FINDINGS);
  });
});

it("tools that measure are told from those that move the image", () => {
  expect(["length", "probe", "pan", "windowLevel"].map(isMeasuring)).toEqual([true, true, false, false]);
});
