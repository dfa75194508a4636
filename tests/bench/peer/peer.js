// Cornerstone3D's stack viewport fed from memory: what tests/bench/render.py measures beside ours.
import { Enums, RenderingEngine, imageLoader, init, metaData, utilities } from "@cornerstonejs/core";

const SIDE = 768; // of the viewport, device pixels
let viewport = null;
let ids = [];

function image(imageId, { width, height, pixels }) {
  const voxelManager = utilities.VoxelManager.createImageVoxelManager({ width, height, numberOfComponents: 1, scalarData: pixels });
  return {
    imageId,
    minPixelValue: -1024,
    maxPixelValue: 3071,
    slope: 1,
    intercept: 0,
    windowCenter: 40,
    windowWidth: 400,
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    getPixelData: () => pixels,
    rows: height,
    columns: width,
    height,
    width,
    color: false,
    rgba: false,
    numberOfComponents: 1,
    columnPixelSpacing: 1,
    rowPixelSpacing: 1,
    invert: false,
    sizeInBytes: pixels.byteLength,
    dataType: "Int16Array",
    voxelManager,
  };
}

function facts(frames) {
  return (type, imageId) => {
    const index = ids.indexOf(imageId);
    if (index < 0) return undefined;
    const { width, height } = frames[index];
    if (type === "imagePixelModule")
      return { bitsAllocated: 16, bitsStored: 16, highBit: 15, pixelRepresentation: 1, samplesPerPixel: 1, photometricInterpretation: "MONOCHROME2", rows: height, columns: width };
    if (type === "imagePlaneModule")
      return { rows: height, columns: width, rowCosines: [1, 0, 0], columnCosines: [0, 1, 0], imageOrientationPatient: [1, 0, 0, 0, 1, 0], imagePositionPatient: [0, 0, index], columnPixelSpacing: 1, rowPixelSpacing: 1, frameOfReferenceUID: "1.2.3", sliceThickness: 1 };
    if (type === "voiLutModule") return { windowCenter: [40], windowWidth: [400] };
    if (type === "modalityLutModule") return { rescaleSlope: 1, rescaleIntercept: 0 };
    if (type === "generalSeriesModule") return { modality: "CT", seriesInstanceUID: "1.2.4" };
    return undefined;
  };
}

/** frames: [{ width, height, pixels: Int16Array }] */
export async function open(frames) {
  await init();
  const element = document.createElement("div");
  element.style.width = element.style.height = `${SIDE}px`;
  document.body.append(element);
  ids = frames.map((_, index) => `bench:${index}`);
  const images = frames.map((frame, index) => image(ids[index], frame));
  imageLoader.registerImageLoader("bench", (imageId) => ({ promise: Promise.resolve(images[ids.indexOf(imageId)]) }));
  metaData.addProvider(facts(frames), 10_000);
  const engine = new RenderingEngine("bench");
  engine.enableElement({ viewportId: "stack", type: Enums.ViewportType.STACK, element });
  viewport = engine.getViewport("stack");
  await viewport.setStack(ids, 0);
  await scroll(0);
}

function rendered() {
  return new Promise((resolve) => viewport.element.addEventListener(Enums.Events.IMAGE_RENDERED, resolve, { once: true }));
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Shows frame after frame, one an animation frame; milliseconds from the first to the last. */
export async function scroll(count) {
  const began = performance.now();
  for (let step = 1; step <= count; step++) {
    const done = rendered();
    await viewport.setImageIdIndex(step % ids.length);
    await done;
    await nextFrame();
  }
  return performance.now() - began;
}

/** Another window each animation frame. */
export async function window_(count) {
  const began = performance.now();
  for (let step = 1; step <= count; step++) {
    const done = rendered();
    viewport.setProperties({ voiRange: { lower: -160 - step, upper: 240 + step } });
    viewport.render();
    await done;
    await nextFrame();
  }
  return performance.now() - began;
}

/** The grey level in the middle of the picture: shows that something was drawn. */
export function middle() {
  const canvas = viewport.getCanvas();
  return canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[0];
}
