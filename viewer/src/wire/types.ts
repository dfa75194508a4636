/** What the server tells the page. `smart_viewer/web/wire.py` writes it; tests/golden/boot.json holds both sides to it. */

import type { KeptPreferences } from "./preferences";

export interface Boot {
  /** Path prefix of this reading's routes, e.g. "/r/a-Xy…". */
  readonly base: string;
  /** Proof of possession: sent as header X-Reading with every request. */
  readonly secret: string;
  /** Until the reading expires: then the page forgets the patient by itself. */
  readonly secondsLeft: number;
  readonly session: SessionLimits;
  readonly preferences: KeptPreferences;
  readonly plan: Plan;
}

export interface SessionLimits {
  /** Without a word of the user's input the server ends the reading after so long. */
  readonly idleSeconds: number;
  /** Seconds since 1970, by the server's clock: it ends then in any case. */
  readonly absoluteEndsAt: number;
}

export interface Plan {
  readonly revision: number;
  readonly banner: Banner;
  readonly hanging: Hanging;
  /** Append-only: an index never changes its meaning within a reading. */
  readonly displaySets: readonly DisplaySet[];
  /** What the reader must know, worst first: blocked studies, warnings. */
  readonly notices: readonly Notice[];
  /** False while archives are still answering: newer revisions may come. */
  readonly complete: boolean;
  readonly archives: readonly ArchiveState[];
  /** How the images were found, step by step (launch.md R15). */
  readonly trace: readonly TraceStep[];
}

export interface ArchiveState {
  readonly name: string;
  /** "asked": no answer yet. */
  readonly state: "asked" | "answered" | "failed";
  /** What it said, for the reader; may be empty. */
  readonly text: string;
}

export interface TraceStep {
  readonly text: string;
  readonly outcome: "found" | "none" | "skipped" | "refused" | "failed";
}

/** The patient and order of the EHR, not of the archive. */
export interface Banner {
  readonly name: string;
  /** ISO date, possibly partial ("1961"), empty where the EHR has none. */
  readonly birthDate: string;
  readonly sex: string;
  readonly mrn: string;
  readonly order: string;
  readonly accession: string;
  /** SMART need_patient_banner; true when the EHR did not say. */
  readonly needed: boolean;
  /** Those that hold, high criticality first; null: the EHR was not asked or gave no answer. */
  readonly allergies: readonly Allergy[] | null;
}

export interface Allergy {
  /** Empty where the entry names no substance. */
  readonly text: string;
  readonly high: boolean;
}

export interface Notice {
  readonly level: "blocked" | "warning" | "info";
  readonly text: string;
}

export interface Hanging {
  readonly protocol: string;
  readonly label: string;
  readonly reasons: readonly string[];
  /** Protocols that were weighed and not chosen (hanging.md P8). */
  readonly rejected: readonly Rejected[];
  readonly stages: readonly Stage[];
}

export interface Rejected {
  readonly protocol: string;
  readonly reason: string;
}

export interface Stage {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** rows × columns cells, row by row. */
  readonly cells: readonly StageCell[];
}

export interface StageCell {
  /** Index of a display set; null for an empty cell. */
  readonly displaySet: number | null;
  /** Modality units; null: the image's own. */
  readonly window: VoiWindow | null;
  /** What the cell is for, e.g. "Prior lung"; may be empty. */
  readonly label: string;
  /** Cells of one name scroll, zoom and pan together. */
  readonly sync: string | null;
  /** The image is flush with this edge of the cell. */
  readonly justify: "left" | "right" | null;
  /** What is high is shown dark, as PET is read; the reader's own inversion starts here. */
  readonly invert: boolean;
}

export interface DisplaySet {
  readonly label: string;
  readonly modality: string;
  readonly seriesNumber: number | null;
  readonly study: StudyLabel;
  /** Null where it can be shown; otherwise why not and what to do. */
  readonly refusal: { readonly code: string; readonly text: string } | null;
  readonly frameCount: number;
  /** Null exactly where refusal is not null. */
  readonly image: ImageTable | null;
}

