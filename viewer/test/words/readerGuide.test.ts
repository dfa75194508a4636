/** The reader's guide has the keys as they are shipped. To renew it: UPDATE_DOCS=1 npx vitest run test/words/readerGuide.test.ts */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { KeyGroup } from "../../src/view/keyNames";
import { KEY_GROUPS } from "../../src/view/keyNames";
import { actionName, chordText, keymapOf } from "../../src/view/keys";
import { DEFAULT_PREFERENCES } from "../../src/wire/preferences";
import { t } from "../../src/words/words";

const guide = join(dirname(fileURLToPath(import.meta.url)), "../../../docs/reader.md");
const [BEGIN, END] = [/<!-- keys: .* -->\n/, "<!-- end of keys -->"];

function table(): string {
  const { byAction } = keymapOf(DEFAULT_PREFERENCES);
  return (Object.keys(KEY_GROUPS) as KeyGroup[]).map((group) => {
    const rows = KEY_GROUPS[group].map((id) => `| ${byAction[id].map((chord) => `\`${chordText(chord)}\``).join(" or ") || "no key"} | ${actionName(id)} |`);
    return `| ${t(`keyGroup.${group}`)} | |\n|---|---|\n${rows.join("\n")}\n`;
  }).join("\n");
}

it("has the keys as they are shipped", () => {
  const text = readFileSync(guide, "utf8");
  const begin = BEGIN.exec(text);
  if (begin === null) throw new Error("the guide has no place for the keys");
  const from = begin.index + begin[0].length;
  const until = text.indexOf(END);
  const renewed = `${text.slice(0, from)}\n${table()}\n${text.slice(until)}`;
  if (process.env.UPDATE_DOCS === "1") writeFileSync(guide, renewed);
  else expect(text).toBe(renewed);
});
