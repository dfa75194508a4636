/** Values of annotations, found once; what is drawn over which cell. */
import { describe, expect, it } from "vitest";
import type { DecodedFrame } from "../../src/decode/frame";
import { createAssessments } from "../../src/main/assessments";
import { AT_REST, measureStep } from "../../src/tools/measure";
import { reduce } from "../../src/view/actions";
import type { AppState } from "../../src/view/viewState";
import type { Draft } from "../../src/wire/annotation";
import { displaySet, image, plan, state } from "../plans";

const frame: DecodedFrame = { values: new Uint16Array(1200).fill(1100), samples: 1, model: "grey", base: 0 };
const region: Draft = { kind: "rectangle", displaySet: 0, frameIndex: 2, points: [[10, 5], [12, 7]], text: "", labelAt: null, reduced: 1 };

/** Both cells show display set 0; everything is drawn. */
function marked(...drafts: readonly Draft[]): AppState {
  const start = state();
  const cells = start.cells.map((cell) => ({ ...cell, displaySet: 0, drawnFrame: cell.frameIndex }));
  return drafts.reduce<AppState>((now, draft) => reduce(now, { kind: "findings", act: { kind: "add", draft } }), { ...start, cells });
}

function assessments(frames: () => DecodedFrame | null) {
  let asked = 0;
  const made = createAssessments({ pixels: () => { asked += 1; return frames(); }, entries: () => null });
  return { ...made, asked: () => asked };
}

describe("the values of an annotation", () => {
  it("wait for the pixels, are found with them, and stay known when they are given up", () => {
    let here: DecodedFrame | null = null;
    const { rows } = assessments(() => here);
    const now = marked(region);
    expect(rows(now)[0]?.values.map(({ text }) => text)).toContain("values on their way");
    here = frame;
    const found = rows(now)[0]?.values.map(({ text }) => text);
    expect(found).toEqual(["Area 4.00 mm²", "Mean 76.0  SD 0.0 HU", "Min 76  Max 76 HU", "4 pixels"]);
    here = null;
    expect(rows(now)[0]?.values.map(({ text }) => text)).toEqual(found);
  });
  it("are found once", () => {
    const { rows, scenes, asked } = assessments(() => frame);
    const now = marked(region);
    const first = rows(now);
    const before = asked();
    scenes(now, AT_REST);
    expect(rows(now)).toBe(first);
    expect(asked()).toBe(before);
  });
  it("are found again for another image of the same place", () => {
    const { rows } = assessments(() => frame);
    const now = marked(region);
    rows(now);
    const other = plan({ revision: 2, displaySets: [displaySet({ image: image({ rescaleIntercept: [0] }) })] });
    expect(rows({ ...now, plan: other })[0]?.values.map(({ text }) => text)).toContain("Min 1100  Max 1100 HU");
  });
  it("name their place, and say when they were put on a reduced picture", () => {
    const [row] = assessments(() => frame).rows(marked({ ...region, reduced: 4 }));
    expect(row).toMatchObject({ name: "Rectangle ROI 1", place: "Soft, image 3 of 5", sources: ["in the patient", "placed on a reduced image (1/4)"] });
  });
});

describe("what is drawn", () => {
  it("lies in every cell that shows the frame, and in no other", () => {
    const { scenes } = assessments(() => frame);
    const now = marked(region);
    expect(scenes(now, AT_REST).map(({ marks }) => marks.length)).toEqual([1, 1]);
    const scrolled = reduce(now, { kind: "frame", cell: 1, frameIndex: 4 });
    expect(scenes(scrolled, AT_REST).map(({ marks }) => marks.length)).toEqual([1, 0]);
    expect(scenes({ ...now, oneUp: true, activeCell: 1 }, AT_REST).map(({ marks }) => marks.length)).toEqual([0, 1]);
  });
  it("is also what is under the hand, in place of what it moves", () => {
    const { scenes } = assessments(() => frame);
    const now = marked(region);
    const [annotation] = now.findings.annotations;
    if (annotation === undefined) throw new Error("none");
    const spot = { cell: 0, displaySet: 0, frameIndex: 2, image: image(), reduced: 1, cssPerPx: [1, 1] as const };
    const held = measureStep(measureStep(AT_REST, { kind: "down", spot, tool: null, point: [12, 7], hit: { annotation, part: 2 } }).state, { kind: "move", point: [20, 11] });
    const [scene] = scenes(now, held.state);
    expect(scene?.marks).toHaveLength(1);
    expect(scene?.marks[0]?.name).toContain("Area 60.0 mm²"); // 10 × 6 pixels of 0.5 × 2 mm
    const drawing = measureStep(AT_REST, { kind: "down", spot, tool: "length", point: [1, 1], hit: null });
    expect(scenes(now, drawing.state)[0]?.marks.map(({ id }) => id)).toEqual([1, null]);
  });
});
