/** Lookup tables and overlay bits: asked for when first needed, then kept. */
import type { Client, Problem } from "../wire/client";
import { mayPass, RequestFailed } from "../wire/client";
import type { Overlay, Table } from "../wire/types";

export interface Tables {
  /** Null while they are on their way, which asking starts, and once they have failed. */
  readonly entries: (displaySet: number, table: Table) => Uint16Array | null;
  /** Of an overlay with bits of its own, row by row, the lowest bit of a byte first; null as above. */
  readonly bits: (displaySet: number, overlay: Overlay) => Uint8Array | null;
  /** Forgets failures, of one display set or of all: the next asking tries again. */
  readonly retry: (displaySet?: number) => void;
  readonly close: () => void;
}

export interface TablesPorts {
  readonly client: Pick<Client, "table" | "overlay">;
  readonly wait: (ms: number) => Promise<void>;
  /** What waited for it can be drawn now. */
  readonly onReady: (displaySet: number) => void;
  /** What waits for it cannot be shown. */
  readonly onFailed: (displaySet: number, problem: Problem) => void;
}

const ATTEMPTS = 4;
const BACKOFF_MS = 300;

type Part = { readonly kind: "awaited" } | { readonly kind: "failed"; readonly displaySet: number } | { readonly kind: "here"; readonly bytes: Uint8Array; readonly words: Uint16Array };

export function createTables({ client, wait, onReady, onFailed }: TablesPorts): Tables {
  const parts = new Map<string, Part>();
  const abort = new AbortController();

  function part(displaySet: number, key: string, length: number, ask: () => Promise<ArrayBuffer>): Extract<Part, { kind: "here" }> | null {
    const known = parts.get(key);
    if (known?.kind === "here") return known;
    if (known === undefined && !abort.signal.aborted) {
      parts.set(key, { kind: "awaited" });
      void load(displaySet, key, length, ask);
    }
    return null;
  }

  async function load(displaySet: number, key: string, length: number, ask: () => Promise<ArrayBuffer>): Promise<void> {
    try {
      const buffer = await attempts(ask);
      if (abort.signal.aborted) return;
      if (buffer.byteLength < length) throw new RequestFailed(tooShort(buffer.byteLength, length));
      parts.set(key, { kind: "here", bytes: new Uint8Array(buffer, 0, length), words: new Uint16Array(buffer, 0, length >> 1) });
    } catch (cause) {
      if (abort.signal.aborted) return;
      if (!(cause instanceof RequestFailed)) throw cause;
      parts.set(key, { kind: "failed", displaySet });
      onFailed(displaySet, cause.problem);
      return;
    }
    onReady(displaySet);
  }

  async function attempts(ask: () => Promise<ArrayBuffer>): Promise<ArrayBuffer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (cause) {
        if (abort.signal.aborted || attempt >= ATTEMPTS || !mayPass(cause)) throw cause;
        await wait(BACKOFF_MS * 2 ** (attempt - 1));
      }
    }
  }

  return {
    entries: (displaySet, { index, count }) =>
      part(displaySet, `${String(displaySet)}/t/${String(index)}`, 2 * count, () => client.table(displaySet, index, abort.signal))?.words ?? null,
    bits: (displaySet, { index, rows, columns }) =>
      part(displaySet, `${String(displaySet)}/o/${String(index)}`, Math.ceil((rows * columns) / 8), () => client.overlay(displaySet, index, abort.signal))?.bytes ?? null,
    retry: (displaySet) => {
      for (const [key, known] of parts) if (known.kind === "failed" && (displaySet ?? known.displaySet) === known.displaySet) parts.delete(key);
    },
    close: () => {
      abort.abort();
      parts.clear();
    },
  };
}

function tooShort(received: number, needed: number): Problem {
  return {
    status: null,
    code: "truncated",
    title: "A part of the image arrived incomplete",
    detail: `A lookup table or overlay has ${String(received)} bytes where ${String(needed)} are needed; without it the image is not shown.`,
    nextStep: "Try again.",
    correlationId: "",
  };
}
