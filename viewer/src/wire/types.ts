/** What the server tells the page. `smart_viewer/web/wire.py` writes it; tests/golden/boot.json holds both sides to it. */

export interface Boot {
  /** Path prefix of this reading's routes, e.g. "/r/a-Xy…". */
  readonly base: string;
  /** Proof of possession: sent as header X-Reading with every request. */
  readonly secret: string;
  /** Until the reading expires: then the page forgets the patient by itself. */
  readonly secondsLeft: number;
  readonly plan: Plan;
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
  readonly role: "current" | "prior";
  /** Whole months before the current study; null where a date is missing. */
  readonly monthsBefore: number | null;
  /** Why it is offered beside the current one; empty for the current one. */
  readonly relevance: readonly string[];
}

export interface ImageTable {
  readonly rows: number;
  readonly columns: number;
  readonly transferSyntaxUid: string;
  readonly pixels: PixelLayout;
  /** One value for all frames, or one a frame. */
  readonly rescaleSlope: readonly number[];
  readonly rescaleIntercept: readonly number[];
  /** "HU", …; empty where the object does not say. */
  readonly unit: string;
  /** Choices of VOI in modality units; empty: the page computes one from the pixels. */
  readonly windows: readonly VoiWindow[];
  readonly spacing: Spacing | null;
  readonly geometry: Geometry | null;
  /** Thickness of one slice, mm; null where absent. */
  readonly sliceThicknessMm: number | null;
  readonly lossy: { readonly ratio: number | null } | null;
}

export interface PixelLayout {
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
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
  readonly source: "patient" | "detector";
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
