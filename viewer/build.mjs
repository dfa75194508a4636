// Builds static/dist: main.js, main.css, decodeWorker.js, and a script and a wasm file for each codec.
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

const script = {
  ...shared,
  entryPoints: { main: "src/main.ts" },
  outdir: dist,
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
};

const style = { ...shared, entryPoints: { main: "../static/css/main.css" }, outdir: dist };

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

/** Everything is built before anything is written: a failed build leaves the last good one. */
async function buildAll() {
  await access(resolve(here, "node_modules/esbuild")).catch(() => {
    throw new Error("node_modules is missing: run `npm ci` in viewer/ first.");
  });
  const { build } = await import("esbuild");
  const built = await Promise.all([build(script), build(style), build(worker), build(codecs)]);
  const files = built.flatMap(({ outputFiles }) => outputFiles);
  const wasm = await Promise.all(WASM.map(({ file }) => readFile(resolve(packages, file))));
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await Promise.all(files.map(({ path, contents }) => writeFile(resolve(dist, basename(path)), contents)));
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
