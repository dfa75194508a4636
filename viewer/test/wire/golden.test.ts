/** The server's JSON and types.ts agree. Oracle: tests/golden/boot.json, which pytest holds the server to. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { reduce } from "../../src/view/actions";
import { cellStatus, initialState } from "../../src/view/viewState";
import type { KeptPreferences, Preferences } from "../../src/wire/preferences";
import { DEFAULT_PREFERENCES } from "../../src/wire/preferences";
import type { ArchiveState, Banner, Boot, Cine, DisplaySet, Geometry, Hanging, ImageTable, Note, Notice, Overlay, PixelLayout, Plan, Rejected, Shutter, Spacing, StackState, Stage, StageCell, StudyLabel, SuvTable, Table, TraceStep, UltrasoundRegion, VoiWindow } from "../../src/wire/types";

const here = dirname(fileURLToPath(import.meta.url));
const read = (path: string): Boot => JSON.parse(readFileSync(join(here, path), "utf8")) as Boot;
const boot = read("../../../tests/golden/boot.json");

/** The compiler refuses a list that lacks a key of T or has one too many. */
const keysOf = <T>(keys: Readonly<Record<keyof T, true>>): readonly string[] => Object.keys(keys).sort();
const keysIn = (value: object): readonly string[] => Object.keys(value).sort();

const BOOT = keysOf<Boot>({ base: true, secret: true, secondsLeft: true, session: true, preferences: true, plan: true });
const KEPT = keysOf<KeptPreferences>({ keptFor: true, preferences: true });
const PREFERENCES = keysOf<Preferences>({ language: true, profile: true, keys: true, singleKeys: true, startTool: true, mouse: true, chrome: true, overlays: true });
const MOUSE = keysOf<Preferences["mouse"]>({ middle: true, right: true });
const PLAN = keysOf<Plan>({ revision: true, banner: true, hanging: true, displaySets: true, notices: true, complete: true, archives: true, trace: true });
const BANNER = keysOf<Banner>({ name: true, birthDate: true, sex: true, mrn: true, order: true, accession: true, needed: true, allergies: true });
const HANGING = keysOf<Hanging>({ protocol: true, label: true, reasons: true, rejected: true, stages: true });
const REJECTED = keysOf<Rejected>({ protocol: true, reason: true });
const STAGE = keysOf<Stage>({ name: true, rows: true, columns: true, cells: true });
const STAGE_CELL = keysOf<StageCell>({ displaySet: true, window: true, label: true, sync: true, justify: true, invert: true });
const ARCHIVE = keysOf<ArchiveState>({ name: true, state: true, text: true });
const TRACE = keysOf<TraceStep>({ text: true, outcome: true });
const NOTICE = keysOf<Notice>({ level: true, text: true });
const SET = keysOf<DisplaySet>({ label: true, modality: true, seriesNumber: true, study: true, refusal: true, frameCount: true, image: true });
const STUDY = keysOf<StudyLabel>({ patientName: true, patientId: true, patientIdAssigned: true, birthDate: true, sex: true, date: true, time: true, description: true, institution: true, warnings: true, incomplete: true, role: true, monthsBefore: true, relevance: true });
const IMAGE = keysOf<ImageTable>({
  rows: true, columns: true, transferSyntaxUid: true, pixels: true, rescaleSlope: true, rescaleIntercept: true, modalityLut: true, unit: true,
  windows: true, voiLuts: true, inverse: true, padding: true, palette: true, spacing: true, pixelAspect: true, geometry: true, stack: true,
  patientOrientation: true, quadruped: true, sliceThicknessMm: true, lossy: true, overlays: true, shutters: true, regions: true, cine: true, suv: true, frameNames: true, notes: true,
});
const PIXELS = keysOf<PixelLayout>({ bitsAllocated: true, bitsStored: true, highBit: true, signed: true, isFloat: true, samplesPerPixel: true, planarConfiguration: true, photometricInterpretation: true });
const TABLE = keysOf<Table>({ index: true, first: true, count: true, bits: true, explanation: true });
const OVERLAY = keysOf<Overlay>({ index: true, frame: true, rows: true, columns: true, origin: true, bit: true, label: true });
const SHUTTER = keysOf<Shutter>({ rectangle: true, circle: true, polygon: true, presentationValue: true });
const REGION = keysOf<UltrasoundRegion>({
  left: true, top: true, right: true, bottom: true, spatialFormat: true, dataType: true, unitX: true, unitY: true, deltaX: true, deltaY: true, referencePixel: true, referenceValue: true,
});
const CINE = keysOf<Cine>({ intervalsMs: true, source: true, first: true, last: true });
const NOTE = keysOf<Note>({ code: true, text: true });
const SUV = keysOf<SuvTable>({ types: true, refusal: true });
const STACK = keysOf<StackState>({ state: true, stepMm: true, gaps: true, tiltDeg: true });
const WINDOW = keysOf<VoiWindow>({ center: true, width: true, function: true, explanation: true });
const SPACING = keysOf<Spacing>({ betweenRowsMm: true, betweenColumnsMm: true, source: true, note: true, magnification: true });
const GEOMETRY = keysOf<Geometry>({ row: true, column: true, positions: true, frameOfReference: true });

