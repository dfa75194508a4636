/** The VOI applied. Oracle: PS3.3 C.11.2.1.1 (alternatives, none wins by itself), C.11.2.1.2.1 and hand computation. */
import { describe, expect, it } from "vitest";
import type { WindowChoice } from "../../src/view/cell";
import { endsOf, fromEnds, rescaled } from "../../src/view/suv";
import { appliedVoi, offeredBy, windowByHand } from "../../src/view/voi";
import type { VoiSources } from "../../src/view/voi";
import { presetsOf } from "../../src/view/window";
import type { ImageTable, SuvTable, VoiWindow } from "../../src/wire/types";
import { displaySet, image, RGB_8, table } from "../plans";

const window = (center: number, width: number, change: Partial<VoiWindow> = {}): VoiWindow => ({ center, width, function: "LINEAR", explanation: "", ...change });
const NORMAL = table({ index: 4, first: 0, count: 4096, bits: 14, explanation: "NORMAL" });
const HARDER = table({ index: 5, first: -1024, count: 2048, bits: 12, explanation: "HARDER" });
const BOTH = image({ windows: [window(1, 2), window(3, 4, { function: "SIGMOID" })], voiLuts: [NORMAL, HARDER] });
const apply = (choice: WindowChoice, from: ImageTable, change: Partial<VoiSources> = {}) => {
  return appliedVoi(choice, { image: from, frameIndex: 0, computed: null, planned: null, ...change });
};
const DEFAULT: WindowChoice = { kind: "default" };

describe("without a choice", () => {
  it("is the file's first window, and its first lookup table only where it has no window", () => {
    expect(apply(DEFAULT, BOTH)?.voi).toEqual({ kind: "window", window: BOTH.windows[0] });
    expect(apply(DEFAULT, image({ windows: [], voiLuts: [NORMAL] }))?.voi).toEqual({ kind: "table", table: NORMAL });
  });

  it("is the plan's wish before either", () => {
    expect(apply(DEFAULT, BOTH, { planned: window(-600, 1500) })?.voi).toMatchObject({ window: { center: -600 } });
  });

  it("is computed only where the file states none, and not there before it is", () => {
    expect(apply(DEFAULT, image({ windows: [] }), { computed: window(9, 9) })?.voi).toMatchObject({ window: { center: 9 } });
    expect(apply(DEFAULT, image({ windows: [] }))).toBeNull();
    expect(apply(DEFAULT, BOTH, { computed: window(9, 9) })?.voi).toMatchObject({ window: { center: 1 } });
  });
});

describe("a choice", () => {
  it("is taken from what the file offers, windows first, then lookup tables", () => {
    expect(offeredBy(BOTH).map(({ choice }) => choice)).toEqual([
      { kind: "stated", index: 0 }, { kind: "stated", index: 1 }, { kind: "table", index: 0 }, { kind: "table", index: 1 },
    ]);
    for (const { choice, voi } of offeredBy(BOTH)) expect(apply(choice, BOTH)?.voi).toEqual(voi);
  });

  it("that the file does not offer falls back to what it does", () => {
    expect(apply({ kind: "table", index: 9 }, BOTH)?.voi).toMatchObject({ window: { center: 1 } });
    expect(apply({ kind: "stated", index: 9 }, BOTH)?.voi).toMatchObject({ window: { center: 1 } });
    expect(apply({ kind: "stated", index: 0 }, image({ windows: [] }), { computed: window(9, 9) })?.voi).toMatchObject({ window: { center: 9 } });
  });
});

describe("colour", () => {
  it.each([image({ pixels: RGB_8 }), image({ pixels: { ...RGB_8, samplesPerPixel: 1, photometricInterpretation: "PALETTE COLOR" } })])("has none, whatever the file states", (colour) => {
    expect(apply(DEFAULT, colour)).toEqual({ voi: { kind: "none" }, read: null });
    expect(apply({ kind: "own", window: window(1, 2) }, colour)?.voi).toEqual({ kind: "none" });
    expect(offeredBy(colour)).toEqual([]);
  });
});

