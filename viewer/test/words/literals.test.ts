/** No visible text stands in code: every word comes from the catalogue. Oracle: the TypeScript compiler's own tree of each file. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const source = join(dirname(fileURLToPath(import.meta.url)), "../../src");
/** wire/ says its problems in English and with a code: view/problemWords.ts translates them. */
const ROOMS = ["findings", "main", "overlay", "page", "tools", "view"];
/** Attributes that are read aloud or shown. */
const SHOWN = /^(aria-label|aria-description|aria-roledescription|aria-valuetext|title|alt|placeholder|label)$/;
/** Two words after each other, or one that begins a sentence. */
const PROSE = /\p{L}{2,}[,.:;!?]? \p{L}{2,}/u;
const WORD = /\p{L}{2,}/u;
/** "settings.chrome.0", "closing.0Why": of the catalogue. */
const KEY = /^[a-z]\w*(\.\w+)+$/;

/** Said to developers, or to nobody. */
const NOT_SHOWN: readonly (readonly [file: string, text: RegExp])[] = [
  ["view/keyNames.ts", /./], // names of actions
  ["page/loader.ts", /^(This image|The other images)/], // a problem with a code
  ["main/problems.ts", /^(This image|Try again)/],
  ["main/tables.ts", /^(A part of|Try again|A lookup table)/],
  ["view/pixelKind.ts", /^PALETTE COLOR$/], // as the Standard spells it
  ["main/boot.ts", /^The page carries no reading/],
  ["page/settings.tsx", /^(English|Español|Français|Deutsch)$/], // each in its own language
];

function files(): readonly string[] {
  return ROOMS.flatMap((room) => {
    try {
      return readdirSync(join(source, room)).filter((name) => /\.tsx?$/.test(name)).map((name) => `${room}/${name}`);
    } catch {
      return []; // a room that is not built yet
    }
  });
}

function literals(file: string, text = readFileSync(join(source, file), "utf8")): readonly string[] {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true, file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const said = saidBy(node);
    if (said !== null && !NOT_SHOWN.some(([name, allowed]) => name === file && allowed.test(said))) found.push(said);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The text that this node would show; null where it shows none. */
function saidBy(node: ts.Node): string | null {
  if (ts.isJsxText(node)) return WORD.test(node.text) ? node.text.trim() : null;
  if (ts.isTemplateExpression(node)) return template(node);
  if (!ts.isStringLiteralLike(node) || isNoText(node)) return null;
  return (isDrawn(node) ? WORD : PROSE).test(node.text) ? node.text : null;
}

/** Stands as it is in the page, or in an attribute that is shown: then one word is text already. */
function isDrawn(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isConditionalExpression(parent)) return node !== parent.condition && isDrawn(parent);
  if (ts.isBinaryExpression(parent)) return /^(&&|\|\||\?\?)$/.test(parent.operatorToken.getText()) && isDrawn(parent);
  if (ts.isParenthesizedExpression(parent)) return isDrawn(parent);
  if (ts.isJsxExpression(parent)) return !ts.isJsxAttribute(parent.parent) || SHOWN.test(parent.parent.name.getText());
  return ts.isJsxAttribute(parent) && SHOWN.test(parent.name.getText());
}

function template(node: ts.TemplateExpression): string | null {
  if (isNoText(node)) return null;
  const parts = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  const whole = parts.join("0");
  if (KEY.test(whole)) return null;
  return PROSE.test(whole) || parts.some((part) => /(^| )\p{L}{3,}( |$)/u.test(part)) ? whole : null;
}

/** Types, imports, keys, comparisons, errors for developers, class names and styles. */
function isNoText(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isImportDeclaration(parent) || ts.isLiteralTypeNode(parent) || ts.isTemplateLiteralTypeNode(parent)) return true;
  if (ts.isNewExpression(parent) && /Error$/.test(parent.expression.getText())) return true;
  if (ts.isCallExpression(parent) && /(^|\.)(querySelector(All)?|matches|closest|mark|getEntriesByName|getContext|matchMedia|import)$/.test(parent.expression.getText())) return true;
  const attribute = ts.findAncestor(node, ts.isJsxAttribute);
  return attribute !== undefined && ts.findAncestor(node, ts.isArrowFunction) === ts.findAncestor(attribute, ts.isArrowFunction) && !SHOWN.test(attribute.name.getText());
}

it.each([
  "<p>Nothing yet</p>",
  "<p>{'Nothing yet'}</p>",
  "<p>{ready ? 'Yes' : t('no')}</p>",
  "<button title=\"Close\" />",
  "<button aria-label={`Close ${name}`} />",
  "say({ text: 'It is done.' })",
  "const label = `Image ${1} of ${2}`",
])("finds %s", (planted) => {
  expect(literals("page/planted.tsx", planted)).not.toEqual([]);
});

it.each([
  "<p class=\"quiet small\">{t('key')}</p>",
  "<p>· {name} ×</p>",
  "import x from 'some thing'",
  "throw new Error('no such thing here')",
  "const key = `settings.chrome.${one}`",
  "const key = `closing.${one}Why`",
])("lets pass %s", (fine) => {
  expect(literals("page/planted.tsx", fine)).toEqual([]);
});

describe.each(files())("%s", (file) => {
  it("shows no literal text", () => {
    expect(literals(file)).toEqual([]);
  });
});
