// Builds static/dist: main.js, main.css, decodeWorker.js and the codec's wasm file.
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(here, process.env.SMART_VIEWER_DIST ?? "../static/dist");
const codecs = resolve(here, "node_modules/@cornerstonejs/codec-charls/dist");

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

/** The codec's Node branch names fs and path; the worker never takes it. */
const worker = {
  ...shared,
  entryPoints: { decodeWorker: "src/decode/decodeWorker.ts" },
  outdir: dist,
  format: "iife",
  external: ["fs", "path"],
};

/** Everything is built before anything is written: a failed build leaves the last good one. */
async function buildAll() {
  await access(resolve(here, "node_modules/esbuild")).catch(() => {
    throw new Error("node_modules is missing: run `npm ci` in viewer/ first.");
  });
  const { build } = await import("esbuild");
  const built = await Promise.all([build(script), build(style), build(worker)]);
  const files = built.flatMap(({ outputFiles }) => outputFiles);
  const wasm = await readFile(resolve(codecs, "charlswasm_decode.wasm"));
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await Promise.all(files.map(({ path, contents }) => writeFile(resolve(dist, basename(path)), contents)));
  await writeFile(resolve(dist, "charlswasm_decode.wasm"), wasm);
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
