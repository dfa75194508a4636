/** Every attribute of one instance, as the archive has it. `smart_viewer/reading/tags.py` is its other side. */

export interface Tag {
  /** Eight hexadecimal digits: "00100010". */
  readonly tag: string;
  /** "PatientName"; empty for private and unknown ones. */
  readonly keyword: string;
  readonly vr: string;
  /** In words; "" for an empty one and for a sequence. */
  readonly text: string;
  /** Bytes of a binary value, which is not sent; null where the value is text, or not known. */
  readonly bytes: number | null;
  /** The value is longer than what is sent. */
  readonly cut: boolean;
  /** Of a sequence; empty otherwise. */
  readonly items: readonly (readonly Tag[])[];
}

export interface TagTree {
  readonly tags: readonly Tag[];
  /** How many were left out of a very large object. */
  readonly leftOut: number;
}
