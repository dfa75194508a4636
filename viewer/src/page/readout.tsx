/** The line at the foot of a cell: one pixel in words. It follows the pointer without the rest of the page. */
import type { PagePorts } from "./ports";

interface ReadoutProps {
  readonly index: number;
  readonly ports: PagePorts;
  /** Values change too fast to be spoken. */
  readonly playing: boolean;
}

export function ReadoutLine({ index, ports, playing }: ReadoutProps) {
  const readout = ports.readouts.value;
  if (readout?.cell !== index) return null;
  const { text, at, column, row } = readout;
  const atMiddle = at === "middle";
  return (
    <>
      {atMiddle && <span class="probe-mark" aria-hidden="true" />}
      <p class="readout" data-readout={at} data-column={column} data-row={row} aria-live={atMiddle && !playing ? "polite" : "off"}>{text}</p>
    </>
  );
}
