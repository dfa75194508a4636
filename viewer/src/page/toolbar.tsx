/** The tool row in the order of ux.md 3: everything that a drag or a key can do, as buttons (WCAG 2.1.1, 2.5.7). */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { timelineOf } from "../view/cine";
import { gridOf } from "../view/grid";
import { isKeyImage } from "../view/keyImages";
import { hasOverlays, hasShutter } from "../view/masks";
import { imageOf } from "../view/resolve";
import type { AppState, ChosenTool } from "../view/viewState";
import { displaySetOf } from "../view/viewState";
import { t } from "../words/words";
import { AboutReading } from "./aboutReading";
import { GridPicker } from "./gridPicker";
import type { IconName } from "./icons";
import { MeasureTools } from "./measureTools";
import { Popover } from "./popover";
import type { PanelProps } from "./ports";
import { Links, Stages } from "./stageControls";
import { Button, Do, Group, withKeys } from "./toolButton";
import { ViewMenu } from "./viewMenu";
import { WindowMenu } from "./windowMenu";

interface Part {
  readonly name: string;
  /** Room that it takes, in buttons. */
  readonly buttons: number;
  /** What has no room goes under "More": the highest first. */
  readonly rank: number;
  readonly content: ComponentChildren;
}

export function Toolbar(props: PanelProps) {
  const bar = useRef<HTMLDivElement>(null);
  const room = useRoom(bar);
  const parts = partsOf(props, room);
  const about = room >= LEAST_FOR_ABOUT;
  const hidden = without(parts, room - (about ? beside(props.state) : 0));
  const place = (part: Part): ComponentChildren => <Group key={part.name} name={part.name}>{part.content}</Group>;
  return (
    <section class="tools" aria-label={t("tools.label")} ref={bar}>
      <Do {...props} id="seriesList" icon="list" pressed={props.state.railOpen} />
      {parts.filter((part) => !hidden.includes(part)).map(place)}
      {about && hidden.length > 0 && <More hidden={hidden} />}
      <span class="spacer" />
      {about ? <AboutReading {...props} /> : <More hidden={[...hidden, { name: t("about.label"), content: <AboutReading {...props} /> }]} />}
    </section>
  );
}

/** What has no room in the row, under the names of its groups. */
function More({ hidden }: { readonly hidden: readonly Pick<Part, "name" | "content">[] }) {
  return (
    <Popover icon="more" tool="more" label={t("tools.more")}>
      {() => <div class="more">{hidden.map((part) => <section><h2>{part.name}</h2><div class="more-tools">{part.content}</div></section>)}</div>}
    </Popover>
  );
}

interface ToolProps extends PanelProps {
  readonly tool: ChosenTool;
  readonly icon: IconName;
  readonly label: string;
}

function Tool({ state, ports, tool, icon, label }: ToolProps) {
  const touch = matchMedia("(pointer: coarse)").matches;
  return <Button icon={icon} tool={tool} label={label} pressed={(touch ? state.touchTool : state.tool) === tool} act={() => { ports.send({ kind: "tool", tool }); }} />;
}

function partsOf(props: PanelProps, room: number): readonly Part[] {
  const { state } = props;
  const cell = state.cells[state.activeCell];
  const set = displaySetOf(state, state.activeCell);
  const image = imageOf(set);
  const plays = set !== undefined && timelineOf(set) !== null;
  const overlays = image !== null && cell !== undefined && hasOverlays(image, cell.frameIndex);
  const shutter = image !== null && cell !== undefined && hasShutter(image, cell.frameIndex);
  const paged = state.held !== null && gridOf(state).cells.length < state.cells.length;
  const parts: readonly (Part | false)[] = [
    paged && { name: t("tools.viewports"), buttons: 2, rank: 0, content: <><Do {...props} id="previousViewport" icon="previousStage" /><Do {...props} id="nextViewport" icon="nextStage" /></> },
    { name: t("tools.drag"), buttons: 4.8, rank: 0, content: <DragTools {...props} /> },
    { name: t("tools.measure"), buttons: 3.9, rank: 1, content: <MeasureTools {...props} /> },
    { name: t("tools.look"), buttons: 4, rank: 6, content: <LookTools {...props} /> },
    { name: t("tools.layout"), buttons: 3.9, rank: 2, content: <><GridPicker {...props} /><Do {...props} id="oneUp" icon={state.oneUp ? "all" : "oneUp"} pressed={state.oneUp} /></> },
    { name: t("tools.hanging"), buttons: state.plan.hanging.stages.length > 1 ? 4.2 + STAGE_SHARE * room : 2, rank: 3, content: <><Stages {...props} /><Links {...props} /></> },
    plays && { name: t("tools.cine"), buttons: 1, rank: 5, content: <Do {...props} id="cine" icon={cell?.playing === true ? "pause" : "play"} pressed={cell?.playing === true} /> },
    { name: t("tools.image"), buttons: 4.9, rank: 4, content: <ImageTools {...props} /> },
    (overlays || shutter) && { name: t("tools.file"), buttons: 2, rank: 8, content: <>{overlays && <Do {...props} id="fileOverlays" icon="drawn" pressed={cell.view.overlaysShown} />}{shutter && <Do {...props} id="shutter" icon="shutter" pressed={cell.view.shutterShown} />}</> },
    { name: t("tools.screen"), buttons: 3, rank: 7, content: <><Do {...props} id="overlayWords" icon="words" pressed={state.words !== "full"} /><Do {...props} id="fullScreen" icon={state.fullScreen ? "fullScreenOff" : "fullScreen"} pressed={state.fullScreen} /><Do {...props} id="reset" icon="reset" /></> },
  ];
  return parts.filter((part) => part !== false);
}

