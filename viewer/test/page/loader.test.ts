/** How frames are fetched. Oracle: the order and bounds asked for; a hand-driven network and decoder. */
import { describe, expect, it } from "vitest";
import type { LoaderLimits } from "../../src/page/loader";
import { createLoader } from "../../src/page/loader";
import type { FrameRef } from "../../src/view/loadOrder";
import { frameKey } from "../../src/view/loadOrder";
import { RequestFailed } from "../../src/wire/client";

const LIMITS: LoaderLimits = { requests: 2, decodes: 4, attempts: 3, backoffMs: 100, decodedBytes: 1000, encodedBytes: 1000 };
const frames = (...indices: readonly number[]): readonly FrameRef[] => indices.map((frameIndex) => ({ displaySet: 0, frameIndex }));
const at = (frameIndex: number): FrameRef => ({ displaySet: 0, frameIndex });

interface Call {
  readonly signal: AbortSignal;
  readonly answer: (bytes: number) => void;
  readonly fail: (cause: unknown) => void;
}

function failure(status: number | null): RequestFailed {
  return new RequestFailed({ status, code: "x", title: "t", detail: "d", nextStep: "n", correlationId: "" });
}

/** Lets every promise that can go on go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function bench(limits: Partial<LoaderLimits> = {}, frameBytes = 10) {
  const asked: string[] = [];
  const calls = new Map<string, Call>();
  const ready: string[] = [];
  const failed: string[] = [];
  const decoded: string[] = [];
  const waits: number[] = [];
  const cancelled: string[] = [];
  const moved: (readonly [string, number])[] = [];
  let decode = (): Promise<string> => Promise.resolve("pixels");
  const loader = createLoader<string>(
    {
      fetch: (frame, signal) => new Promise((resolve, reject) => {
        asked.push(frameKey(frame));
        calls.set(frameKey(frame), { signal, answer: (bytes) => { resolve({ bytes: new ArrayBuffer(bytes), transferSyntaxUid: null }); }, fail: reject });
      }),
      decode: (frame) => {
        decoded.push(frameKey(frame));
        return decode();
      },
      reprioritise: (frame, priority) => { moved.push([frameKey(frame), priority]); },
      cancelDecode: (frame) => { cancelled.push(frameKey(frame)); },
      wait: (ms) => {
        waits.push(ms);
        return Promise.resolve();
      },
      decodedBytes: () => frameBytes,
      onReady: (frame) => { ready.push(frameKey(frame)); },
      onFailed: (frame) => { failed.push(frameKey(frame)); },
    },
    { ...LIMITS, ...limits },
  );
  const answer = async (frameIndex: number, bytes = 5): Promise<void> => {
    calls.get(`0/${String(frameIndex)}`)?.answer(bytes);
    await settle();
  };
  const fail = async (frameIndex: number, cause: unknown): Promise<void> => {
    calls.get(`0/${String(frameIndex)}`)?.fail(cause);
    await settle();
  };
  const decodeWith = (next: typeof decode): void => { decode = next; };
  return { loader, asked, calls, ready, failed, decoded, waits, cancelled, moved, answer, fail, decodeWith };
}

describe("order", () => {
  it("tells the decoder when a frame that it has is wanted sooner or later than before", async () => {
    const { loader, moved, cancelled, answer, decodeWith } = bench({ requests: 3 });
    decodeWith(() => new Promise(() => undefined));
    loader.want(frames(1, 2, 3));
    await answer(1);
    await answer(2);
    await answer(3);
    loader.want(frames(3, 4, 2));
    expect(moved).toEqual([["0/2", 2], ["0/3", 0]]);
    expect(cancelled).toEqual(["0/1"]);
  });
  it("asks for the most wanted first and for no more than the bound at once", async () => {
    const { loader, asked, answer } = bench();
    loader.want(frames(2, 3, 1, 4));
    expect(asked).toEqual(["0/2", "0/3"]);
    await answer(3);
    expect(asked).toEqual(["0/2", "0/3", "0/1"]);
  });

  it("follows the reader: what is wanted now comes next", async () => {
    const { loader, asked, answer } = bench();
    loader.want(frames(0, 1, 2, 3));
    loader.want(frames(3, 2, 1, 0));
    await answer(0);
    expect(asked).toEqual(["0/0", "0/1", "0/3"]);
  });

  it("asks for nothing twice", async () => {
    const { loader, asked, answer } = bench();
    loader.want(frames(0));
    loader.want(frames(0));
    await answer(0);
    loader.want(frames(0));
    expect(asked).toEqual(["0/0"]);
    expect(loader.values(at(0))).toBe("pixels");
  });
});

it("what is no longer wanted is aborted, and what is wanted takes its place", async () => {
  const { loader, asked, calls, failed, fail } = bench({ requests: 1 });
  loader.want(frames(0));
  loader.want(frames(7));
  expect(calls.get("0/0")?.signal.aborted).toBe(true);
  expect(asked).toEqual(["0/0", "0/7"]);
  await fail(0, new DOMException("stop", "AbortError"));
  expect(failed).toEqual([]);
});

describe("failures", () => {
  it("that may pass are tried again, each time later, and then told once", async () => {
    const { loader, asked, waits, failed, fail } = bench();
    loader.want(frames(0));
    for (let i = 0; i < 3; i++) await fail(0, failure(503));
    expect(asked).toEqual(["0/0", "0/0", "0/0"]);
    expect(waits).toEqual([100, 200]);
    expect(failed).toEqual(["0/0"]);
  });

  it("that cannot pass are told at once, and the other frames go on", async () => {
    const { loader, waits, failed, ready, fail, answer } = bench();
    loader.want(frames(0, 1));
    await fail(0, failure(404));
    await answer(1);
    expect([waits, failed, ready]).toEqual([[], ["0/0"], ["0/1"]]);
  });

  it("of a series in trouble do not become a storm: only what is in view is asked for", async () => {
    const { loader, asked, fail } = bench({ attempts: 1, requests: 1 });
    loader.want(frames(0, 1, 2, 3, 4, 5, 6, 7));
    for (let i = 0; i < 8; i++) await fail(i, failure(null));
    expect(asked).toEqual(["0/0", "0/1", "0/2", "0/3"]);
  });

  it("are forgotten by retry", async () => {
    const { loader, asked, ready, fail, answer } = bench({ attempts: 1 });
    loader.want(frames(0));
    await fail(0, failure(502));
    loader.retry(0);
    await answer(0);
    expect([asked, ready]).toEqual([["0/0", "0/0"], ["0/0"]]);
  });

  it("of the decoder are told in its words and cost no further request", async () => {
    const { loader, asked, failed, answer, decodeWith } = bench();
    decodeWith(() => Promise.reject(new Error("not JPEG-LS")));
    loader.want(frames(0));
    await answer(0);
    expect([asked, failed]).toEqual([["0/0"], ["0/0"]]);
  });
});

describe("budgets", () => {
  it("decode what is near and keep the rest encoded", async () => {
    const { loader, decoded, ready, answer } = bench({ decodedBytes: 20, requests: 4 });
    loader.want(frames(0, 1, 2, 3));
    for (const i of [0, 1, 2, 3]) await answer(i);
    expect(decoded).toEqual(["0/0", "0/1"]);
    expect(ready).toHaveLength(4);
    expect(loader.ready(0)).toBe(4);
  });

  it("decode again from the kept bytes, without a request, when the reader comes near", async () => {
    const { loader, asked, answer } = bench({ decodedBytes: 20, requests: 4 });
    loader.want(frames(0, 1, 2, 3));
    for (const i of [0, 1, 2, 3]) await answer(i);
    loader.want(frames(3, 2, 1, 0));
    await settle();
    expect([loader.values(at(3)), loader.values(at(2)), loader.values(at(1)), loader.values(at(0))]).toEqual(["pixels", "pixels", null, null]);
    expect(asked).toHaveLength(4);
  });

  it("show at least the frame in view, however large it is", async () => {
    const { loader, answer } = bench({ decodedBytes: 1 }, 10);
    loader.want(frames(0, 1));
    await answer(0);
    expect(loader.values(at(0))).toBe("pixels");
  });

  it("are not spent by a frame that failed: what stands beside a monster is shown", async () => {
    const { loader, answer, decodeWith, failed } = bench({ decodedBytes: 15, requests: 2 });
    decodeWith(() => Promise.reject(new Error("too large")));
    loader.want(frames(0, 1));
    await answer(0);
    decodeWith(() => Promise.resolve("pixels"));
    await answer(1);
    expect(failed).toEqual(["0/0"]);
    expect(loader.values(at(1))).toBe("pixels");
  });
  it("stop fetching when the encoded bytes are spent", async () => {
    const { loader, asked, answer } = bench({ decodedBytes: 10, encodedBytes: 12, requests: 1 });
    loader.want(frames(0, 1, 2, 3, 4));
    for (const i of [0, 1, 2, 3]) await answer(i, 6);
    expect(asked.length).toBeLessThan(5);
  });
});

it("a closed loader holds nothing, aborts everything and asks for nothing more", async () => {
  const { loader, asked, calls, answer } = bench();
  loader.want(frames(0, 1, 2));
  await answer(0);
  loader.close();
  expect(loader.values(at(0))).toBeNull();
  expect(calls.get("0/1")?.signal.aborted).toBe(true);
  const before = asked.length;
  loader.want(frames(0, 1));
  loader.retry();
  expect(asked).toHaveLength(before);
});