describe("a hand that leaves a lookup table", () => {
  it("starts from a ramp over the table's whole input, and says so", () => {
    const applied = apply({ kind: "table", index: 1 }, BOTH);
    const byHand = applied && windowByHand(applied);
    expect(byHand && endsOf(byHand.window)).toEqual([-1024, 1023]);
    expect(byHand?.window).toMatchObject({ function: "LINEAR_EXACT", explanation: "lookup table off" });
  });

  it("has a ramp even of a table of one entry", () => {
    const one = apply(DEFAULT, image({ windows: [], voiLuts: [table({ first: 7, count: 1 })] }));
    expect(one && windowByHand(one)?.window.width).toBe(1);
  });
});

describe("PET with SUV", () => {
  const suv: SuvTable = {
    types: [{ name: "SUVbw", unit: "g/ml", factors: [0.0002, 0.0004] }, { name: "SUVbsa", unit: "cm2/ml", factors: [0.00005] }],
    refusal: "",
  };
  const pet = image({ unit: "BQML", suv, windows: [window(10_000, 20_000)] });

  it("opens at SUV 0 to 5: 0 to 25 000 Bq/ml with a factor of 0.0002", () => {
    const applied = apply(DEFAULT, pet);
    const { voi, read } = applied ?? {};
    expect(voi?.kind === "window" && endsOf(voi.window)).toEqual([0, expect.closeTo(25_000, 6)]);
    expect(voi?.kind === "window" && voi.window.function).toBe("LINEAR_EXACT");
    expect(read && endsOf(read.window)).toEqual([0, 5]);
  });

  it("follows each frame's own factor", () => {
    const { voi } = apply(DEFAULT, pet, { frameIndex: 1 }) ?? {};
    expect(voi?.kind === "window" && endsOf(voi.window)).toEqual([0, expect.closeTo(12_500, 6)]);
  });

  it("has presets from 0 to their upper end: not a ramp of no width at N, which H14 found elsewhere", () => {
    const presets = presetsOf(displaySet({ modality: "PT", image: pet }));
    expect(presets.map(({ window: one, suv: name }) => [name, ...endsOf(one)])).toEqual([5, 7, 10, 15, 20, 3].map((upper) => ["SUVbw", 0, upper]));
  });

  it("reads the file's own windows in SUV too", () => {
    const { read } = apply({ kind: "stated", index: 0 }, pet) ?? {};
    // LINEAR 10 000 / 20 000: its ramp goes from 0 to 19 999 (C.11.2.1.2.1)
    expect(read && endsOf(read.window)).toEqual([0, expect.closeTo(3.9998, 9)]);
  });

  it("wins over neither the plan nor the reader", () => {
    expect(apply(DEFAULT, pet, { planned: window(1, 2) })?.voi).toMatchObject({ window: { center: 1 } });
    expect(apply({ kind: "stated", index: 0 }, pet)?.voi).toMatchObject({ window: { center: 10_000 } });
  });

  it("is not there where it was refused: then the file's window, and no SUV presets", () => {
    const none = image({ unit: "BQML", suv: { types: [], refusal: "PatientWeight is missing." }, windows: [window(10_000, 20_000)] });
    expect(apply(DEFAULT, none)).toMatchObject({ voi: { window: { center: 10_000 } }, read: { suv: null } });
    expect(presetsOf(displaySet({ modality: "PT", image: none }))).toEqual([]);
    expect(apply({ kind: "own", window: window(1, 2), suv: "SUVbw" }, none)?.voi).toMatchObject({ window: { center: 10_000 } });
  });

  it.each([0, -1, NaN, Infinity])("is not there where a factor is %d", (factor) => {
    const broken = image({ suv: { types: [{ name: "SUVbw", unit: "g/ml", factors: [factor] }], refusal: "" } });
    expect(apply(DEFAULT, broken)?.read?.suv).toBeNull();
  });
});

it("a window in other units darkens and lightens the same values", () => {
  const linear = window(40, 400); // its ramp: −160 to 239 (C.11.2.1.2.1: c − 0.5 ± (w − 1) / 2)
  expect(endsOf(rescaled(linear, 2))).toEqual([-320, 478]);
  expect(rescaled(window(40, 400, { function: "SIGMOID" }), 2)).toEqual(window(80, 800, { function: "SIGMOID" }));
  expect(rescaled(fromEnds(1, 3, "x"), 0.5)).toEqual(fromEnds(0.5, 1.5, "x"));
});
