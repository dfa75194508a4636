/** One valid plan for the tests; each test changes one thing. */
import type { DisplaySet, Geometry, Hanging, ImageTable, PixelLayout, Plan, Spacing, Stage, StageCell, StudyLabel, Table } from "../src/wire/types";
import type { AppState } from "../src/view/viewState";
import { initialState } from "../src/view/viewState";

export const study: StudyLabel = {
  patientName: "EXAMPLE^ADA",
  patientId: "MRN-1",
  patientIdAssigned: false,
  birthDate: "1961-04-12",
  sex: "F",
  date: "2026-11-02",
  time: "09:41",
  description: "CT CHEST",
  institution: "Example Hospital",
  warnings: [],
  role: "current",
  monthsBefore: null,
  incomplete: null,
  relevance: [],
};

export const priorStudy: StudyLabel = { ...study, date: "2024-03-02", role: "prior", monthsBefore: 32, relevance: ["same region"] };

export const AXIAL: Geometry = { row: [1, 0, 0], column: [0, 1, 0], positions: [0, 0, -10, 0, 0, -5, 0, 0, 0, 0, 0, 5, 0, 0, 10], frameOfReference: 0 };

export const GREY_12: PixelLayout = {
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  signed: false,
  isFloat: false,
  samplesPerPixel: 1,
  planarConfiguration: 0,
  photometricInterpretation: "MONOCHROME2",
};

export const RGB_8: PixelLayout = { ...GREY_12, bitsAllocated: 8, bitsStored: 8, highBit: 7, samplesPerPixel: 3, photometricInterpretation: "RGB" };

/** 2 mm between rows, 0.5 mm between columns. */
export function spacing(change: Partial<Spacing> = {}): Spacing {
  return { betweenRowsMm: 2, betweenColumnsMm: 0.5, source: "patient", note: "", magnification: null, ...change };
}

/** Its entries are elsewhere: only `index` leads there. */
export function table(change: Partial<Table> = {}): Table {
  return { index: 0, first: 0, count: 4, bits: 8, explanation: "", ...change };
}

/** 40 columns × 30 rows, 0.5 mm between columns, 2 mm between rows: 20 mm wide, 60 mm high. */
export function image(change: Partial<ImageTable> = {}): ImageTable {
  return {
    rows: 30,
    columns: 40,
    transferSyntaxUid: "1.2.840.10008.1.2.4.80",
    pixels: GREY_12,
    rescaleSlope: [1],
    rescaleIntercept: [-1024],
    modalityLut: null,
    unit: "HU",
    windows: [{ center: 40, width: 400, function: "LINEAR", explanation: "SOFT" }],
    voiLuts: [],
    inverse: false,
    padding: null,
    palette: null,
    spacing: spacing(),
    pixelAspect: null,
    geometry: AXIAL,
    stack: { state: "regular", stepMm: 5, gaps: [], tiltDeg: 0 },
    patientOrientation: [],
    quadruped: false,
    sliceThicknessMm: [5],
    lossy: [],
    overlays: [],
    shutters: [],
    regions: [],
    cine: null,
    suv: null,
    frameNames: [],
    notes: [],
    ...change,
  };
}

export function displaySet(change: Partial<DisplaySet> = {}): DisplaySet {
  return { label: "Soft", modality: "CT", seriesNumber: 3, study, refusal: null, frameCount: 5, image: image(), ...change };
}

export const refused: DisplaySet = displaySet({ label: "Colour", refusal: { code: "colour", text: "Colour is not shown." }, image: null });

export function stageCell(displaySet: number | null, change: Partial<StageCell> = {}): StageCell {
  return { displaySet, window: null, label: "", sync: null, justify: null, invert: false, ...change };
}

/** One row of cells. */
export function stage(cells: readonly StageCell[], change: Partial<Stage> = {}): Stage {
  return { name: "Side by side", rows: 1, columns: cells.length, cells, ...change };
}

export function hanging(...stages: readonly Stage[]): Hanging {
  return { protocol: "ct", label: "CT", reasons: [], rejected: [], stages };
}

/** Two cells side by side, showing sets 0 and 1; set 2 is refused, set 3 is on no cell. */
export function plan(change: Partial<Plan> = {}): Plan {
  return {
    revision: 1,
    banner: { name: "EXAMPLE^ADA", birthDate: "1961-04-12", sex: "female", mrn: "MRN-1", order: "CT chest", accession: "A1", needed: true, allergies: [] },
    hanging: hanging(stage([stageCell(0), stageCell(1)])),
    displaySets: [displaySet(), displaySet({ label: "Lung" }), refused, displaySet({ label: "Bone", frameCount: 3 })],
    notices: [],
    complete: true,
    archives: [],
    trace: [],
    ...change,
  };
}

export function state(change: Partial<AppState> = {}): AppState {
  const viewport = { width: 200, height: 300, devicePixelRatio: 1 };
  return { ...initialState(change.plan ?? plan()), viewports: [viewport, viewport], ...change };
}
