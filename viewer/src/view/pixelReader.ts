/** What the pixels of one frame say, whatever holds them. Pixels are counted row by row from the first. */

export type Rgb = readonly [red: number, green: number, blue: number];

export type PixelReader =
  /** Modality values; null for padding and what is no number. */
  | { readonly kind: "grey"; readonly count: number; readonly at: (pixel: number) => number | null }
  /** 0 to 255. */
  | { readonly kind: "colour"; readonly count: number; readonly at: (pixel: number) => Rgb };
