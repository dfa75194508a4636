/** Search among attributes. Oracle: a small tree, searched by eye. */
import { expect, it } from "vitest";
import { MOST_FOUND, searched, tagText } from "../../src/view/tagSearch";
import type { Tag } from "../../src/wire/tags";

const tag = (change: Partial<Tag>): Tag => ({ tag: "00080060", keyword: "Modality", vr: "CS", text: "CT", bytes: null, cut: false, items: [], ...change });
const name = tag({ tag: "00100010", keyword: "PatientName", vr: "PN", text: "Sandbox^Chest" });
const code = tag({ tag: "00080104", keyword: "CodeMeaning", vr: "LO", text: "Chest CT" });
const sequence = tag({ tag: "00081032", keyword: "ProcedureCodeSequence", vr: "SQ", text: "", items: [[tag({ tag: "00080100", keyword: "CodeValue", text: "X1" }), code], [tag({})]] });
const tree = [tag({}), sequence, name];
const keywords = (tags: readonly Tag[]): readonly string[] => tags.flatMap(({ keyword, items }) => [keyword, ...items.flatMap(keywords)]);

it.each([
  ["", ["Modality", "ProcedureCodeSequence", "CodeValue", "CodeMeaning", "Modality", "PatientName"], 6],
  ["patientname", ["PatientName"], 1],
  ["Patient Name", ["PatientName"], 1],
  ["(0010,0010)", ["PatientName"], 1],
  ["00100010", ["PatientName"], 1],
  ["chest", ["ProcedureCodeSequence", "CodeMeaning", "PatientName"], 2],
  ["procedure", ["ProcedureCodeSequence", "CodeValue", "CodeMeaning", "Modality"], 1],
  ["nothing like it", [], 0],
])("%j finds %j", (wanted, expected, count) => {
  const found = searched(tree, wanted);
  expect(keywords(found.tags)).toEqual(expected);
  expect(found).toMatchObject({ count, more: 0 });
});

it("a very large object is listed as far as it can be read, and says how much is not", () => {
  const many = Array.from({ length: MOST_FOUND + 5 }, () => tag({}));
  const found = searched(many, "modality");
  expect(found.tags).toHaveLength(MOST_FOUND);
  expect(found).toMatchObject({ count: MOST_FOUND + 5, more: 5 });
});

it("a tag is written as in the Standard", () => {
  expect(tagText("7FE00010")).toBe("(7FE0,0010)");
});
