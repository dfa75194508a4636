/** The words on an image. Oracle: ux.md 2, display.md 5, PS3.5 6.2. */
import { describe, expect, it } from "vitest";
import { age, allergyText, corners, personName, windowText } from "../../src/view/labels";
import { priorMark } from "../../src/view/planWords";
import { resolvedCell } from "../../src/view/resolve";
import { reduce } from "../../src/view/actions";
import type { AppState } from "../../src/view/viewState";
import { displaySet, hanging, image, plan, priorStudy, RGB_8, spacing, stage, stageCell, state, study, table } from "../plans";
import type { DisplaySet } from "../../src/wire/types";

function words(from: AppState, set: DisplaySet = displaySet()): string {
  const cell = from.cells[0];
  if (cell === undefined) throw new Error("no cell");
  return Object.values(corners(cell, set, resolvedCell(from, 0))).flat().map(({ text }) => text).join("\n");
}

describe("identity", () => {
  it("is there even before the picture", () => {
    expect(words(state({ viewports: [null, null] }))).toContain("EXAMPLE, ADA\nID MRN-1\n* 1961-04-12  F\nStudy 2026-11-02 09:41");
  });

  it("says where an id was assigned, and what the gate warns of", () => {
    const set = displaySet({ study: { ...study, patientIdAssigned: true, warnings: ["Birth date not verified."] } });
    expect(words(state(), set)).toContain("MRN-1 (assigned id)");
    expect(words(state(), set)).toContain("Birth date not verified.");
  });

  it("says what is missing instead of leaving a gap", () => {
    const set = displaySet({ study: { ...study, patientName: "", patientId: "", birthDate: "", date: "" } });
    expect(words(state(), set)).toMatch(/No name in the image\nNo ID in the image\nbirth date not stated.*\nStudy undated/);
  });
});

describe("a prior", () => {
  it("says so first, with its date and its distance", () => {
    expect(words(state(), displaySet({ study: priorStudy }))).toMatch(/^PRIOR 2024-03-02 \(−32 mo\)\nEXAMPLE, ADA/);
    expect(words(state())).not.toContain("PRIOR");
  });

  it.each([
    [{ monthsBefore: null }, "PRIOR 2024-03-02"],
    [{ monthsBefore: 0 }, "PRIOR 2024-03-02 (< 1 mo)"],
    [{ monthsBefore: -2 }, "PRIOR 2024-03-02 (+2 mo)"],
    [{ date: "", monthsBefore: null }, "PRIOR undated"],
  ])("with %j reads %s", (change, expected) => {
    expect(priorMark({ ...priorStudy, ...change })).toBe(expected);
  });
});

it("the plan's name for the cell stands above the series' own", () => {
  const from = state({ plan: plan({ hanging: hanging(stage([stageCell(0, { label: "Prior lung" })])) }) });
  expect(words(from)).toContain("Prior lung\nSoft\nSeries 3");
});