/** Who and when the images say they are: drawn on every image. */
export interface StudyLabel {
  readonly patientName: string;
  readonly patientId: string;
  /** The archive made the id up because the files have none. */
  readonly patientIdAssigned: boolean;
  readonly birthDate: string; // ISO, empty where absent
  readonly sex: string;
  readonly date: string; // ISO, empty where absent
  readonly time: string; // "HH:MM", empty where absent
  readonly description: string;
  readonly institution: string;
  /** What the identity gate wants the reader to know; empty where all matched. */
  readonly warnings: readonly string[];
  /** Fewer objects are here than archive or EHR announce; null where none is missing. */
  readonly incomplete: { readonly received: number; readonly announced: number } | null;
  readonly role: "current" | "prior";
  /** Whole months before the current study; null where a date is missing. */
  readonly monthsBefore: number | null;
  /** Why it is offered beside the current one; empty for the current one. */
  readonly relevance: readonly string[];
}

export interface ImageTable {
  readonly rows: number;
  readonly columns: number;
  /** Of the frames as they are sent, which may differ from how they are stored. */
  readonly transferSyntaxUid: string;
  readonly pixels: PixelLayout;
  /** One value for all frames, or one a frame. */
  readonly rescaleSlope: readonly number[];
  readonly rescaleIntercept: readonly number[];
  /** Wins over the rescale where both are stated (PS3.3 C.11.1). */
  readonly modalityLut: Table | null;
  /** "HU", …; empty where the object does not say. */
  readonly unit: string;
  /** Choices of VOI in modality units; empty, and no voiLuts: the page computes one from the pixels. */
  readonly windows: readonly VoiWindow[];
  /** Further choices of VOI, after the windows. */
  readonly voiLuts: readonly Table[];
  /** MONOCHROME1 or Presentation LUT Shape INVERSE: one inversion, after the VOI. */
  readonly inverse: boolean;
  /** Stored values from low to high, inclusive, are no tissue: black, out of statistics (C.7.5.1.1.2). */
  readonly padding: { readonly low: number; readonly high: number } | null;
  /** Of PALETTE COLOR. */
  readonly palette: readonly [red: Table, green: Table, blue: Table] | null;
  readonly spacing: Spacing | null;
  /** Height : width of a pixel where there is no spacing (PS3.3 C.7.6.3.1.7); else null. */
  readonly pixelAspect: readonly [vertical: number, horizontal: number] | null;
  readonly geometry: Geometry | null;
  /** How the frames lie behind each other; null without geometry. */
  readonly stack: StackState | null;
  /** Letters along a row and down a column where there is no geometry: [], one pair for all frames, or one a frame. */
  readonly patientOrientation: readonly (readonly [row: string, column: string] | null)[];
  /** Orientation letters of quadrupeds. */
  readonly quadruped: boolean;
  /** Thickness of a slice, mm: [], one for all frames, or one a frame. */
  readonly sliceThicknessMm: readonly (number | null)[];
  /** Detail was given up: [], one for all frames, or one a frame. */
  readonly lossy: readonly (Lossy | null)[];
  readonly overlays: readonly Overlay[];
  /** [], one for all frames, or one a frame. */
  readonly shutters: readonly (Shutter | null)[];
  /** Calibrated regions of ultrasound: [], one list for all frames, or one a frame. */
  readonly regions: readonly (readonly UltrasoundRegion[])[];
  readonly cine: Cine | null;
  readonly suv: SuvTable | null;
  /** What tells frames at one position apart ("time 3"); [], or one a frame. */
  readonly frameNames: readonly string[];
  /** What is not as stored, or left out: a stable code and a sentence. */
  readonly notes: readonly Note[];
}

export interface Lossy {
  /** How many times smaller; null where the file does not say. */
  readonly ratio: number | null;
}

export interface Note {
  readonly code: string;
  readonly text: string;
}

export interface PixelLayout {
  /** 8, 16 or 32; 64 for double float. */
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly isFloat: boolean;
  readonly samplesPerPixel: number;
  /** 1: all of red, then green, then blue (raw frames only). */
  readonly planarConfiguration: number;
  readonly photometricInterpretation: string;
}

