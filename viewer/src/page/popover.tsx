/** What opens under a button and goes away again: by Escape, by a press elsewhere, when the focus leaves. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { IconName } from "./icons";
import { Icon } from "./icons";

export interface PopoverProps {
  readonly icon: IconName;
  readonly label: string;
  /** Said on the button beside its picture. */
  readonly text?: string;
  readonly disabled?: boolean;
  /** Stable, for tests. */
  readonly tool: string;
  /** Only the small arrow: the button beside it does the usual thing. */
  readonly arrowOnly?: boolean;
  readonly children: (close: () => void) => ComponentChildren;
}

export function Popover({ icon, label, text = "", disabled = false, tool, arrowOnly = false, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const byPress = useRef(false);
  const close = (): void => {
    setOpen(false);
    root.current?.querySelector<HTMLElement>(".tool")?.focus({ preventScroll: true });
  };
  useOutside(root, open, () => { setOpen(false); });
  return (
    <div class="popover-root" ref={root} onKeyDown={(event) => { if (open && event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); } }}>
      <button
        type="button"
        class={arrowOnly ? "tool tool-arrow" : text === "" ? "tool" : "tool tool-text"}
        data-tool={tool}
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        disabled={disabled}
        onPointerDown={(event) => {
          if (event.button !== 0 || open) return;
          // Opened by the press, so that one drag can go from the button into what opens.
          event.currentTarget.releasePointerCapture(event.pointerId);
          byPress.current = true;
          setOpen(true);
        }}
        onClick={() => {
          if (!byPress.current) setOpen(!open);
          byPress.current = false;
        }}
      >
        {!arrowOnly && <Icon name={icon} />}{text !== "" && <span class="tool-words">{text}</span>}<Icon name="down" />
      </button>
      {open && <Floating label={label} opened={byPress}>{children(close)}</Floating>}
    </div>
  );
}

/** Under its button, inside of the window; the keyboard finds itself at the first thing in it. */
function Floating({ label, opened, children }: { readonly label: string; readonly opened: { readonly current: boolean }; readonly children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ readonly left: number; readonly top: number } | null>(null);
  useLayoutEffect(() => {
    const [element, parent] = [box.current, box.current?.parentElement];
    if (!element || !parent) return undefined;
    const put = (): void => { setPlace(placed(parent.getBoundingClientRect(), element.offsetWidth, element.offsetHeight)); };
    put();
    window.addEventListener("resize", put); // a tablet is turned
    return () => { window.removeEventListener("resize", put); };
  }, []);
  useLayoutEffect(() => { // what is hidden takes no focus
    if (place !== null && !opened.current && box.current?.contains(document.activeElement) !== true) firstOf(box.current)?.focus({ preventScroll: true });
  }, [place, opened]);
  const style = place === null ? { visibility: "hidden" } : { left: `${String(place.left)}px`, top: `${String(place.top)}px` };
  return <div class="popover" role="dialog" aria-label={label} ref={box} style={style}>{children}</div>;
}

/** Where the keyboard begins: at what is chosen, else at the first thing. */
function firstOf(element: HTMLElement | null): HTMLElement | null {
  return element?.querySelector<HTMLElement>('[tabindex="0"]') ?? element?.querySelector<HTMLElement>("button, input, select") ?? null;
}

const EDGE_PX = 6;

function placed(button: DOMRect, width: number, height: number): { readonly left: number; readonly top: number } {
  const left = Math.max(EDGE_PX, Math.min(button.left, window.innerWidth - width - EDGE_PX));
  const below = button.bottom + 4;
  const top = below + height + EDGE_PX <= window.innerHeight ? below : Math.max(EDGE_PX, button.top - height - 4);
  return { left, top };
}

/** Calls when something elsewhere is pressed, or focused, while it is open. */
export function useOutside(root: { readonly current: HTMLElement | null }, open: boolean, leave: () => void, byFocus = true): void {
  useEffect(() => {
    if (!open) return undefined;
    const left = (event: Event): void => {
      if (event.target instanceof Node && root.current !== null && !root.current.contains(event.target)) leave();
    };
    document.addEventListener("pointerdown", left, true);
    if (byFocus) document.addEventListener("focusin", left);
    return () => {
      document.removeEventListener("pointerdown", left, true);
      document.removeEventListener("focusin", left);
    };
  }, [open]);
}

/** Up and down through the items of a menu; to be called with its keydown. */
export function moveFocus(event: KeyboardEvent, menu: HTMLElement): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
  const ends = { Home: 0, End: -1 }[event.key];
  if (by === 0 && ends === undefined) return;
  const items = [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]:not([disabled])")];
  const here = items.indexOf(document.activeElement as HTMLElement);
  const next = ends === undefined ? (here + by + items.length) % items.length : ends === 0 ? 0 : items.length - 1;
  items[next]?.focus();
  event.preventDefault();
  event.stopPropagation();
}
