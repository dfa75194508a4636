/** Lucide's line icons (ISC licence), bundled as paths at build time; and the ring that shows how far loading is. */
import { h } from "preact";
import type { IconNode } from "lucide";
import {
  Aperture, ArrowDown, ArrowLeft, ArrowLeftRight, ArrowRight, ArrowUp, Ban, Bell, Captions, Check, ChevronDown, ChevronLeft,
  ChevronRight, CircleQuestionMark, CircleSlash, Clock, Columns2, Contrast, Crosshair, Ellipsis, Expand, EyeOff, FastForward,
  FileQuestionMark, Gauge, Grid2x2, Hand, Hourglass, ImageOff, Info, Layers, LayoutGrid, Link2, ListChecks, LocateFixed, LockKeyhole, LogOut,
  Maximize, Minimize, Minus, Monitor, Moon, Move, PanelLeft, Pause, Play, Plus, RefreshCcw, Repeat, RotateCcw, RotateCw, RotateCcwSquare,
  Route, Ruler, ScanSearch, Search, Settings2, Shapes, Shrink, SlidersHorizontal, Sparkles, Split, Square, SquareDashed,
  Star, Sun, Tags, TriangleAlert, TrianglesCenterlineDashedHorizontal, TrianglesCenterlineDashedVertical, Waypoints, WifiOff, X,
  ZoomIn, ZoomOut,
  Circle, Diameter, DraftingCompass, Lasso, ListOrdered, MoveUpRight, Pencil, Pipette, RectangleHorizontal, Redo, Trash2, TriangleRight, Type, Undo,
} from "lucide";

const ICONS = {
  auto: Sparkles,
  bell: Bell,
  blocked: Ban,
  brighter: Sun,
  calibration: Monitor,
  close: X,
  compare: Columns2,
  crosshair: LocateFixed,
  darker: Moon,
  down: ChevronDown,
  drawn: Shapes,
  exit: LogOut,
  fast: FastForward,
  fit: Shrink,
  flip: TrianglesCenterlineDashedVertical,
  flipVertical: TrianglesCenterlineDashedHorizontal,
  found: Check,
  fullScreen: Maximize,
  fullScreenOff: Minimize,
  grid: LayoutGrid,
  help: CircleQuestionMark,
  hidden: EyeOff,
  imageOff: ImageOff,
  info: Info,
  invert: CircleSlash,
  keyImage: Star,
  left: ArrowLeft,
  link: Link2,
  list: PanelLeft,
  lock: LockKeyhole,
  loop: Repeat,
  magnifier: ScanSearch,
  minus: Minus,
  more: Ellipsis,
  next: ArrowDown,
  nextStage: ChevronRight,
  none: Minus,
  offline: WifiOff,
  oneUp: Square,
  all: Grid2x2,
  pan: Hand,
  pause: Pause,
  pixels: Grid2x2,
  place: Move,
  play: Play,
  plus: Plus,
  previous: ArrowUp,
  previousStage: ChevronLeft,
  prior: Columns2,
  probe: Crosshair,
  references: Split,
  region: SquareDashed,
  rehang: ListChecks,
  reset: RefreshCcw,
  right: ArrowRight,
  rotate: RotateCw,
  rotateLeft: RotateCcw,
  ruler: Ruler,
  scroll: Layers,
  settings: Settings2,
  shutter: Aperture,
  skipped: FastForward,
  speed: Gauge,
  stack: Layers,
  sweep: ArrowLeftRight,
  tags: Tags,
  trace: Route,
  turned: RotateCcwSquare,
  unknown: FileQuestionMark,
  view: SlidersHorizontal,
  waiting: Hourglass,
  clock: Clock,
  warning: TriangleAlert,
  way: Waypoints,
  why: ListChecks,
  window: Contrast,
  words: Captions,
  wider: Expand,
  zoom: Search,
  zoomIn: ZoomIn,
  zoomOut: ZoomOut,
  length: Ruler,
  bidirectional: Diameter,
  angle: TriangleRight,
  cobb: DraftingCompass,
  ellipse: Circle,
  rectangle: RectangleHorizontal,
  freehand: Lasso,
  arrow: MoveUpRight,
  text: Type,
  point: Pipette,
  findings: ListOrdered,
  undo: Undo,
  redo: Redo,
  rename: Pencil,
  erase: Trash2,
} as const satisfies Readonly<Record<string, IconNode>>;

export type IconName = keyof typeof ICONS;

export function Icon({ name }: { readonly name: IconName }) {
  const parts: IconNode = ICONS[name];
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {parts.map(([part, attributes]) => h(part, attributes))}
    </svg>
  );
}

const RADIUS = 20;
const LENGTH = 2 * Math.PI * RADIUS;

/** share: 0 to 1 of the way round. */
export function Ring({ share }: { readonly share: number }) {
  return (
    <svg class="ring" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <circle class="ring-track" cx="24" cy="24" r={RADIUS} />
      <circle class="ring-done" cx="24" cy="24" r={RADIUS} stroke-dasharray={`${String(share * LENGTH)} ${String(LENGTH)}`} />
    </svg>
  );
}