/** A lookup table; its entries are at `d/<set>/t/<index>`, uint16, little endian. */
export interface Table {
  readonly index: number;
  /** The input that maps to the first entry; lower inputs map there too, higher ones than the last to the last. */
  readonly first: number;
  readonly count: number;
  /** Entries lie in 0 … 2^bits − 1. */
  readonly bits: number;
  readonly explanation: string;
}

export interface VoiWindow {
  readonly center: number;
  readonly width: number;
  readonly function: "LINEAR" | "LINEAR_EXACT" | "SIGMOID";
  readonly explanation: string;
}

/** Distance between pixel centres, and what kind of millimetre it is. */
export interface Spacing {
  readonly betweenRowsMm: number;
  readonly betweenColumnsMm: number;
  readonly source: "patient" | "calibrated" | "detector";
  /** The file's words on a calibration; may be empty. */
  readonly note: string;
  /** Estimated Radiographic Magnification Factor: detector mm ÷ it = mm in the object's plane. */
  readonly magnification: number | null;
}

/** One overlay on one frame; its bits are at `d/<set>/o/<index>`, or in the pixels. */
export interface Overlay {
  readonly index: number;
  readonly frame: number;
  readonly rows: number;
  readonly columns: number;
  /** Row and column of its first bit in the image, from 1; may lie outside. */
  readonly origin: readonly [row: number, column: number];
  /** The bit of the stored pixel cell that holds it; 0: it has bits of its own. */
  readonly bit: number;
  readonly label: string;
}

/** Rows and columns from 1. What any of the shapes hides is hidden. */
export interface Shutter {
  readonly rectangle: { readonly left: number; readonly right: number; readonly upper: number; readonly lower: number } | null;
  readonly circle: { readonly row: number; readonly column: number; readonly radius: number } | null;
  /** row, column, row, column, … */
  readonly polygon: readonly number[];
  /** P-value, 0 to 65535. */
  readonly presentationValue: number;
}

/** PS3.3 C.8.5.5.1. Bounds in pixels, inclusive; deltas are signed units a pixel. */
export interface UltrasoundRegion {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly spatialFormat: number;
  readonly dataType: number;
  /** "mm", "s", "cm/s", …; empty where none. */
  readonly unitX: string;
  readonly unitY: string;
  readonly deltaX: number;
  readonly deltaY: number;
  /** Counted from the region's corner. */
  readonly referencePixel: readonly [x: number, y: number] | null;
  readonly referenceValue: readonly [x: number, y: number] | null;
}

export interface Cine {
  /** One for all, or one between each two neighbouring frames. */
  readonly intervalsMs: readonly number[];
  /** The attribute that decided, e.g. "FrameTime". */
  readonly source: string;
  /** Frame indices of this display set. */
  readonly first: number;
  readonly last: number;
}

export interface SuvTable {
  /** Modality value × factor = SUV; one factor for all frames, or one a frame. The first type is the default. */
  readonly types: readonly { readonly name: string; readonly unit: string; readonly factors: readonly number[] }[];
  /** Why there is none; empty where there is. */
  readonly refusal: string;
}

export interface StackState {
  readonly state: "single" | "regular" | "gaps" | "variable" | "irregular";
  /** Along the normal between neighbours, the usual one; null for a single frame. */
  readonly stepMm: number | null;
  /** Indices of frames behind which something is missing. */
  readonly gaps: readonly number[];
  /** Between the step and the normal; 0 where upright. */
  readonly tiltDeg: number;
}

/** One orientation for the whole display set; LPS, mm. */
export interface Geometry {
  readonly row: readonly [number, number, number];
  readonly column: readonly [number, number, number];
  /** x, y, z of the first pixel's centre of each frame, flattened: 3 · frameCount numbers. */
  readonly positions: readonly number[];
  /** Frames of display sets with the same number share a frame of reference. */
  readonly frameOfReference: number;
}
