/** Lookup tables and overlay bits: asked for when first needed, then kept. */
import type { Client, Problem } from "../wire/client";
import { mayPass, RequestFailed } from "../wire/client";
import type { Overlay, Table } from "../wire/types";

export interface Tables {
  /** Null while they are on their way, which asking starts, and once they have failed. */
  readonly entries: (displaySet: number, table: Table) => Uint16Array | null;
  /** Of an overlay with bits of its own, row by row, the lowest bit of a byte first; null as above. */
  readonly bits: (displaySet: number, overlay: Overlay) => Uint8Array | null;
  /** Why a lookup table did not come; null while it is on its way. */
  readonly problem: (displaySet: number, table: Table) => Problem | null;
  /** An overlay did not come, and has not since: the frame is drawn without it, also while it is asked for again. */
  readonly lacks: (displaySet: number, overlay: Overlay) => boolean;
  /** Starts a draw: what is asked for from now until the next one is kept, whatever the budget says. */
  readonly beginDraw: () => void;
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

const BUDGET_BYTES = 64 * 1024 * 1024;

interface Here {
  readonly kind: "here";
  readonly bytes: Uint8Array;
  readonly words: Uint16Array;
  draw: number;
}

type Part = { readonly kind: "awaited" } | { readonly kind: "failed"; readonly displaySet: number; readonly problem: Problem } | Here;

export function createTables({ client, wait, onReady, onFailed }: TablesPorts, budgetBytes = BUDGET_BYTES): Tables {
  const parts = new Map<string, Part>(); // oldest use first
  const lacking = new Set<string>();
  let draw = 0;
  const abort = new AbortController();

  function part(displaySet: number, key: string, length: number, ask: () => Promise<ArrayBuffer>): Here | null {
    const known = parts.get(key);
    if (known?.kind === "here") return used(key, known);
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
      lacking.delete(key);
      used(key, { kind: "here", bytes: new Uint8Array(buffer, 0, length), words: new Uint16Array(buffer, 0, length >> 1), draw });
      makeRoom();
    } catch (cause) {
      if (abort.signal.aborted) return;
      if (!(cause instanceof RequestFailed)) throw cause;
      lacking.add(key);
      parts.set(key, { kind: "failed", displaySet, problem: cause.problem });
      onFailed(displaySet, cause.problem);
      return;
    }
    onReady(displaySet);
  }

  function used(key: string, here: Here): Here {
    here.draw = draw;
    parts.delete(key);
    parts.set(key, here);
    return here;
  }

  /** What the last draw used stays: else it would be fetched again at once. */
  function makeRoom(): void {
    const held = [...parts].flatMap(([key, part]) => (part.kind === "here" ? [{ key, bytes: part.bytes.byteLength, isOld: part.draw < draw }] : []));
    let over = held.reduce((sum, { bytes }) => sum + bytes, 0) - budgetBytes;
    for (const { key, bytes } of held.filter(({ isOld }) => isOld)) {
      if (over <= 0) return;
      parts.delete(key);
      over -= bytes;
    }
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
      part(displaySet, keyOf(displaySet, "t", index), 2 * count, () => client.table(displaySet, index, abort.signal))?.words ?? null,
    bits: (displaySet, { index, rows, columns }) =>
      part(displaySet, keyOf(displaySet, "o", index), overlayBytes({ rows, columns }), () => client.overlay(displaySet, index, abort.signal))?.bytes ?? null,
    problem: (displaySet, { index }) => {
      const known = parts.get(keyOf(displaySet, "t", index));
      return known?.kind === "failed" ? known.problem : null;
    },
    lacks: (displaySet, { index }) => lacking.has(keyOf(displaySet, "o", index)),
    beginDraw: () => void (draw += 1),
    retry: (displaySet) => {
      for (const [key, known] of parts) if (known.kind === "failed" && (displaySet ?? known.displaySet) === known.displaySet) parts.delete(key);
    },
    close: () => {
      abort.abort();
      parts.clear();
      lacking.clear();
    },
  };
}

function keyOf(displaySet: number, kind: "t" | "o", index: number): string {
  return `${String(displaySet)}/${kind}/${String(index)}`;
}

export function overlayBytes({ rows, columns }: Pick<Overlay, "rows" | "columns">): number {
  return Math.ceil((rows * columns) / 8);
}

function tooShort(received: number, needed: number): Problem {
  return {
    status: null,
    code: "truncated",
    title: "A part of the image arrived incomplete",
    detail: `A lookup table or overlay has ${String(received)} bytes where ${String(needed)} are needed; half of one is not used.`,
    nextStep: "Try again.",
    correlationId: "",
  };
}