function DragTools(props: PanelProps) {
  const { state } = props;
  return (
    <>
      <Tool {...props} tool="scroll" icon="scroll" label={withKeys(state, t("tools.scroll"), "toolScroll")} />
      <Tool {...props} tool="windowLevel" icon="window" label={withKeys(state, t("tools.window"), "toolWindow")} />
      <WindowMenu {...props} />
      <Tool {...props} tool="zoom" icon="zoom" label={withKeys(state, t("tools.zoom"), "toolZoom")} />
      <Tool {...props} tool="pan" icon="pan" label={withKeys(state, t("tools.pan"), "toolPan")} />
    </>
  );
}

function LookTools(props: PanelProps) {
  const { state, ports } = props;
  return (
    <>
      <Do {...props} id="magnifier" icon="magnifier" pressed={state.magnifier} />
      <Do {...props} id="detail" icon="probe" pressed={state.detailed} />
      <Do {...props} id="crossCursor" icon="crosshair" pressed={state.tool === "crosshair"} />
      <Button icon="references" tool="references" label={t("tools.references")} pressed={state.referenceLines} act={() => { ports.send({ kind: "screen", act: { kind: "referenceLines" } }); }} />
    </>
  );
}

function ImageTools(props: PanelProps) {
  const { displaySet = null, frameIndex = 0, view } = props.state.cells[props.state.activeCell] ?? {};
  const marked = displaySet !== null && isKeyImage(props.state.keyImages, displaySet, frameIndex);
  return (
    <>
      <Do {...props} id="invert" icon="invert" pressed={view?.invert === true} />
      <Do {...props} id="flipHorizontal" icon="flip" pressed={view?.flip === true} />
      <Do {...props} id="rotateRight" icon="rotate" />
      <ViewMenu {...props} />
      <Do {...props} id="keyImage" icon="keyImage" pressed={marked} />
    </>
  );
}

// ---- room ---------------------------------------------------------------------------------------

/** The list's button and the edges of the row. */
const ENDS_BUTTONS = 1.5;
const MORE_BUTTONS = 1.7;
const GROUP_BUTTONS = 0.4;
/** The name of a stage takes this share of the row (tools.css). */
const STAGE_SHARE = 0.125;
/** A narrower row has what tells of the reading under "More". */
const LEAST_FOR_ABOUT = 16;

/** What stands at the right, in buttons. */
function beside({ plan }: AppState): number {
  return 2 + (plan.hanging.label === "" ? 0 : 1) + (plan.trace.length > 0 ? 1 : 0) + (plan.notices.length > 0 ? 1.6 : 0);
}

/** Of the row, in buttons. */
function useRoom(bar: { readonly current: HTMLElement | null }): number {
  const [room, setRoom] = useState(40);
  useLayoutEffect(() => {
    const element = bar.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const button = element.querySelector(".tool")?.getBoundingClientRect().width ?? 0;
      if (button > 0) setRoom(Math.floor((2 * element.clientWidth) / (button + 1)) / 2 - ENDS_BUTTONS);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => { observer.disconnect(); };
  }, [bar]);
  return room;
}

/** What has no room, once what matters more has its place. */
function without(parts: readonly Part[], room: number): readonly Part[] {
  const wanted = parts.reduce((sum, { buttons }) => sum + buttons + GROUP_BUTTONS, 0);
  if (wanted <= room) return [];
  let left = room - MORE_BUTTONS;
  const byRank = [...parts].sort((a, b) => a.rank - b.rank);
  const hidden = byRank.filter(({ buttons, rank }) => {
    const fits = rank === 0 || buttons + GROUP_BUTTONS <= left;
    if (fits) left -= buttons + GROUP_BUTTONS;
    return !fits;
  });
  return parts.filter((part) => hidden.includes(part));
}
