/** What the reader has marked: annotations, which one is held, and the way back. Pure; nothing here touches a picture. */
import type { Point } from "../math/affine";
import type { Annotation, AnnotationKind, Draft } from "../wire/annotation";
import { ANNOTATION_KINDS } from "../wire/annotation";
import { t } from "../words/words";

/** The index of a handle as findings/reshape.ts counts them, or the whole. */
export type Grip = number | "all";

export interface Selection {
  readonly id: number;
  /** What the arrow keys move; null: nothing, they scroll. */
  readonly grip: Grip | null;
}

export interface Findings {
  readonly annotations: readonly Annotation[];
  readonly selection: Selection | null;
  /** States of `annotations`, the newest last. */
  readonly past: readonly (readonly Annotation[])[];
  /** What has been undone, the next to be done again last. */
  readonly future: readonly (readonly Annotation[])[];
  readonly nextId: number;
  /** Names a run of small steps that one undo takes back together; empty: none is under way. */
  readonly run: string;
}

export const NO_FINDINGS: Findings = { annotations: [], selection: null, past: [], future: [], nextId: 1, run: "" };

export type FindingsAct =
  /** The new one is selected. */
  | { readonly kind: "add"; readonly draft: Draft }
  /** run: as in Findings; absent: a step of its own. */
  | { readonly kind: "reshape"; readonly id: number; readonly points: readonly Point[]; readonly reduced: number; readonly run?: string }
  | { readonly kind: "label"; readonly id: number; readonly at: Point | null }
  | { readonly kind: "name"; readonly id: number; readonly text: string }
  | { readonly kind: "erase"; readonly id: number }
  | { readonly kind: "select"; readonly selection: Selection | null }
  | { readonly kind: "undo" }
  | { readonly kind: "redo" };

/** Steps that can be taken back. */
const MOST_STEPS = 200;

/** The same object where nothing changes. */
export function reduceFindings(findings: Findings, act: FindingsAct): Findings {
  const { annotations } = findings;
  switch (act.kind) {
    case "add":
      return added(findings, act.draft);
    case "reshape":
      return changed(findings, act.id, { points: act.points, reduced: act.reduced }, act.run ?? "");
    case "label":
      return changed(findings, act.id, { labelAt: act.at });
    case "name":
      return changed(findings, act.id, { text: act.text });
    case "erase":
      return annotations.some(({ id }) => id === act.id) ? stepped(findings, annotations.filter(({ id }) => id !== act.id)) : findings;
    case "select":
      return selected(findings, act.selection);
    case "undo":
      return turnedBack(findings);
    case "redo":
      return doneAgain(findings);
  }
}

function added(findings: Findings, draft: Draft): Findings {
  const { annotations, nextId: id } = findings;
  const number = 1 + Math.max(0, ...annotations.filter(({ kind }) => kind === draft.kind).map((one) => one.number));
  const after = stepped(findings, [...annotations, { ...draft, id, number }]);
  return { ...after, nextId: id + 1, selection: { id, grip: null } };
}

function changed(findings: Findings, id: number, change: Partial<Draft>, run = ""): Findings {
  const { annotations } = findings;
  const index = annotations.findIndex((one) => one.id === id);
  const found = annotations[index];
  if (found === undefined) return findings;
  return stepped(findings, annotations.with(index, { ...found, ...change }), run);
}

/** A new state of the annotations; within a run the way back leads to before the run. */
function stepped(findings: Findings, annotations: readonly Annotation[], run = ""): Findings {
  const goesOn = run !== "" && run === findings.run;
  const past = goesOn ? findings.past : [...findings.past, findings.annotations].slice(-MOST_STEPS);
  return withAnnotations({ ...findings, past, future: [], run }, annotations);
}

/** What is gone is not selected. */
function withAnnotations(findings: Findings, annotations: readonly Annotation[]): Findings {
  const { selection } = findings;
  const there = selection !== null && annotations.some(({ id }) => id === selection.id);
  return { ...findings, annotations, selection: there ? selection : null };
}

function selected(findings: Findings, selection: Selection | null): Findings {
  const now = findings.selection;
  if (now?.id === selection?.id && now?.grip === selection?.grip) return findings;
  if (selection !== null && !findings.annotations.some(({ id }) => id === selection.id)) return findings;
  return { ...findings, selection, run: "" };
}

function turnedBack(findings: Findings): Findings {
  const before = findings.past.at(-1);
  if (before === undefined) return findings;
  const future = [...findings.future, findings.annotations];
  return withAnnotations({ ...findings, past: findings.past.slice(0, -1), future, run: "" }, before);
}

function doneAgain(findings: Findings): Findings {
  const after = findings.future.at(-1);
  if (after === undefined) return findings;
  const past = [...findings.past, findings.annotations];
  return withAnnotations({ ...findings, past, future: findings.future.slice(0, -1), run: "" }, after);
}

/** What a screen reader is told; empty where its value is said by who knows it. */
export function findingsNews(before: Findings, act: FindingsAct): string {
  switch (act.kind) {
    case "erase": {
      const gone = before.annotations.find(({ id }) => id === act.id);
      return gone === undefined ? "" : t("measure.said.deleted", { name: nameOf(gone) });
    }
    case "undo":
      return before.past.length === 0 ? t("measure.said.nothingToUndo") : t("measure.said.undone");
    case "redo":
      return before.future.length === 0 ? t("measure.said.nothingToRedo") : t("measure.said.redone");
    default:
      return "";
  }
}

export function annotationOf({ annotations }: Findings, id: number): Annotation | null {
  return annotations.find((one) => one.id === id) ?? null;
}

export function kindName(kind: AnnotationKind): string {
  return t(`measure.kind.${kind}`);
}

/** The reader's own name, or "Length 2". */
export function nameOf({ kind, number, text }: Annotation): string {
  return text === "" ? t("measure.numbered", { kind: kindName(kind), number }) : text;
}

export function isMeasuring(tool: string): tool is AnnotationKind {
  return (ANNOTATION_KINDS as readonly string[]).includes(tool);
}
