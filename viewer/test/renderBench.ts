/** Our renderer alone, fed from memory: what tests/bench/render.py measures beside Cornerstone3D. */

import type { CellDraw } from "../src/engine/cell";
import type { Engine } from "../src/engine/engine";
import { createEngine } from "../src/engine/engine";

const SIDE = 768; // of the picture, device pixels
const FRAME_BYTES = 2;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly pixels: Int16Array<ArrayBuffer>;
}

let engine: Engine | null = null;
let cells: readonly CellDraw[] = [];
let shown = 0;
let uploads = 0;

/** budgetFrames: how many frames the GPU may keep; fewer than are scrolled through: each is sent again. */
export function open(frames: readonly Frame[], budgetFrames: number): void {
  countUploads();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  document.body.append(canvas);
  const bytes = Math.max(...frames.map(({ width, height }) => FRAME_BYTES * width * height));
  const made = createEngine(canvas, { textureBudgetBytes: bytes * budgetFrames });
  if ("unsupported" in made) throw new Error(made.unsupported);
  engine = made;
  cells = frames.map(cellOf);
  draw(40, 400);
}

function cellOf({ width, height, pixels }: Frame): CellDraw {
  const step = Math.max(width, height) / SIDE;
  return {
    rect: { x: 0, y: 0, width: SIDE, height: SIDE },
    frame: { values: new Uint16Array(pixels.buffer), samples: 1, model: "grey", base: 0, width, height },
    layout: { bitsStored: 16, highBit: 15, signed: true, isFloat: false },
    modalityLut: null,
    slope: 1,
    intercept: 0,
    voi: null,
    padding: null,
    palette: null,
    mask: null,
    invert: false,
    imageFromScreen: { xx: step, xy: 0, x0: (width - step * SIDE) / 2, yx: 0, yy: step, y0: (height - step * SIDE) / 2 },
    interpolation: "bilinear",
  };
}

function draw(center: number, width: number): void {
  const cell = cells[shown % cells.length];
  if (engine === null || cell === undefined) throw new Error("open() first");
  const [answer] = engine.draw([{ ...cell, voi: { kind: "window", window: { center, width, function: "LINEAR" } } }]);
  if (answer !== null) throw new Error(JSON.stringify(answer));
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Shows frame after frame, one an animation frame; milliseconds from the first to the last. */
export async function scroll(count: number): Promise<number> {
  const began = performance.now();
  for (let step = 1; step <= count; step++) {
    await nextFrame();
    shown = step;
    draw(40, 400);
  }
  await nextFrame();
  return performance.now() - began;
}

/** Another window each animation frame. */
export async function window_(count: number): Promise<number> {
  const began = performance.now();
  for (let step = 1; step <= count; step++) {
    await nextFrame();
    draw(40, 400 + 2 * step);
  }
  await nextFrame();
  return performance.now() - began;
}

/** The grey level in the middle of the picture. */
export function middle(): number {
  return engine?.readPixels({ x: SIDE / 2, y: SIDE / 2, width: 1, height: 1 })[0] ?? -1;
}

/** How often pixels were sent to the GPU so far. */
export function uploaded(): number {
  return uploads;
}

function countUploads(): void {
  const prototype = WebGL2RenderingContext.prototype;
  const send = Reflect.get(prototype, "texSubImage2D") as (...given: unknown[]) => void;
  Reflect.set(prototype, "texSubImage2D", function counted(this: WebGL2RenderingContext, ...given: unknown[]) {
    uploads += 1;
    send.apply(this, given);
  });
}
