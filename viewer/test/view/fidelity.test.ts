/** The badge line. Oracle: display.md 5 and H8 to H11, by hand. */
import { describe, expect, it } from "vitest";
import type { Cell } from "../../src/view/cell";
import { FITTED } from "../../src/view/cell";
import { badges } from "../../src/view/fidelity";
import { resolvedCell } from "../../src/view/resolve";
import { spacingWords } from "../../src/view/spacing";
import type { ImageTable, StackState, UltrasoundRegion } from "../../src/wire/types";
import { displaySet, image, plan, spacing, state } from "../plans";

/** Of the middle frame, 2 of 0 to 4, drawn unless said otherwise. */
function said(change: Partial<ImageTable> = {}, cellChange: Partial<Cell> = {}): readonly string[] {
  const set = displaySet({ image: image(change) });
  const from = state({ plan: plan({ displaySets: [set] }) });
  const [cell, resolved] = [from.cells[0], resolvedCell(from, 0)];
  if (cell === undefined || resolved === null) throw new Error("no cell");
  return badges({ ...cell, drawnFrame: 2, ...cellChange }, set, resolved).map(({ text }) => text);
}
const stack = (change: Partial<StackState>): Partial<ImageTable> => ({ stack: { state: "regular", stepMm: 5, gaps: [], tiltDeg: 0, ...change } });
const region: UltrasoundRegion = {
  left: 0, top: 0, right: 9, bottom: 9, spatialFormat: 1, dataType: 1, unitX: "mm", unitY: "mm", deltaX: 0.1, deltaY: 0.1, referencePixel: null, referenceValue: null,
};

describe("what was stored", () => {
  it.each<[Partial<ImageTable>, string]>([
    [{}, "full, lossless"],
    [{ lossy: [{ ratio: 12 }] }, "lossy 12:1"],
    [{ lossy: [{ ratio: 7.523 }] }, "lossy 7.52:1"],
    [{ lossy: [{ ratio: null }] }, "lossy, ratio unknown"],
    [{ transferSyntaxUid: "1.2.840.10008.1.2.4.50" }, "lossy, ratio unknown"],
    [{ transferSyntaxUid: "1.2.840.10008.1.2.4.81" }, "near-lossless"],
    [{ transferSyntaxUid: "1.2.840.10008.1.2.4.91" }, "possibly lossy"],
    [{ transferSyntaxUid: "1.2.840.10008.1.2.4.91", lossy: [{ ratio: 20 }] }, "lossy 20:1"],
    [{ transferSyntaxUid: "1.2.840.10008.1.2.4.90" }, "full, lossless"],
  ])("of %j reads %s", (change, expected) => {
    expect(said(change)[0]).toBe(expected);
  });

  it("is claimed of nothing that is not on the screen", () => {
    expect(said({}, { drawnFrame: null })).toEqual(["not on the screen yet"]);
    expect(said({}, { drawnFrame: 1 })).toEqual(["not on the screen yet"]);
  });

  it("is not full where the device drew fewer pixels", () => {
    expect(said({}, { drawnReduced: 2 }).slice(0, 2)).toEqual(["lossless", "reduced 1/2"]);
    expect(said({ lossy: [{ ratio: 12 }] }, { drawnReduced: 4 }).slice(0, 2)).toEqual(["lossy 12:1", "reduced 1/4"]);
  });
});

describe("how pixels meet the screen", () => {
  it("is interpolated, or single pixels by choice", () => {
    expect(said()[1]).toBe("interpolated");
    const one = state().cells[0];
    expect(one && said({}, { view: { ...one.view, interpolation: "nearest" } })[1]).toBe("single pixels");
  });

  it("is 1:1 only where each pixel is one of the screen", () => {
    // 40 columns of 1 mm and 300 rows of 1 mm fit 200 × 300 at 1 device pixel a mm
    expect(said({ rows: 300, spacing: spacing({ betweenRowsMm: 1, betweenColumnsMm: 1 }) })[1]).toBe("1:1 pixels");
    expect(said({ rows: 150, spacing: spacing({ betweenRowsMm: 2, betweenColumnsMm: 1 }) })[1]).toBe("interpolated");
  });
});

