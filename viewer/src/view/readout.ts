/** The words of one pixel, for the line at the foot of a cell. */
import type { ImageTable } from "../wire/types";
import { localNumber, t } from "../words/words";
import { figure } from "./figures";

/** What is known of the pixel; as findings/probe.ts answers. */
export interface PixelFacts {
  /** From 0. */
  readonly column: number;
  readonly row: number;
  readonly stored: number | null;
  readonly modality: number | null;
  readonly suv: readonly { readonly name: string; readonly unit: string; readonly value: number }[];
  readonly rgb: readonly [number, number, number] | null;
  readonly padding: boolean;
}

/** Columns and rows count from 1, as in the file. Padding has no value but the stored one (H5). */
export function readoutText({ column, row, stored, modality, suv, rgb, padding }: PixelFacts, image: ImageTable, detailed: boolean): string {
  const shown = padding ? [] : detailed ? suv : suv.slice(0, 1);
  return [
    t("image.column", { column: column + 1, row: row + 1 }),
    rgb === null ? "" : `R ${String(rgb[0])} G ${String(rgb[1])} B ${String(rgb[2])}`,
    stored === null ? "" : t("image.stored", { value: exact(stored) }),
    modality === null || padding ? "" : `${figure(modality)}${image.unit === "" ? "" : ` ${image.unit}`}`,
    ...shown.map(({ name, unit, value }) => `${name} ${figure(value)}${unit === "" ? "" : ` ${unit}`}`),
    padding ? t("image.padding") : "",
  ].filter(Boolean).join(" · ");
}

/** Whole numbers as they are; of floats the seven digits that 32 bits carry. */
function exact(value: number): string {
  return localNumber((Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(7)))).replace(/^-/, "−"));
}
