/** Annotations as SVG over one cell. It follows its own signal: images and panels are not drawn anew with it. */
import type { ReadonlySignal } from "@preact/signals";
import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { LINE_PX, PADDING_PX } from "./label";
import type { CellScene, Handle, Mark, Naming } from "./scene";
import { EMPTY_SCENE } from "./scene";

export interface AnnotationsPorts {
  /** By cell. */
  readonly scenes: ReadonlySignal<readonly CellScene[]>;
  readonly focused: (id: number) => void;
  readonly named: (text: string) => void;
  readonly cancelled: () => void;
  /** The name of the whole, for a screen reader. */
  readonly title: () => string;
}

export function Annotations({ index, ports }: { readonly index: number; readonly ports: AnnotationsPorts }) {
  const scene = useComputed(() => ports.scenes.value[index] ?? EMPTY_SCENE).value;
  return (
    <>
      <svg class="annotations" role={scene.marks.length === 0 ? "presentation" : "group"} aria-label={scene.marks.length === 0 ? undefined : ports.title()} data-measuring={scene.measuring}>
        {scene.marks.map((mark) => (mark.id === null ? <Drawing key="draft" mark={mark} /> : <Kept key={mark.id} mark={mark} id={mark.id} ports={ports} />))}
        {scene.marks.map((mark) => <Words key={mark.id ?? "draft"} mark={mark} />)}
        {scene.cross !== null && <path class="annotation-cross" data-cross d={crossAt(scene.cross)} />}
      </svg>
      {scene.naming !== null && <NameField naming={scene.naming} ports={ports} />}
    </>
  );
}

/** The lines alone, to be drawn larger under the magnifier; they keep their width. */
export function AnnotationLines({ index, ports }: { readonly index: number; readonly ports: Pick<AnnotationsPorts, "scenes"> }) {
  const scene = useComputed(() => ports.scenes.value[index] ?? EMPTY_SCENE).value;
  return <>{scene.marks.map((mark) => <g key={mark.id ?? "draft"} data-magnified={mark.id ?? "draft"} data-selected={mark.selected}><Lines mark={mark} /></g>)}</>;
}

function crossAt([x, y]: readonly [number, number]): string {
  return `M${String(x - 14)} ${String(y)}h10M${String(x + 4)} ${String(y)}h10M${String(x)} ${String(y - 14)}v10M${String(x)} ${String(y + 4)}v10M${String(x)} ${String(y)}h.01`;
}

function Drawing({ mark }: { readonly mark: Mark }) {
  return (
    <g class="annotation annotation-draft" aria-hidden="true" data-draft={mark.kind}>
      <Lines mark={mark} />
      {mark.handles.map(({ at }) => <circle class="grip" cx={at[0]} cy={at[1]} r={3.5} />)}
    </g>
  );
}

/** Focus that is lost with it goes to its cell. */
function Kept({ mark, id, ports }: { readonly mark: Mark; readonly id: number; readonly ports: AnnotationsPorts }) {
  const group = useRef<SVGGElement>(null);
  useLayoutEffect(() => {
    const element = group.current;
    return () => {
      if (element?.ownerDocument.activeElement !== element) return;
      element?.closest<HTMLElement>("[data-cell]")?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <g
      ref={group}
      class="annotation"
      tabindex={0}
      role="button"
      aria-label={mark.name}
      aria-pressed={mark.selected}
      data-annotation={id}
      data-kind={mark.kind}
      data-selected={mark.selected}
      onFocus={() => { ports.focused(id); }}
    >
      <Lines mark={mark} />
      <path class="annotation-body" data-part="all" d={mark.strokes.solid + mark.strokes.filled} />
      {mark.handles.map((handle, i) => <Grip handle={handle} index={i} whole={mark.heldWhole} />)}
    </g>
  );
}

function Lines({ mark: { strokes } }: { readonly mark: Mark }) {
  const { solid, dashed, filled } = strokes;
  return (
    <>
      <path class="annotation-case" d={solid + dashed + filled} />
      {dashed !== "" && <path class="annotation-dashed" d={dashed} />}
      <path class="annotation-line" d={solid} />
      {filled !== "" && <path class="annotation-filled" d={filled} />}
    </>
  );
}

/** What is seen of a handle is small; what is hit is not (WCAG 2.5.8). */
function Grip({ handle: { at, active }, index, whole }: { readonly handle: Handle; readonly index: number; readonly whole: boolean }) {
  return (
    <>
      <circle class="grip-area" data-part={index} cx={at[0]} cy={at[1]} r={12} />
      <circle class="grip" data-active={active || whole} cx={at[0]} cy={at[1]} r={4} />
    </>
  );
}

/** Over the lines of all; the name of the annotation says the same. */
function Words({ mark: { id, selected, label } }: { readonly mark: Mark }) {
  if (label === null) return null;
  const { box, lines, leader, unit } = label;
  return (
    <g class="annotation-words" aria-hidden="true" data-of={id ?? undefined} data-selected={selected}>
      {leader !== null && <path class="annotation-leader" d={`M${leader.map(([x, y]) => `${String(x)} ${String(y)}`).join("L")}`} />}
      <g class="annotation-label" data-part="label">
        <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={3} />
        {lines.map(({ text, tone }, i) => (
          <text class={`annotation-text annotation-${tone}`} x={box.x + unit * PADDING_PX} y={box.y + unit * (PADDING_PX + 9 + i * LINE_PX)}>{text}</text>
        ))}
      </g>
    </g>
  );
}

/** Enter and leaving keep the words, Esc drops them. */
function NameField({ naming, ports }: { readonly naming: Naming; readonly ports: AnnotationsPorts }) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    const element = field.current;
    element?.focus({ preventScroll: true });
    element?.select();
    const cell = element?.closest<HTMLElement>("[data-cell]");
    return () => { if (element?.ownerDocument.activeElement === element) cell?.focus({ preventScroll: true }); };
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Escape") ports.cancelled();
    else if (event.key === "Enter" && !event.isComposing) ports.named(field.current?.value ?? "");
  };
  return (
    <input
      ref={field}
      class="annotation-field"
      type="text"
      maxLength={200}
      aria-label={naming.label}
      style={{ left: `${String(naming.at[0])}px`, top: `${String(naming.at[1])}px` }}
      defaultValue={naming.text}
      onKeyDown={onKeyDown}
      onBlur={() => { ports.named(field.current?.value ?? ""); }}
      onPointerDown={(event) => { event.stopPropagation(); }}
      onDblClick={(event) => { event.stopPropagation(); }}
    />
  );
}
