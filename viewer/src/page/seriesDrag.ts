/** A series is taken from the list into a viewport: by mouse, pen, or a finger that moves sideways. */
import { useRef, useState } from "preact/hooks";
import type { PagePorts } from "./ports";

export interface Dragged {
  readonly index: number;
  /** CSS pixels of the window. */
  readonly x: number;
  readonly y: number;
}

export interface SeriesDrag {
  readonly listeners: (index: number) => {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: (event: PointerEvent) => void;
    readonly onPointerCancel: () => void;
  };
  /** The click that ends a drag chooses nothing. */
  readonly wasDragged: () => boolean;
}

/** A press that moves less is a click. */
const CLICK_PX = 6;

interface Taken {
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

export function useSeriesDrag(ports: PagePorts, cellCount: number): SeriesDrag & { readonly dragged: Dragged | null } {
  const taken = useRef<Taken | null>(null);
  const moved = useRef(false);
  const [dragged, setDragged] = useState<Dragged | null>(null);

  const stop = (): void => {
    taken.current = null;
    setDragged(null);
    mark(null);
    document.removeEventListener("keydown", escape, true);
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    stop();
  };
  const listeners = (index: number) => ({
    onPointerDown: (event: PointerEvent) => {
      moved.current = false;
      if (event.button !== 0) return;
      taken.current = { index, x: event.clientX, y: event.clientY };
      // A quick hand is out of the list at its first move; a finger is held by its own element anyway.
      if (event.pointerType !== "touch" && event.currentTarget instanceof HTMLElement) event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => {
      const from = taken.current;
      if (from === null) return;
      if (!moved.current) {
        if (Math.hypot(event.clientX - from.x, event.clientY - from.y) < CLICK_PX) return;
        moved.current = true;
        document.addEventListener("keydown", escape, true);
      }
      setDragged({ index, x: event.clientX, y: event.clientY });
      mark(cellUnder(event.clientX, event.clientY));
    },
    onPointerUp: (event: PointerEvent) => {
      const cell = moved.current && taken.current !== null ? cellUnder(event.clientX, event.clientY) : null;
      stop();
      const there = Number(cell?.dataset.cell ?? NaN);
      if (!(there < cellCount)) return;
      ports.send({ kind: "show", cell: there, displaySet: index });
      ports.send({ kind: "activate", cell: there });
    },
    onPointerCancel: stop,
  });
  return { dragged, listeners, wasDragged: () => moved.current };
}

function cellUnder(x: number, y: number): HTMLElement | null {
  return document.elementsFromPoint(x, y).flatMap((element) => element.closest<HTMLElement>("[data-cell]") ?? [])[0] ?? null;
}

/** Where it would be dropped. */
function mark(cell: HTMLElement | null): void {
  for (const one of document.querySelectorAll<HTMLElement>("[data-drop]")) if (one !== cell) delete one.dataset.drop;
  if (cell !== null) cell.dataset.drop = "here";
}
