/** The server's JSON and types.ts agree. Oracle: tests/golden/boot.json, which pytest holds the server to. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { reduce } from "../../src/view/actions";
import { cellStatus, initialState } from "../../src/view/viewState";
import type { ArchiveState, Banner, Boot, DisplaySet, Geometry, Hanging, ImageTable, Notice, PixelLayout, Plan, Rejected, Spacing, Stage, StageCell, StudyLabel, TraceStep, VoiWindow } from "../../src/wire/types";

const here = dirname(fileURLToPath(import.meta.url));
const read = (path: string): Boot => JSON.parse(readFileSync(join(here, path), "utf8")) as Boot;
const boot = read("../../../tests/golden/boot.json");

/** The compiler refuses a list that lacks a key of T or has one too many. */
const keysOf = <T>(keys: Readonly<Record<keyof T, true>>): readonly string[] => Object.keys(keys).sort();
const keysIn = (value: object): readonly string[] => Object.keys(value).sort();

const BOOT = keysOf<Boot>({ base: true, secret: true, secondsLeft: true, plan: true });
const PLAN = keysOf<Plan>({ revision: true, banner: true, hanging: true, displaySets: true, notices: true, complete: true, archives: true, trace: true });
const BANNER = keysOf<Banner>({ name: true, birthDate: true, sex: true, mrn: true, order: true, accession: true, needed: true });
const HANGING = keysOf<Hanging>({ protocol: true, label: true, reasons: true, rejected: true, stages: true });
const REJECTED = keysOf<Rejected>({ protocol: true, reason: true });
const STAGE = keysOf<Stage>({ name: true, rows: true, columns: true, cells: true });
const STAGE_CELL = keysOf<StageCell>({ displaySet: true, window: true, label: true, sync: true, justify: true });
const ARCHIVE = keysOf<ArchiveState>({ name: true, state: true, text: true });
const TRACE = keysOf<TraceStep>({ text: true, outcome: true });
const NOTICE = keysOf<Notice>({ level: true, text: true });
const SET = keysOf<DisplaySet>({ label: true, modality: true, seriesNumber: true, study: true, refusal: true, frameCount: true, image: true });
const STUDY = keysOf<StudyLabel>({ patientName: true, patientId: true, patientIdAssigned: true, birthDate: true, sex: true, date: true, time: true, description: true, institution: true, warnings: true, role: true, monthsBefore: true, relevance: true });
const IMAGE = keysOf<ImageTable>({ rows: true, columns: true, transferSyntaxUid: true, pixels: true, rescaleSlope: true, rescaleIntercept: true, unit: true, windows: true, spacing: true, geometry: true, sliceThicknessMm: true, lossy: true });
const PIXELS = keysOf<PixelLayout>({ bitsAllocated: true, bitsStored: true, highBit: true, signed: true, samplesPerPixel: true, photometricInterpretation: true });
const WINDOW = keysOf<VoiWindow>({ center: true, width: true, function: true, explanation: true });
const SPACING = keysOf<Spacing>({ betweenRowsMm: true, betweenColumnsMm: true, source: true });
const GEOMETRY = keysOf<Geometry>({ row: true, column: true, positions: true, frameOfReference: true });

it("the golden boot has exactly the keys of the types, at every depth", () => {
  const { plan } = boot;
  const images = plan.displaySets.flatMap(({ image }) => (image === null ? [] : [image]));
  expect([boot, plan, plan.banner, plan.hanging].map(keysIn)).toEqual([BOOT, PLAN, BANNER, HANGING]);
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
