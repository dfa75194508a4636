// Builds static/dist: main.js and the parts it fetches later, main.css, words-<language>.js, decodeWorker.js,
// and a script and a wasm file for each codec.
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(here, process.env.SMART_VIEWER_DIST ?? "../static/dist");
const packages = resolve(here, "node_modules/@cornerstonejs");
/** Each codec's script in src/decode/codecs/ and its WebAssembly, which keeps the name that src/decode/protocol.ts gives. */
const WASM = [
  { script: "charls", file: "codec-charls/dist/charlswasm_decode.wasm" },
  { script: "jpeg", file: "codec-libjpeg-turbo-8bit/dist/libjpegturbowasm_decode.wasm" },
  { script: "openjpeg", file: "codec-openjpeg/dist/openjpegwasm_decode.wasm" },
  { script: "openjph", file: "codec-openjph/dist/openjphjs.wasm" },
];

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  legalComments: "none",
  charset: "utf8",
  target: ["chrome111", "firefox114", "safari16.4"],
  loader: { ".glsl": "text" },
  logLevel: "silent",
  write: false,
};

/** A language's words are a file of its own; apart, so that none of them holds the words of another. */
const LANGUAGES = ["es", "fr", "de"];
const languagesApart = {
  name: "languages apart",
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/(es|fr|de)$/ }, ({ path }) => ({ path: `./words-${basename(path)}.js`, external: true })),
};

/** What is imported by `import()` becomes a part that is fetched when it is first needed. */
const script = {
  ...shared,
  entryPoints: { main: "src/main.ts" },
  outdir: dist,
  format: "esm",
  splitting: true,
  chunkNames: "part-[name]-[hash]",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [languagesApart],
};

const words = {
  ...shared,
  entryPoints: Object.fromEntries(LANGUAGES.map((language) => [`words-${language}`, `src/words/${language}.ts`])),
  outdir: dist,
  format: "esm",
};

/** The font lies in a package of ours, its file beside the style. */
const style = {
  ...shared,
  entryPoints: { main: "../static/css/main.css" },
  outdir: dist,
  nodePaths: [resolve(here, "node_modules")],
  loader: { ".woff2": "file" },
  assetNames: "[name]",
};

/** The codecs' scripts are files of their own, so that each is fetched when its first frame comes. */
const apart = {
  name: "codecs apart",
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/codecs\// }, ({ path }) => ({ path: `./codec-${basename(path)}.js`, external: true })),
};

const worker = {
  ...shared,
  entryPoints: { decodeWorker: "src/decode/decodeWorker.ts" },
  outdir: dist,
  format: "esm",
  plugins: [apart],
};

/** Their Node branches name fs and path; a worker never takes them. */
const codecs = {
  ...shared,
  entryPoints: Object.fromEntries(WASM.map(({ script }) => [`codec-${script}`, `src/decode/codecs/${script}.ts`])),
  outdir: dist,
  format: "esm",
  external: ["fs", "path"],
};

/** What main.js takes in at once: the page names them, so that the browser fetches them beside it and not after it. */
function partsOf({ outputs }) {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const found = new Set();
  const visit = (name) => {
    for (const { path, kind } of byName.get(name)?.imports ?? []) {
      const part = basename(path);
      if (kind !== "import-statement" || found.has(part)) continue;
      found.add(part);
      visit(part);
    }
  };
  visit("main.js");
  return [...found].sort();
}

/** Everything is built before anything is written: a failed build leaves the last good one. */
async function buildAll() {
  await access(resolve(here, "node_modules/esbuild")).catch(() => {
    throw new Error("node_modules is missing: run `npm ci` in viewer/ first.");
  });
  const { build } = await import("esbuild");
  const page = await build({ ...script, metafile: true });
  const built = await Promise.all([page, build(words), build(style), build(worker), build(codecs)]);
  const files = built.flatMap(({ outputFiles }) => outputFiles);
  const wasm = await Promise.all(WASM.map(({ file }) => readFile(resolve(packages, file))));
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await Promise.all(files.map(({ path, contents }) => writeFile(resolve(dist, basename(path)), contents)));
  await writeFile(resolve(dist, "preload.json"), JSON.stringify(partsOf(page.metafile)));
  await Promise.all(wasm.map((contents, i) => writeFile(resolve(dist, basename(WASM[i].file)), contents)));
}

/** esbuild's own list of errors as lines of file:line: text. */
function sentence(problem) {
  const errors = problem.errors ?? [];
  const lines = errors.map(({ location, text }) =>
    location === null ? text : `${location.file}:${location.line}: ${text}`,
  );
  return lines.length > 0 ? lines.join("\n  ") : problem.message;
}

buildAll().catch((problem) => {
  console.error(`The viewer page could not be built:\n  ${sentence(problem)}`);
  process.exitCode = 1;
});