it("the golden boot has exactly the keys of the types, at every depth", () => {
  const { plan } = boot;
  const images = plan.displaySets.flatMap(({ image }) => (image === null ? [] : [image]));
  expect([boot, plan, plan.banner, plan.hanging].map(keysIn)).toEqual([BOOT, PLAN, BANNER, HANGING]);
  const kept = boot.preferences;
  expect([kept, kept.preferences, kept.preferences.mouse].map(keysIn)).toEqual([KEPT, PREFERENCES, MOUSE]);
  expect(kept).toEqual({ keptFor: "user", preferences: DEFAULT_PREFERENCES });
  for (const one of plan.hanging.rejected) expect(keysIn(one)).toEqual(REJECTED);
  for (const one of plan.hanging.stages) expect(keysIn(one)).toEqual(STAGE);
  for (const cell of plan.hanging.stages.flatMap(({ cells }) => cells)) {
    expect(keysIn(cell)).toEqual(STAGE_CELL);
    if (cell.window !== null) expect(keysIn(cell.window)).toEqual(WINDOW);
  }
  for (const one of plan.archives) expect(keysIn(one)).toEqual(ARCHIVE);
  for (const one of plan.trace) expect(keysIn(one)).toEqual(TRACE);
  for (const notice of plan.notices) expect(keysIn(notice)).toEqual(NOTICE);
  for (const set of plan.displaySets) expect([keysIn(set), keysIn(set.study)]).toEqual([SET, STUDY]);
  for (const image of images) {
    expect([keysIn(image), keysIn(image.pixels)]).toEqual([IMAGE, PIXELS]);
    for (const window of image.windows) expect(keysIn(window)).toEqual(WINDOW);
    if (image.spacing !== null) expect(keysIn(image.spacing)).toEqual(SPACING);
    if (image.geometry !== null) expect(keysIn(image.geometry)).toEqual(GEOMETRY);
    for (const table of [image.modalityLut, ...image.voiLuts, ...(image.palette ?? [])]) if (table !== null) expect(keysIn(table)).toEqual(TABLE);
    for (const note of image.notes) expect(keysIn(note)).toEqual(NOTE);
    for (const overlay of image.overlays) expect(keysIn(overlay)).toEqual(OVERLAY);
    for (const shutter of image.shutters) if (shutter !== null) expect(keysIn(shutter)).toEqual(SHUTTER);
    for (const region of image.regions.flat()) expect(keysIn(region)).toEqual(REGION);
    for (const [value, keys] of [[image.cine, CINE], [image.suv, SUV], [image.stack, STACK]] as const) if (value !== null) expect(keysIn(value)).toEqual(keys);
  }
});

it("the image is null exactly where there is a refusal", () => {
  expect(boot.plan.displaySets.length).toBeGreaterThan(0);
  for (const { image, refusal } of boot.plan.displaySets) expect(image === null).toBe(refusal !== null);
});

it("the golden plan hangs: every cell of every stage has a word or something to load", () => {
  const { stages } = boot.plan.hanging;
  expect(stages.length).toBeGreaterThan(0);
  for (const [index, { rows, columns, cells }] of stages.entries()) {
    const state = reduce(initialState(boot.plan), { kind: "stage", index });
    expect(cells).toHaveLength(rows * columns);
    expect(state.cells).toHaveLength(rows * columns);
    for (const cell of state.cells.keys()) expect(["loading", "refused", "empty"]).toContain(cellStatus(state, cell));
  }
});
