/** Fingers (ux.md 8): one for the tool, two to move and to pinch, three for the window; taps, long presses, the edge. */
import type { Point } from "../math/affine";
import type { DragEvent, DragStart } from "../tools/tool";
import { pinched } from "../tools/touch";
import type { Action } from "../view/actions";
import type { AppState, ToolName } from "../view/viewState";

export interface TouchPorts {
  readonly now: () => AppState;
  readonly send: (action: Action) => void;
  /** One step of the drag machine. */
  readonly advance: (event: DragEvent) => void;
  readonly start: (cell: number, point: Point) => DragStart | null;
  /** What one finger does. */
  readonly tool: () => ToolName | null;
  readonly later: (run: () => void, ms: number) => number;
  readonly forget: (timer: number) => void;
}

/** One event of one finger. */
export interface FingerEvent {
  readonly type: "down" | "move" | "up" | "cancel";
  readonly id: number;
  readonly cell: number;
  /** CSS pixels of the cell. */
  readonly point: Point;
  /** CSS pixels from the window's left side. */
  readonly pageX: number;
  readonly timeMs: number;
}

export interface Touch {
  readonly finger: (event: FingerEvent) => void;
  readonly isDown: () => boolean;
}

/** A finger that moves less rests. */
const REST_PX = 10;
const TAP_MS = 300;
const BETWEEN_TAPS_MS = 350;
const TAPS_APART_PX = 40;
const LONG_PRESS_MS = 500;
/** From here a swipe opens the list. */
const EDGE_PX = 24;
const SWIPE_PX = 48;

interface Finger {
  readonly from: Point;
  readonly at: Point;
}

interface Pinch {
  readonly start: DragStart;
  readonly center: Point;
  readonly spread: number;
}

type Doing = { readonly kind: "nothing" | "drag" } | { readonly kind: "edge"; readonly fromX: number } | { readonly kind: "pinch"; readonly pinch: Pinch };

export function createTouch(ports: TouchPorts): Touch {
  const fingers = new Map<number, Finger>();
  let doing: Doing = { kind: "nothing" };
  let rests = true;
  let downMs = 0;
  let most = 0;
  let lastTap: { readonly timeMs: number; readonly at: Point; readonly cell: number } | null = null;
  let timer = 0;

  function down({ id, cell, point, pageX, timeMs }: FingerEvent): void {
    const first = fingers.size === 0;
    fingers.set(id, { from: point, at: point });
    if (first) {
      [rests, downMs, most] = [true, timeMs, 0];
      ports.send({ kind: "activate", cell });
      timer = ports.later(() => { longPress(cell, point); }, LONG_PRESS_MS);
    }
    most = Math.max(most, fingers.size);
    begin(cell, pageX);
  }

  /** What so many fingers do, from where they are now. */
  function begin(cell: number, pageX: number): void {
    finish(rests && fingers.size > 1);
    const center = centerOf(fingers);
    const start = ports.start(cell, center);
    const tool = fingers.size === 1 ? ports.tool() : fingers.size === 3 ? "windowLevel" : null;
    if (fingers.size === 1 && pageX <= EDGE_PX && !ports.now().railOpen) doing = { kind: "edge", fromX: center[0] };
    else if (start === null) doing = { kind: "nothing" };
    else if (fingers.size === 2) doing = { kind: "pinch", pinch: { start, center, spread: spreadOf(fingers, center) } };
    else if (tool === null) doing = { kind: "nothing" };
    else {
      doing = { kind: "drag" };
      ports.advance({ kind: "down", tool, start });
    }
  }

  function finish(cancelled: boolean): void {
    if (doing.kind === "drag") ports.advance({ kind: cancelled ? "cancel" : "up" });
    doing = { kind: "nothing" };
  }

  function move({ id, point }: FingerEvent): void {
    const finger = fingers.get(id);
    if (finger === undefined) return;
    fingers.set(id, { ...finger, at: point });
    if (distance(finger.from, point) > REST_PX) {
      rests = false;
      ports.forget(timer);
    }
    const center = centerOf(fingers);
    if (doing.kind === "edge") swiped(doing.fromX, center[0]);
    if (doing.kind === "drag" && !rests) ports.advance({ kind: "move", point: center });
    if (doing.kind !== "pinch") return;
    const { start, center: from, spread } = doing.pinch;
    pinched(start, from, center, spread === 0 ? 1 : spreadOf(fingers, center) / spread).forEach(ports.send);
  }

  function swiped(fromX: number, x: number): void {
    if (x - fromX < SWIPE_PX) return;
    doing = { kind: "nothing" };
    ports.send({ kind: "rail" });
  }

  function up({ id, cell, point, pageX, timeMs }: FingerEvent): void {
    if (!fingers.delete(id)) return;
    if (fingers.size > 0) {
      rests = false;
      begin(cell, pageX);
      return;
    }
    ports.forget(timer);
    finish(rests);
    if (rests && most === 1 && timeMs - downMs <= TAP_MS) tapped(cell, point, timeMs);
  }

  function tapped(cell: number, at: Point, timeMs: number): void {
    const again = lastTap !== null && lastTap.cell === cell && timeMs - lastTap.timeMs <= BETWEEN_TAPS_MS && distance(lastTap.at, at) <= TAPS_APART_PX;
    lastTap = again ? null : { timeMs, at, cell };
    if (!again) return;
    // Upright one is shown anyway: then all are wanted.
    if (ports.now().held === null) ports.send({ kind: "oneUp", cell });
    else ports.send({ kind: "screen", act: { kind: "held", held: null } });
  }

  function longPress(cell: number, [x, y]: Point): void {
    if (!rests || fingers.size !== 1) return;
    finish(true);
    rests = false; // no tap any more
    ports.send({ kind: "screen", act: { kind: "menu", menu: { cell, x, y } } });
  }

  function cancel({ id }: FingerEvent): void {
    if (!fingers.delete(id)) return;
    ports.forget(timer);
    finish(true);
  }

  const answers = { down, move, up, cancel };
  return { finger: (event) => { answers[event.type](event); }, isDown: () => fingers.size > 0 };
}

function centerOf(fingers: ReadonlyMap<number, Finger>): Point {
  const points = [...fingers.values()].map(({ at }) => at);
  const count = Math.max(1, points.length);
  return [points.reduce((sum, [x]) => sum + x, 0) / count, points.reduce((sum, [, y]) => sum + y, 0) / count];
}

/** How far the fingers are from their middle, on average. */
function spreadOf(fingers: ReadonlyMap<number, Finger>, center: Point): number {
  const away = [...fingers.values()].map(({ at }) => distance(at, center));
  return away.reduce((sum, one) => sum + one, 0) / Math.max(1, away.length);
}

function distance([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(ax - bx, ay - by);
}
