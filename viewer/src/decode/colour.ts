/** What the samples of a pixel are, by the header (PS3.3 C.7.6.3.1.2). */

import type { ColourModel, DecodedFrame, FrameShape, StoredValues } from "./frame";
import { DecodeError } from "./frame";

const ONE_SAMPLE: ReadonlyMap<string, ColourModel> = new Map([
  ["MONOCHROME1", "grey"],
  ["MONOCHROME2", "grey"],
  ["PALETTE COLOR", "palette"],
]);

const THREE_SAMPLES: ReadonlyMap<string, ColourModel> = new Map([
  ["RGB", "rgb"],
  ["YBR_FULL", "ybr"],
  ["YBR_FULL_422", "ybr"],
]);

/** DecodeError where the header contradicts itself, or means a colour that we do not draw. */
export function declaredModel({ samplesPerPixel, photometricInterpretation }: FrameShape): ColourModel {
  const model = (samplesPerPixel === 1 ? ONE_SAMPLE : THREE_SAMPLES).get(photometricInterpretation);
  if (model !== undefined) return model;
  const samples = samplesPerPixel === 1 ? "one sample" : `${samplesPerPixel} samples`;
  throw new DecodeError(`"${photometricInterpretation}" pixels of ${samples} are not decoded here.`);
}

export function decodedFrame(values: StoredValues, shape: FrameShape, model = declaredModel(shape)): DecodedFrame {
  return { values, samples: shape.samplesPerPixel === 3 ? 3 : 1, model, base: 0 };
}
