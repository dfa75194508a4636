/** Each note of the server on an image is said in every language. Oracle: the server's own table of codes. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { en } from "../../src/words/en";
import { suvRefusal } from "../../src/words/notes";
import { speak, tOr } from "../../src/words/words";

const server = join(dirname(fileURLToPath(import.meta.url)), "../../../smart_viewer");
const table = /NOT_APPLIED[^{]*\{([^}]*)\}/.exec(readFileSync(join(server, "dicom/read_appearance.py"), "utf8"))?.[1] ?? "";
const sets = readFileSync(join(server, "reading/plan_sets.py"), "utf8");
const codes = new Set([...table.matchAll(/"(\w+)": "/g), ...sets.matchAll(/said\.append\(\("(\w+)"/g)].map(([, code]) => code ?? ""));

it("reads the server's table", () => {
  expect(codes.size).toBeGreaterThanOrEqual(12);
});

it.each([...codes])("%s has words of its own, short and whole", (code) => {
  expect(Object.keys(en)).toEqual(expect.arrayContaining([`badge.note.${code}`, `badge.noteTitle.${code}`]));
});

it("what is not known stays as the server says it", () => {
  expect(tOr("badge.noteTitle.of_tomorrow", "Said by the server.")).toBe("Said by the server.");
});

const why = ["dicom/read_pet.py", "imaging/suv.py"].map((file) => readFileSync(join(server, file), "utf8")).join();
const refusals = [...why.matchAll(/SuvRefused\("([^"]*)"\)/g)].map(([, said]) => said ?? "");

it.each(refusals)("%s is said in French too", async (reason) => {
  await speak("fr");
  expect(suvRefusal(reason)).not.toBe(reason);
  await speak("en");
  expect(suvRefusal(reason)).toBe(reason);
});

it.each(["attenuation", "decay", "attenuation and decay"])("an image not corrected for %s is said in German", async (what) => {
  await speak("de");
  expect(suvRefusal(`The image is not corrected for ${what}.`)).toContain("korrigiert");
  await speak("en");
});
