/** Numbers as a reader reads them. */
import { localNumber } from "../words/words";

/** At most four significant figures, no trailing zeros: 1500, 0.0123, 40. */
export function figure(value: number): string {
  const text = Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
  return localNumber(text.replace(/^-/, "−"));
}
