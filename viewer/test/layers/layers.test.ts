/** The walls of STYLE.md 12.2 stand: a planted violation makes dependency-cruiser fail. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const viewer = join(dirname(fileURLToPath(import.meta.url)), "../..");
const run = promisify(execFile);
let copy = "";

/** A small house with the same rooms and the same rules. */
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "layers-"));
  for (const file of [".dependency-cruiser.cjs", "tsconfig.json", "package.json", "eslint.config.mjs"]) cpSync(join(viewer, file), join(copy, file));
  symlinkSync(join(viewer, "node_modules"), join(copy, "node_modules"));
  for (const room of ["math", "wire", "words", "view", "findings", "engine", "decode", "tools", "page", "main"]) mkdirSync(join(copy, "src", room), { recursive: true });
});
afterAll(() => { rmSync(copy, { recursive: true, force: true }); });

async function cruised(files: Readonly<Record<string, string>>): Promise<{ readonly failed: boolean; readonly said: string }> {
  return checked(files, "dependency-cruiser/bin/dependency-cruise.mjs", ["--config", ".dependency-cruiser.cjs", "src"]);
}

async function checked(files: Readonly<Record<string, string>>, program: string, args: readonly string[]) {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(copy, path), text);
  try {
    const { stdout } = await run(process.execPath, [join(viewer, "node_modules", program), ...args], { cwd: copy });
    return { failed: false, said: stdout };
  } catch (cause) {
    return { failed: true, said: String((cause as { stdout?: unknown }).stdout) };
  } finally {
    for (const path of Object.keys(files)) rmSync(join(copy, path));
  }
}

const leaf = "export const x = 1;\n";
const uses = (path: string): string => `import { x } from "${path}";\nexport const y = x;\n`;

describe("dependency-cruiser", () => {
  it("accepts a house in order", async () => {
    const { failed } = await cruised({ "src/math/a.ts": leaf, "src/view/b.ts": uses("../math/a"), "src/main.ts": uses("./view/b").replace("{ x }", "{ y as x }") });
    expect(failed).toBe(false);
  }, 30_000);

  it.each([
    ["an upward import", "floor-1-imports-lower-floors-only", { "src/page/a.ts": leaf, "src/view/b.ts": uses("../page/a") }],
    ["an import of the roof", "floor-2-imports-lower-floors-only", { "src/main/a.ts": leaf, "src/page/b.ts": uses("../main/a") }],
    ["rooms of one floor that know each other", "floor-2-rooms-are-strangers", { "src/engine/a.ts": leaf, "src/tools/b.ts": uses("../engine/a") }],
    ["a view that measures for itself", "floor-1-rooms-are-strangers", { "src/findings/a.ts": leaf, "src/view/b.ts": uses("../findings/a") }],
    ["preact outside its room", "preact-stays-in-page", { "src/tools/b.ts": 'import { h } from "preact";\nexport const y = h;\n' }],
    ["messages formatted outside their room", "messages-stay-in-words", { "src/page/b.ts": 'import y from "intl-messageformat";\nexport { y };\n' }],
    ["a codec outside its room", "codecs-stay-in-decode", { "src/page/b.ts": 'import y from "@cornerstonejs/codec-charls/decodewasmjs";\nexport { y };\n' }],
    ["a circle", "no-circles", { "src/view/a.ts": 'import { y } from "./b";\nexport const x = () => y;\n', "src/view/b.ts": 'import { x } from "./a";\nexport const y = () => x;\n' }],
  ])("refuses %s", async (_name, rule, files) => {
    const { failed, said } = await cruised(files as Record<string, string>);
    expect(said).toContain(rule);
    expect(failed).toBe(true);
  }, 30_000);
});

describe("eslint", () => {
  it.each([
    ["fetch outside the client", "src/page/b.ts", 'export const y = () => fetch("/x");\n'],
    ["the document outside the page", "src/view/b.ts", "export const y = () => document.title;\n"],
    ["an any", "src/view/b.ts", "export const y: any = 1;\n"],
    ["a non-null assertion", "src/view/b.ts", "export const y = (z: string | null): string => z!;\n"],
  ])("refuses %s", async (_name, path, text) => {
    const { failed, said } = await checked({ [path]: text }, "eslint/bin/eslint.js", ["src"]);
    expect(said).toMatch(/no-restricted-globals|no-explicit-any|no-non-null-assertion/);
    expect(failed).toBe(true);
  }, 30_000);
});
