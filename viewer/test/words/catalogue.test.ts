/** Every language says everything, with the same arguments. Oracle: the ICU parser of intl-messageformat. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";
import { argumentsOf } from "../../src/words/catalogue";
import { de } from "../../src/words/de";
import { en } from "../../src/words/en";
import { es } from "../../src/words/es";
import { fr } from "../../src/words/fr";

const catalogues: Readonly<Record<string, Readonly<Record<string, string>>>> = { en, es, fr, de };

type Parsed = ReturnType<InstanceType<typeof IntlMessageFormat>["getAst"]>;

/** The names that the library asks for. 0 is text, 7 the # of a plural; 5 and 6 have branches, 8 is a tag. */
function asked(ast: Parsed): readonly string[] {
  return ast.flatMap((element) => {
    if (element.type === 0 || element.type === 7) return [];
    if (element.type === 8) throw new Error("a message holds no markup");
    if (element.type === 5) throw new Error("a message has no select: two keys say it plainer");
    const inner = element.type === 6 ? Object.values(element.options).flatMap(({ value }) => asked(value)) : [];
    return [element.value, ...inner];
  });
}

describe.each(Object.keys(catalogues))("the words of %s", (language) => {
  const words = catalogues[language] ?? {};

  it("has every key of English and no other", () => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(Object.entries(words))("%s is a message with the arguments of the English one", (key, text) => {
    const names = [...new Set(asked(new IntlMessageFormat(text, language).getAst()))].sort();
    expect(names).toEqual(argumentsOf(catalogues.en?.[key] ?? ""));
    expect(text.trim()).not.toBe("");
    expect(text).toBe(text.normalize("NFC"));
  });
});

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../src/words/parts");

it("no key is said by two rooms, and every room is heard", async () => {
  const rooms = await Promise.all(readdirSync(folder).map((file) => import(join(folder, file)) as Promise<{ readonly en: object }>));
  expect(rooms.flatMap((room) => Object.keys(room.en)).sort()).toEqual(Object.keys(en).sort());
});