describe("how the slice lies in its stack", () => {
  it("is silent where all is regular", () => {
    expect(said()).toEqual(["full, lossless", "interpolated"]);
    expect(said({ stack: null })).toEqual(["full, lossless", "interpolated"]);
  });

  it("names a gap on both slices beside it, counted from 1, and only counts it elsewhere", () => {
    expect(said(stack({ state: "gaps", gaps: [2] }))).toContain("gap after 3");
    expect(said(stack({ state: "gaps", gaps: [1] }))).toContain("gap after 2");
    expect(said(stack({ state: "gaps", gaps: [0] }))).toContain("1 gap");
    expect(said(stack({ state: "gaps", gaps: [0, 3] }))).toContain("2 gaps");
    expect(said(stack({ state: "gaps", gaps: [1, 2] })).slice(2)).toEqual(["gap after 2", "gap after 3"]);
  });

  it.each<[Partial<StackState>, string]>([
    [{ state: "variable" }, "variable spacing"],
    [{ state: "irregular" }, "irregular spacing"],
    [{ tiltDeg: 15 }, "tilt 15°"],
    [{ tiltDeg: -7.25 }, "tilt 7.25°"],
  ])("of %j reads %s", (change, expected) => {
    expect(said(stack(change))).toContain(expected);
  });

  it("does not call rounding a tilt", () => {
    expect(said(stack({ tiltDeg: 0.02 })).join()).not.toContain("tilt");
  });
});

describe("millimetres", () => {
  it.each<[Partial<ImageTable>, string, boolean]>([
    [{}, "mm", true],
    [{ spacing: spacing({ source: "calibrated", note: "GEOMETRY, ball 25 mm" }) }, "calibrated mm (GEOMETRY, ball 25 mm)", true],
    [{ spacing: spacing({ source: "calibrated" }) }, "calibrated mm", true],
    [{ spacing: spacing({ source: "detector" }) }, "mm at the detector", true],
    [{ spacing: spacing({ source: "detector", magnification: 1.07 }) }, "mm at the detector (÷ 1.07 in the object's plane)", true],
    [{ spacing: spacing({ source: "detector", note: "calibration unknown" }) }, "mm, calibration unknown", true],
    [{ spacing: spacing({ source: "detector", note: "on the film or page that was scanned" }) }, "mm, on the film or page that was scanned", true],
    [{ spacing: spacing({ note: "localizer: at the isocentre" }) }, "mm, localizer: at the isocentre", true],
    [{ spacing: null, regions: [[region]] }, "region: mm", true],
    [{ spacing: null, regions: [[{ ...region, unitX: "s", unitY: "cm/s" }]] }, "no mm: pixels only", false],
    [{ spacing: null }, "no mm: pixels only", false],
    [{ spacing: null, pixelAspect: [2, 1] }, "no mm: pixels only", false],
  ])("of %j read %s", (change, text, calibrated) => {
    expect(spacingWords(image(change), 2)).toMatchObject({ text, calibrated });
    expect(said(change).includes("uncalibrated")).toBe(!calibrated);
  });

  it("of ultrasound are those of the frame shown", () => {
    const clip = image({ spacing: null, regions: [[region], [], [region]] });
    expect([0, 1, 2].map((frame) => spacingWords(clip, frame).calibrated)).toEqual([true, false, true]);
  });
});

describe("what lies over the image", () => {
  const shutters = [{ rectangle: null, circle: { row: 1, column: 1, radius: 9 }, polygon: [], presentationValue: 0 }];
  it("is said while a shutter is on, on its frames only", () => {
    expect(said({ shutters })).toContain("shuttered");
    expect(said({ shutters }, { view: { ...FITTED, shutterShown: false } })).not.toContain("shuttered");
    expect(said({ shutters: [...shutters, ...[1, 2, 3, 4].map(() => null)] })).not.toContain("shuttered");
  });
  it("is said where an overlay did not come", () => {
    expect(said({}, { drawnWithoutOverlay: true })).toContain("overlay not shown");
    expect(said()).not.toContain("overlay not shown");
  });
});
