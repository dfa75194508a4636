/** What is said in which language. */
import { afterEach, expect, it } from "vitest";
import { language, languageOf, localDate, localNumber, speak, t, tOr } from "../../src/words/words";

afterEach(() => speak("en"));

it("speaks English until it is told otherwise", () => {
  expect(language()).toBe("en");
  expect(t("banner.born")).toBe("Born");
});

it("speaks another language once its words are here", async () => {
  await speak("de", ["de-CH", "en"]);
  expect(t("banner.born")).toBe("Geboren");
});

it("chooses the plural as the language does", async () => {
  expect(t("plan.series", { count: 1 })).toBe("1 series");
  await speak("fr");
  expect(t("plan.series", { count: 0 })).toBe("0 série");
  expect(t("plan.series", { count: 2 })).toBe("2 séries");
});

it("does not group digits: 1.024 is not a thousand and twenty-four", async () => {
  await speak("de");
  expect(t("plan.series", { count: 1024 })).toBe("1024 Serien");
});

it.each([
  [["fr-CA", "en"], "fr"],
  [["pt-BR", "es-MX"], "es"],
  [["ja"], "en"],
  [[], "en"],
])("of the languages %j it speaks %s", (wanted, expected) => {
  expect(languageOf(wanted)).toBe(expected);
});

it.each([
  ["en", "2024-03-02", "2024-03-02"],
  ["de", "2024-03-02", "02.03.2024"],
  ["fr", "2024-03-02", "02/03/2024"],
  ["es", "2024-03-02", "02/03/2024"],
  ["de", "2024", "2024"],
  ["de", "unknown", "unknown"],
] as const)("in %s the day %s is %s", async (wanted, iso, expected) => {
  await speak(wanted);
  expect(localDate(iso)).toBe(expected);
});

it("writes tenths as the reader's region does", async () => {
  expect(localNumber("−1.5")).toBe("−1.5");
  await speak("de", ["de-DE"]);
  expect(localNumber("−1.5")).toBe("−1,5");
  await speak("es", ["es-MX"]);
  expect(localNumber("−1.5")).toBe("−1.5");
});

it("falls back to the server's words where a code has none", () => {
  expect(tOr("refusal.no_such_code", "As the server says.")).toBe("As the server says.");
});

it("words that come late do not replace those that were asked for after them", async () => {
  await Promise.all([speak("fr"), speak("en")]);
  expect(language()).toBe("en");
});
