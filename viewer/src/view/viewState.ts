/** Everything the page knows, as plain data: where each cell looks, what is loaded, how the reading stands. */
import type { AnnotationKind } from "../wire/annotation";
import type { Problem } from "../wire/client";
import type { KeptFor, Preferences } from "../wire/preferences";
import { DEFAULT_PREFERENCES } from "../wire/preferences";
import type { DisplaySet, Plan, VoiWindow } from "../wire/types";
import type { Language } from "../words/catalogue";
import type { Findings } from "./findings";
import { NO_FINDINGS } from "./findings";
import type { Hung } from "./hang";
import { gridOf } from "./grid";
import { hungAs, stageOf } from "./hang";
import type { KeyImages } from "./keyImages";
import { mouseOf } from "./keyProfiles";
import type { ScreenState } from "./screenState";
import { SCREEN } from "./screenState";

/** A cell's size in device pixels, and how many of them make one CSS pixel. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly devicePixelRatio: number;
}

export type ToolName = "windowLevel" | "windowRegion" | "scroll" | "fastScroll" | "pan" | "zoom" | "rotate" | "crosshair";

/** What the left button can do: drag by a tool, or mark what a measuring tool measures. */
export type ChosenTool = ToolName | AnnotationKind;

/** How far one display set has come. */
export interface Load {
  /** Frames held here, decoded or ready to be. */
  readonly ready: number;
  readonly failures: Readonly<Record<number, Problem>>;
}

export type Gpu =
  | { readonly kind: "starting" }
  | { readonly kind: "ready"; readonly renderer: string; readonly software: boolean }
  | { readonly kind: "lost" }
  | { readonly kind: "unsupported"; readonly reason: string };

/** "readerAlone": the server could not be told. */
export type EndedBy = "reader" | "readerAlone" | "server";

/** "expired": the EHR did not renew the sign-in. "idle": nobody has touched the page. "time": the reading's own time is almost over. */
export type ClosingBy = "expired" | "idle" | "time";

/** "closing": what is on the screen stays, until it locks (ms since 1970). */
export type Session =
  | { readonly kind: "open" }
  | { readonly kind: "closing"; readonly by: ClosingBy; readonly locksAtMs: number }
  | { readonly kind: "ended"; readonly by: EndedBy };

/** How the reader's preferences are kept. */
export type Keeping =
  | { readonly kind: "kept"; readonly for: KeptFor }
  | { readonly kind: "underWay" }
  | { readonly kind: "failed"; readonly problem: Problem };

/** Lists above the images, and panes at their right: "hanging" and "trace". */
export type Drawer = "notices" | "help" | "hanging" | "trace" | "findings" | "settings" | "tags" | null;

/** A stage as the reader left it. */
export interface KeptStage extends Hung {
  readonly activeCell: number;
  readonly oneUp: boolean;
}

export interface AppState extends Hung, ScreenState {
  readonly plan: Plan;
  /** Index into the plan's stages. */
  readonly stage: number;
  /** Stages that the reader has left, by stageKey. */
  readonly kept: Readonly<Record<string, KeptStage>>;
  /** As measured, by cell; null while a cell is not on the screen. */
  readonly viewports: readonly (Viewport | null)[];
  readonly activeCell: number;
  /** Only the active cell is on the screen. */
  readonly oneUp: boolean;
  /** What the left button does. */
  readonly tool: ChosenTool;
  /** What one finger does: scrolls, until another tool is chosen. */
  readonly touchTool: ChosenTool;
  /** The readout says all it knows, and stands at the middle of the active cell where no pointer is. */
  readonly detailed: boolean;
  /** What the reader has marked. */
  readonly findings: Findings;
  /** Marked as keys; not yet saved. */
  readonly keyImages: KeyImages;
  readonly preferences: Preferences;
  readonly keeping: Keeping;
  /** The language that is spoken. */
  readonly language: Language;
  /** By display set. */
  readonly loads: Readonly<Record<number, Load>>;
  /** Windows made from the pixels, by display set, for those that state none. */
  readonly computedWindows: Readonly<Record<number, VoiWindow>>;
  readonly gpu: Gpu;
  readonly session: Session;
  readonly online: boolean;
  /** Why newer plans no longer come; null while they do or are not needed. */
  readonly updatesProblem: Problem | null;
  /** What has just happened, for a screen reader. */
  readonly news: string;
  /** At most one list is open. */
  readonly drawer: Drawer;
  readonly railOpen: boolean;
}

export const NOTHING_LOADED: Load = { ready: 0, failures: {} };

export function initialState(plan: Plan, preferences: Preferences = DEFAULT_PREFERENCES, keptFor: KeptFor = "reading"): AppState {
  const urgent = plan.notices.some(({ level }) => level !== "info");
  return {
    plan,
    stage: 0,
    kept: {},
    ...hungAs(plan, stageOf(plan, 0)),
    viewports: [],
    activeCell: 0,
    oneUp: false,
    tool: mouseOf(preferences).left,
    touchTool: "scroll",
    ...SCREEN,
    words: preferences.overlays,
    chrome: preferences.chrome,
    preferences,
    keeping: { kind: "kept", for: keptFor },
    language: "en",
    detailed: false,
    findings: NO_FINDINGS,
    keyImages: {},
    loads: {},
    computedWindows: {},
    gpu: { kind: "starting" },
    session: { kind: "open" },
    online: true,
    updatesProblem: null,
    news: "",
    drawer: urgent ? "notices" : null,
    railOpen: true,
  };
}

export function displaySetOf(state: AppState, cell: number): DisplaySet | undefined {
  const index = state.cells[cell]?.displaySet ?? null;
  return index === null ? undefined : state.plan.displaySets[index];
}

export function loadOf(state: AppState, displaySet: number): Load {
  return state.loads[displaySet] ?? NOTHING_LOADED;
}

/** The cells on the screen, by index. */
export function visibleCells(state: AppState): readonly number[] {
  return gridOf(state).cells;
}

export type CellStatus = "empty" | "refused" | "error" | "loading" | "shown";

/** Total: there is no state in which a cell is black without a word. */
export function cellStatus(state: AppState, index: number): CellStatus {
  const cell = state.cells[index];
  const set = displaySetOf(state, index);
  if (cell === undefined || set === undefined) return "empty";
  if (set.refusal !== null || set.image === null) return "refused";
  if (problemIn(state, index) !== null) return "error";
  return cell.drawnFrame === cell.frameIndex ? "shown" : "loading";
}

/** Why the frame in view cannot be shown. */
export function problemIn(state: AppState, index: number): Problem | null {
  const cell = state.cells[index];
  if (cell === undefined || cell.displaySet === null) return null;
  return loadOf(state, cell.displaySet).failures[cell.frameIndex] ?? cell.lacking;
}

const NOBODY = { name: "", birthDate: "", sex: "", mrn: "", order: "", accession: "", needed: true, allergies: null };

/** What is left of a plan when its reading has ended: nothing about anybody. */
export const EMPTY_PLAN: Plan = {
  revision: 0,
  banner: NOBODY,
  hanging: { protocol: "", label: "", reasons: [], rejected: [], stages: [] },
  displaySets: [],
  notices: [],
  complete: true,
  archives: [],
  trace: [],
};
