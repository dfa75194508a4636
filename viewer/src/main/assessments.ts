/** What annotations say, found once and kept; and what is drawn of them over each cell. */
import type { Assessment } from "../findings/assess";
import { assess } from "../findings/assess";
import type { EntriesOf } from "../findings/values";
import type { CellScene, Marked } from "../overlay/scene";
import { EMPTY_SCENE, marksOf, namingOf, READY_SCENE } from "../overlay/scene";
import { sourceLines, valueLines } from "../overlay/valueWords";
import { apply } from "../math/affine";
import type { FindingRow } from "../page/ports";
import type { Live, MeasureState } from "../tools/measure";
import { live } from "../tools/measure";
import { isMeasuring, kindName, nameOf } from "../view/findings";
import { annotationsIn } from "../view/findingsInView";
import { imageOf, resolvedCell } from "../view/resolve";
import type { AppState, Viewport } from "../view/viewState";
import { visibleCells } from "../view/viewState";
import type { Annotation, Draft } from "../wire/annotation";
import type { ImageTable } from "../wire/types";
import { language, t } from "../words/words";
import type { PixelSources } from "./derived";

export interface Assessments {
  /** hurry: a hand is moving it; large regions wait for their values until it rests. Null where its image is gone. */
  readonly of: (state: AppState, draft: Draft, hurry?: boolean) => Assessment | null;
  /** By cell. */
  readonly scenes: (state: AppState, measuring: MeasureState) => readonly CellScene[];
  /** All, for the list. The same object while nothing has changed. */
  readonly rows: (state: AppState) => readonly FindingRow[];
}

/** Pixels that are walked through within one picture. */
const MOST_PIXELS_IN_A_HURRY = 250_000;

interface Known {
  readonly image: ImageTable;
  readonly language: string;
  readonly assessment: Assessment;
}

export function createAssessments({ pixels, entries }: PixelSources): Assessments {
  const known = new WeakMap<Draft, Known>();
  let listed: { readonly key: readonly unknown[]; readonly rows: readonly FindingRow[] } = { key: [], rows: [] };

  function of(state: AppState, draft: Draft, hurry = false): Assessment | null {
    const { displaySet, frameIndex } = draft;
    const image = imageOf(state.plan.displaySets[displaySet]);
    if (image === null) return null;
    const before = known.get(draft);
    if (before?.image === image && before.language === language() && before.assessment.final) return before.assessment;
    const entriesOf: EntriesOf = (table) => entries(displaySet, table);
    const frame = pixels({ displaySet, frameIndex });
    const assessment = assess(draft, image, { frame, entriesOf, ...(hurry ? { mostPixels: MOST_PIXELS_IN_A_HURRY } : {}) });
    // A frame that is no longer held takes nothing back that was known of it.
    if (!assessment.final && before?.assessment.final === true && before.image === image) return before.assessment;
    known.set(draft, { image, language: language(), assessment });
    return assessment;
  }

  function scenes(state: AppState, measuring: MeasureState): readonly CellScene[] {
    const now = live(measuring);
    const shown = visibleCells(state);
    return state.cells.map((_, index) => (shown.includes(index) ? scene(state, index, measuring, now) : EMPTY_SCENE));
  }

  function scene(state: AppState, index: number, measuring: MeasureState, now: Live | null): CellScene {
    const inHand = isMeasuring(state.tool);
    const annotations = annotationsIn(state, index);
    const here = isHere(state, index, now) ? now : null;
    const cross = crossIn(measuring, index);
    if (annotations.length === 0 && here === null && cross === null && measuring.kind !== "naming") return inHand ? READY_SCENE : EMPTY_SCENE;
    const resolved = resolvedCell(state, index);
    const viewport = state.viewports[index] ?? null;
    if (resolved === null || viewport === null) return EMPTY_SCENE;
    const kept = annotations.flatMap((one) => markedOf(state, one, here));
    const made = here !== null && here.id === null ? draftOf(state, here.draft) : [];
    return {
      marks: marksOf([...kept, ...made], resolved.screenFromImage, cssSize(viewport), textScale()),
      cross: cross === null ? null : apply(resolved.screenFromImage, cross),
      naming: measuring.kind === "naming" && isNamedIn(measuring, index, annotations) ? namingOf(measuring.draft, annotations.find(({ id }) => id === measuring.id) ?? null, resolved.screenFromImage) : null,
      measuring: inHand,
    };
  }

  function markedOf(state: AppState, annotation: Annotation, now: Live | null): readonly Marked[] {
    const moving = now?.id === annotation.id;
    const draft = moving ? now.draft : annotation;
    const assessment = of(state, draft, moving);
    const selection = state.findings.selection?.id === annotation.id ? state.findings.selection : null;
    return assessment === null ? [] : [{ draft, annotation, assessment, selected: selection !== null, grip: selection?.grip ?? null }];
  }

  function draftOf(state: AppState, draft: Draft): readonly Marked[] {
    const assessment = of(state, draft, true);
    return assessment === null ? [] : [{ draft, annotation: null, assessment, selected: true, grip: null }];
  }

  function rows(state: AppState): readonly FindingRow[] {
    const { annotations, selection } = state.findings;
    const all = annotations.map((one) => [one, of(state, one)] as const);
    const key = [annotations, selection?.id, state.plan.displaySets, language(), ...all.map(([, assessment]) => assessment)];
    if (key.length === listed.key.length && key.every((part, i) => part === listed.key[i])) return listed.rows;
    const made = all.flatMap(([one, assessment]) => (assessment === null ? [] : [rowOf(state, one, assessment)]));
    listed = { key, rows: made };
    return made;
  }

  return { of, scenes, rows };
}

function rowOf({ plan, findings }: AppState, annotation: Annotation, assessment: Assessment): FindingRow {
  const { id, kind, text, displaySet, frameIndex, reduced } = annotation;
  const set = plan.displaySets[displaySet];
  const place = t("measure.place", { series: set?.label ?? "", image: frameIndex + 1, count: set?.frameCount ?? 0 });
  return {
    id,
    kind,
    kindName: kindName(kind),
    name: nameOf(annotation),
    text,
    values: valueLines(assessment),
    sources: [...sourceLines(assessment).map((line) => line.text), ...(reduced > 1 ? [t("measure.reduced", { factor: reduced })] : [])],
    place,
    selected: findings.selection?.id === id,
  };
}

/** All cells that show the frame show what is being drawn on it. */
function isHere({ cells }: AppState, index: number, now: Live | null): boolean {
  const cell = cells[index];
  return now !== null && cell !== undefined && cell.displaySet === now.draft.displaySet && cell.frameIndex === now.draft.frameIndex;
}

function crossIn(state: MeasureState, index: number) {
  const shown = state.kind === "pointing" || (state.kind === "drawing" && state.by === "keys");
  return shown && state.spot.cell === index ? state.cursor : null;
}

/** One field, also where two cells show the frame. */
function isNamedIn({ spot, id }: Extract<MeasureState, { kind: "naming" }>, index: number, annotations: readonly Annotation[]): boolean {
  return spot === null ? annotations.some((one) => one.id === id) : spot.cell === index;
}

/** How many times as large as usual the reader's text is (WCAG 1.4.4). */
function textScale(): number {
  return typeof document === "undefined" ? 1 : parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

function cssSize({ width, height, devicePixelRatio }: Viewport) {
  return { width: width / devicePixelRatio, height: height / devicePixelRatio };
}
