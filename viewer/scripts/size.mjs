// Gzip bytes of what the first JPEG-LS pixel needs; fails above the budget of performance.md 3.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 250 * 1024;
const PARTS = "preload.json";
const CRITICAL = ["main.js", "main.css", "decodeWorker.js", "codec-charls.js", "charlswasm_decode.wasm"];
/** Each comes with its first frame. */
const CODEC_BUDGET_BYTES = 150 * 1024;
const CODECS = [
  ["codec-charls.js", "charlswasm_decode.wasm"],
  ["codec-jpeg.js", "libjpegturbowasm_decode.wasm"],
  ["codec-openjpeg.js", "openjpegwasm_decode.wasm"],
  ["codec-openjph.js", "openjphjs.wasm"],
];
const dist = resolve(dirname(fileURLToPath(import.meta.url)), "../../static/dist");

const parts = JSON.parse(readFileSync(resolve(dist, PARTS), "utf8"));
const gzipped = (name) => gzipSync(readFileSync(resolve(dist, name)), { level: 9 }).length;
const sumOf = (names) => names.reduce((sum, name) => sum + gzipped(name), 0);
const print = (bytes, words) => console.log(`${String(bytes).padStart(8)} B gzip  ${words}`);

CRITICAL.forEach((name) => print(gzipped(name), name));
print(sumOf(parts), `${String(parts.length)} parts that main.js takes in at once`);
const total = sumOf([...CRITICAL, ...parts]);
print(total, `of ${BUDGET_BYTES} B`);
CODECS.forEach((names) => print(sumOf(names), `${names.join(" + ")} of ${CODEC_BUDGET_BYTES} B`));
if (total > BUDGET_BYTES || CODECS.some((names) => sumOf(names) > CODEC_BUDGET_BYTES)) {
  console.error("The critical path or a codec is over its budget: make a part lazy, or take one away.");
  process.exitCode = 1;
}
