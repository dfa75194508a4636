/** One pixel in words. Oracle: hand-written sentences; display.md 4 (PET: the unit and SUV). */
import { expect, it } from "vitest";
import type { PixelFacts } from "../../src/view/readout";
import { readoutText } from "../../src/view/readout";
import type { ImageTable } from "../../src/wire/types";
import { image } from "../plans";

const facts = (change: Partial<PixelFacts>): PixelFacts => ({ column: 11, row: 4, stored: 1064, modality: 40, suv: [], rgb: null, padding: false, ...change });
const SUV = [{ name: "SUVbw", unit: "g/ml", value: 3.2071 }, { name: "SUVlbm", unit: "g/ml", value: 2.5 }];

it.each<[string, PixelFacts, Partial<ImageTable>, boolean, string]>([
  ["CT", facts({}), {}, false, "column 12, row 5 · stored 1064 · 40 HU"],
  ["below zero", facts({ stored: -24, modality: -1024 }), {}, false, "column 12, row 5 · stored −24 · −1024 HU"],
  ["no unit", facts({}), { unit: "" }, false, "column 12, row 5 · stored 1064 · 40"],
  ["PET", facts({ modality: 16035.5, suv: SUV }), { unit: "BQML" }, false, "column 12, row 5 · stored 1064 · 16036 BQML · SUVbw 3.207 g/ml"],
  ["PET in detail", facts({ modality: 16035.5, suv: SUV }), { unit: "BQML" }, true, "column 12, row 5 · stored 1064 · 16036 BQML · SUVbw 3.207 g/ml · SUVlbm 2.5 g/ml"],
  ["padding", facts({ stored: -2000, modality: -3024, suv: SUV, padding: true }), {}, true, "column 12, row 5 · stored −2000 · padding"],
  ["float", facts({ stored: 0.1234567891, modality: 0.1234567891 }), { unit: "" }, false, "column 12, row 5 · stored 0.1234568 · 0.1235"],
  ["no number", facts({ stored: NaN, modality: NaN, padding: true }), {}, false, "column 12, row 5 · stored NaN · padding"],
  ["colour", facts({ stored: null, modality: null, rgb: [255, 0, 12] }), {}, false, "column 12, row 5 · R 255 G 0 B 12"],
  ["a table on its way", facts({ modality: null }), {}, false, "column 12, row 5 · stored 1064"],
])("%s", (_name, pixel, change, detailed, expected) => {
  expect(readoutText(pixel, image(change), detailed)).toBe(expected);
});