describe("place and look", () => {
  it("counts images from 1 and gives the position along the normal", () => {
    expect(words(reduce(state(), { kind: "frame", cell: 0, frameIndex: 1 }))).toContain("2 / 5\n−5.0 mm · 5 mm thick");
  });

  it("says FLIPPED, ROTATED and INVERTED", () => {
    const turned = [{ kind: "flip", cell: 0, axis: "horizontal" }, { kind: "rotate", cell: 0, quarterTurns: 1 }, { kind: "invert", cell: 0 }] as const;
    expect(words(turned.reduce(reduce, state()))).toContain("FLIPPED · ROTATED 270° · INVERTED");
  });

  it("says what of the file is switched off, only where the file has it", () => {
    const hidden = [{ kind: "overlays", cell: 0 }, { kind: "shutter", cell: 0 }] as const;
    expect(words(hidden.reduce(reduce, state()))).not.toContain("OFF");
    const overlay = { index: 0, frame: 2, rows: 1, columns: 1, origin: [1, 1], bit: 0, label: "" } as const;
    const shutter = { rectangle: null, circle: { row: 1, column: 1, radius: 9 }, polygon: [], presentationValue: 0 };
    const both = displaySet({ image: image({ overlays: [overlay], shutters: [shutter] }) });
    const from = state({ plan: plan({ displaySets: [both] }) });
    expect(words(from, both)).not.toContain("OFF");
    expect(words(hidden.reduce(reduce, from), both)).toContain("OVERLAYS OFF · SHUTTER OFF");
    const elsewhere = displaySet({ image: image({ overlays: [{ ...overlay, frame: 0 }] }) });
    expect(words(hidden.reduce(reduce, from), elsewhere)).not.toContain("OFF");
  });

  it("names a lookup table, and says that colours have no window", () => {
    const set = displaySet({ image: image({ windows: [], voiLuts: [table({ explanation: "HARDER" })] }) });
    expect(words(state({ plan: plan({ displaySets: [set] }) }), set)).toContain("LUT · HARDER");
    const colour = displaySet({ image: image({ pixels: RGB_8 }) });
    expect(words(state({ plan: plan({ displaySets: [colour] }) }), colour)).toContain("Colour: no window");
  });

  it("reads PET in SUV by its ends, and says why there is none", () => {
    const suv = { types: [{ name: "SUVbw", unit: "g/ml", factors: [0.0002] }], refusal: "" };
    const pet = displaySet({ modality: "PT", image: image({ unit: "BQML", suv }) });
    expect(words(state({ plan: plan({ displaySets: [pet] }) }), pet)).toContain("SUVbw 0–5 g/ml");
    const without = displaySet({ modality: "PT", image: image({ unit: "BQML", suv: { types: [], refusal: "PatientWeight is missing." } }) });
    const text = words(state({ plan: plan({ displaySets: [without] }) }), without);
    expect(text).toContain("W 400  L 40 BQML · SOFT\nNo SUV: PatientWeight is missing.");
  });

  it("names the window with its unit", () => {
    const resolved = resolvedCell(state(), 0);
    expect(resolved && windowText(resolved, "HU")).toBe("W 400  L 40 HU · SOFT");
  });

  it("says which millimetres it has", () => {
    expect(words(state(), displaySet({ image: image({ spacing: null }) }))).toContain("no mm: pixels only");
    expect(words(state(), displaySet({ image: image({ spacing: spacing({ betweenRowsMm: 1, betweenColumnsMm: 1, source: "detector" }) }) }))).toContain("mm at the detector");
    const unknown = words(state(), displaySet({ image: image({ spacing: spacing({ source: "detector", note: "calibration unknown" }) }) }));
    expect(unknown).toContain("mm, calibration unknown");
    expect(unknown).not.toContain("detector");
    expect(words(state(), displaySet({ image: image({ spacing: spacing({ note: "localizer: at the isocentre" }) }) }))).toContain("mm, localizer: at the isocentre");
  });
});

it.each([
  ["EXAMPLE^ADA^M^Dr^Jr", "Dr EXAMPLE, ADA M Jr"],
  ["EXAMPLE^ADA=山田^太郎", "EXAMPLE, ADA"],
  ["Ada Example", "Ada Example"],
  ["", ""],
])("%s reads as %s", (name, expected) => {
  expect(personName(name)).toBe(expected);
});

it.each([
  ["1961-04-12", "65 y"],
  ["1961-11-03", "64 y"],
  ["1961-11-02", "65 y"],
  ["2025-12-15", "10 mo"],
  ["1961", "about 65 y"],
  ["", ""],
  ["2027-01-01", ""],
])("born %s is, on 2026-11-02, %s", (birthDate, expected) => {
  expect(age(birthDate, new Date(2026, 10, 2))).toBe(expected);
});

it("a plan without display sets resolves to empty cells", () => {
  expect(state({ plan: plan({ displaySets: [] }) }).cells).toHaveLength(2);
});

describe("allergies", () => {
  it("are named, with their risk where it is high", () => {
    expect(allergyText([{ text: "Contrast", high: true }, { text: "Latex", high: false }, { text: "", high: false }])).toBe("Contrast (high risk), Latex, not named");
  });
});
