// Gzip bytes of what the first JPEG-LS pixel needs; fails above the budget of performance.md 3.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 250 * 1024;
const CRITICAL = ["main.js", "main.css", "decodeWorker.js", "charlswasm_decode.wasm"];
const dist = resolve(dirname(fileURLToPath(import.meta.url)), "../../static/dist");

const sizes = CRITICAL.map((name) => gzipSync(readFileSync(resolve(dist, name)), { level: 9 }).length);
CRITICAL.forEach((name, i) => console.log(`${String(sizes[i]).padStart(8)} B gzip  ${name}`));
const total = sizes.reduce((sum, size) => sum + size, 0);
console.log(`${String(total).padStart(8)} B gzip  of ${BUDGET_BYTES} B`);
if (total > BUDGET_BYTES) {
  console.error("The critical path is over its budget: make a part lazy, or take one away.");
  process.exitCode = 1;
}
