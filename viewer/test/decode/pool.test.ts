/** The pool: order, joining, cancelling, crashes. Its workers are puppets. */
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { DecodeError } from "../../src/decode/frame";
import type { DecodedFrame } from "../../src/decode/frame";
import type { DecodePoolOptions, DecodeRequest, DecodeWorker } from "../../src/decode/pool";
import { createDecodePool, DecodeCancelled, mostUnderWay, workerCount } from "../../src/decode/pool";
import type { FromWorker, ToWorker } from "../../src/decode/protocol";

const JPEG_LS = "1.2.840.10008.1.2.4.80";
const JPEG_2000 = "1.2.840.10008.1.2.4.90";
type DecodeOrder = Extract<ToWorker, { kind: "decode" }>;

const SLOW_MS = 100; // such a worker is given one frame at a time and one ahead

const firstByte = (order: DecodeOrder | undefined): number => new Uint8Array(order?.bytes ?? [])[0] ?? NaN;
const frameOf = (mark: number): DecodedFrame => ({ values: Uint8Array.of(mark), samples: 1, model: "grey", base: 0 });

/** A worker that answers when the test says so. */
class Puppet implements DecodeWorker {
  onmessage: DecodeWorker["onmessage"] = null;
  onerror: DecodeWorker["onerror"] = null;
  readonly heard: ToWorker[] = [];
  ended = false;

  postMessage(message: ToWorker): void {
    this.heard.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  get orders(): DecodeOrder[] {
    return this.heard.filter((message) => message.kind === "decode");
  }
  /** The first byte of each frame that was ordered. */
  get ordered(): (number | undefined)[] {
    return this.orders.map(firstByte);
  }
  /** Answers the oldest order that is open. */
  finish(ms = SLOW_MS): void {
    const order = this.take();
    this.say({ kind: "decoded", id: order?.id ?? -1, frame: frameOf(firstByte(order)), ms });
  }
  begin(): void {
    this.say({ kind: "began", id: this.orders[this.answered]?.id ?? -1 });
  }
  refuse(reason: string): void {
    this.say({ kind: "refused", id: this.take()?.id ?? -1, reason });
  }
  private take(): DecodeOrder | undefined {
    return this.orders[this.answered++];
  }
  private answered = 0;
  crash(message: string): void {
    this.onerror?.({ message } as ErrorEvent);
  }
  private say(data: FromWorker): void {
    this.onmessage?.({ data } as MessageEvent<FromWorker>);
  }
}

let puppets: Puppet[];
let loads: number;

beforeEach(() => {
  puppets = [];
  loads = 0;
});

function poolOf(count: number, changed: Partial<DecodePoolOptions> = {}) {
  return createDecodePool({
    workerUrl: "worker.js",
    count,
    loadWasm: () => {
      loads += 1;
      return Promise.resolve(NO_WASM);
    },
    makeWorker: () => {
      const puppet = new Puppet();
      puppets.push(puppet);
      return puppet;
    },
    ...changed,
  });
}

function request(mark: number, changed: Partial<DecodeRequest> = {}): DecodeRequest {
  return {
    key: `frame ${mark}`,
    bytes: Uint8Array.of(mark).buffer,
    transferSyntaxUid: JPEG_LS,
    rows: 1,
    columns: 1,
    bitsAllocated: 8,
    bitsStored: 8,
    highBit: 7,
    signed: false,
    isFloat: false,
    samplesPerPixel: 1,
    planarConfiguration: 0,
    photometricInterpretation: "MONOCHROME2",
    priority: 0,
    ...changed,
  };
}

/** The smallest module there is. */
const NO_WASM = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

/** Lets every promise that can settle do so. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

function puppet(index = 0): Puppet {
  const found = puppets[index];
  if (found === undefined) throw new Error(`there are ${puppets.length} workers`);
  return found;
}

describe("the decode pool", () => {
  it("answers native frames at once, without codec or worker", async () => {
    const pool = poolOf(2);
    const raw = request(7, { transferSyntaxUid: "1.2.840.10008.1.2.1" });
    const frame = await pool.decode({ ...raw, bytes: Uint8Array.of(7, 0).buffer });
    expect(frame).toEqual(frameOf(7));
    await expect(pool.decode({ ...raw, bytes: new ArrayBuffer(3) })).rejects.toBeInstanceOf(DecodeError);
    expect([puppets.length, loads]).toEqual([0, 0]);
  });
  it("gives native frames whose values must be moved to a worker, without wasm", async () => {
    const pool = poolOf(1);
    const planes = { samplesPerPixel: 3, planarConfiguration: 1, photometricInterpretation: "RGB" };
    void pool.decode({ ...request(1, { transferSyntaxUid: "1.2.840.10008.1.2.1", ...planes }), bytes: new ArrayBuffer(4) });
    await settled();
    expect(puppet().heard.map(({ kind }) => kind)).toEqual(["codec", "decode"]);
    expect(loads).toBe(0);
  });
  it("loads the codec once, and tells it each worker once", async () => {
    const pool = poolOf(1);
    const frames = [pool.decode(request(1)), pool.decode(request(2))];
    await settled();
    puppet().finish();
    puppet().finish();
    expect(await Promise.all(frames)).toEqual([frameOf(1), frameOf(2)]);
    expect(puppet().heard.map(({ kind }) => kind)).toEqual(["codec", "decode", "decode"]);
    expect(loads).toBe(1);
  });
  it("warms what a plan will need: its codecs, in one worker", async () => {
    const pool = poolOf(2);
    pool.warm([JPEG_LS, JPEG_2000, JPEG_LS, "1.2.840.10008.1.2.1", "unknown"]);
    await settled();
    expect(puppets.map(({ heard }) => heard.map((message) => message.kind === "codec" && message.name))).toEqual([["charls", "openjpeg"]]);
    expect(loads).toBe(2);
    void pool.decode(request(1));
    await settled();
    expect([puppets.length, loads, puppet().heard.at(-1)?.kind]).toEqual([1, 2, "decode"]);
  });
  it("takes the smallest priority first, then the first to come", async () => {
    const pool = poolOf(1);
    for (const [mark, priority] of [[1, 5], [2, 9], [3, 1], [4, 5]] as const)
      void pool.decode(request(mark, { priority }));
    await settled();
    for (let turn = 0; turn < 4; turn += 1) puppet().finish();
    expect(puppet().ordered).toEqual([1, 2, 3, 4]); // 1 and 2 were with the worker before the others came
    for (const [mark, priority] of [[5, 5], [6, 9], [7, 1], [8, 5], [9, 0]] as const)
      void pool.decode(request(mark, { priority }));
    await settled();
    for (let turn = 0; turn < 5; turn += 1) puppet().finish();
    expect(puppet().ordered.slice(6)).toEqual([9, 7, 8]);
  });
  it("follows a change of priority", async () => {
    const pool = poolOf(1);
    for (const mark of [1, 2, 3, 4]) void pool.decode(request(mark, { priority: mark }));
    await settled();
    pool.reprioritise("frame 4", 0);
    puppet().finish();
    expect(puppet().ordered).toEqual([1, 2, 4]);
  });
  it("uses as many workers as it may, before any of them gets a second frame", async () => {
    const pool = poolOf(2);
    for (const mark of [1, 2, 3, 4, 5]) void pool.decode(request(mark));
    await settled();
    expect(puppets.map(({ ordered }) => ordered)).toEqual([[1, 3], [2, 4]]);
  });
  it("gives a quick worker more frames ahead, so that it goes on while the page is busy", async () => {
    const pool = poolOf(1);
    for (let mark = 1; mark <= 60; mark += 1) void pool.decode(request(mark));
    await settled();
    expect(puppet().orders.length).toBe(2);
    for (let turn = 0; turn < 20; turn += 1) puppet().finish(2);
    expect(puppet().orders.length).toBe(20 + 9);
    for (let turn = 0; turn < 20; turn += 1) puppet().finish(SLOW_MS);
    expect(puppet().orders.length).toBe(40 + 2);
    expect(mostUnderWay(1)).toBeGreaterThan(9);
  });
  it("joins requests of one key", async () => {
    const pool = poolOf(1);
    expect(pool.decode(request(1))).toBe(pool.decode(request(1)));
  });
  it("drops a waiting frame that is cancelled", async () => {
    const pool = poolOf(1);
    void pool.decode(request(1));
    void pool.decode(request(2));
    const third = pool.decode(request(3));
    await settled();
    pool.cancel("frame 3");
    await expect(third).rejects.toBeInstanceOf(DecodeCancelled);
    puppet().finish();
    expect(puppet().ordered).toEqual([1, 2]);
  });
  it("lets a worker finish a frame that is cancelled, then goes on", async () => {
    const pool = poolOf(1);
    const first = pool.decode(request(1));
    await settled();
    const second = pool.decode(request(2));
    pool.cancel("frame 1");
    await expect(first).rejects.toBeInstanceOf(DecodeCancelled);
    const again = pool.decode(request(1, { priority: 1 }));
    await settled();
    for (let turn = 0; turn < 3; turn += 1) puppet().finish();
    expect(await Promise.all([second, again])).toEqual([frameOf(2), frameOf(1)]);
  });
  it("drops a frame that is cancelled before the codec came", async () => {
    const pool = poolOf(1);
    const frame = pool.decode(request(1));
    pool.cancel("frame 1");
    await expect(frame).rejects.toBeInstanceOf(DecodeCancelled);
    await settled();
    expect(puppets.length).toBe(0);
  });
  it("says why a worker refused", async () => {
    const pool = poolOf(1);
    const frame = pool.decode(request(1));
    await settled();
    puppet().refuse("The JPEG-LS stream is broken: test");
    await expect(frame).rejects.toThrow(new DecodeError("The JPEG-LS stream is broken: test"));
  });
  it("tries a frame again in a new worker after a crash, and what waited there", async () => {
    const pool = poolOf(1);
    const frames = [pool.decode(request(1)), pool.decode(request(2))];
    await settled();
    puppet(0).crash("trap");
    expect(puppet(0).ended).toBe(true);
    expect(puppet(1).heard.map(({ kind }) => kind)).toEqual(["codec", "decode", "decode"]);
    puppet(1).finish();
    puppet(1).finish();
    expect((await Promise.all(frames)).map(({ values }) => values[0])).toEqual([1, 2]);
  });
  it("gives a frame up after two crashes and serves the next one", async () => {
    const pool = poolOf(1);
    const frame = pool.decode(request(1));
    const next = pool.decode(request(2, { priority: 1 }));
    await settled();
    puppet(0).crash("trap");
    puppet(1).crash("unreachable");
    await expect(frame).rejects.toThrow(/stopped twice.*unreachable/);
    puppet(2).finish();
    expect(await next).toEqual(frameOf(2)); // whose own trouble it was not
  });
  it("outlives a worker that stops before its first frame", async () => {
    const pool = poolOf(1);
    pool.warm([JPEG_LS]);
    await settled();
    puppet(0).crash("its codec could not be loaded");
    const frame = pool.decode(request(1));
    await settled();
    puppet(1).finish();
    expect(await frame).toEqual(frameOf(1));
  });
  it("ends a worker that does not come to an end, and serves the next frame", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const pool = poolOf(1, { timeoutMs: 20_000 });
    const frame = expect(pool.decode(request(1))).rejects.toThrow("did not finish this image in 20 s");
    const next = pool.decode(request(2, { priority: 1 }));
    await vi.advanceTimersByTimeAsync(0);
    puppet(0).begin();
    await vi.advanceTimersByTimeAsync(20_000);
    await frame;
    expect(puppet(0).ended).toBe(true);
    puppet(1).finish();
    expect(await next).toEqual(frameOf(2));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(puppet(1).ended).toBe(false);
  });
  it("gives large frames more time", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const pool = poolOf(1);
    const small = expect(pool.decode(request(1))).rejects.toThrow("in 10 s");
    const large = expect(pool.decode(request(2, { rows: 4000, columns: 5000, priority: 1 }))).rejects.toThrow("in 50 s");
    await vi.advanceTimersByTimeAsync(0);
    puppet(0).begin();
    await vi.advanceTimersByTimeAsync(10_001);
    await small;
    expect(puppets.map(({ ended }) => ended)).toEqual([true, false]);
    puppet(1).begin();
    await vi.advanceTimersByTimeAsync(50_000);
    await large;
  });
  it("counts no time for loading the codec, but ends a worker that never comes to the frame", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const pool = poolOf(1, { timeoutMs: 20_000 });
    const late = pool.decode(request(1));
    await vi.advanceTimersByTimeAsync(50_000);
    puppet().begin();
    await vi.advanceTimersByTimeAsync(15_000);
    puppet().finish();
    expect(await late).toEqual(frameOf(1));
    const never = expect(pool.decode(request(2))).rejects.toThrow("did not finish this image in 60 s");
    await vi.advanceTimersByTimeAsync(60_001);
    await never;
  });
  it("gives each frame its own time, from when the one before it was answered", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const pool = poolOf(1, { timeoutMs: 20_000 });
    const frames = [pool.decode(request(1)), pool.decode(request(2))];
    await vi.advanceTimersByTimeAsync(15_000);
    puppet().finish();
    await vi.advanceTimersByTimeAsync(15_000);
    puppet().finish();
    expect(await Promise.all(frames)).toEqual([frameOf(1), frameOf(2)]);
  });
  it("asks for the codec again after a failed download", async () => {
    let failures = 1;
    const loadWasm = () => (failures-- > 0 ? Promise.reject(new Error("offline")) : Promise.resolve(NO_WASM));
    const pool = poolOf(1, { loadWasm });
    await expect(pool.decode(request(1))).rejects.toThrow("could not be loaded");
    const frame = pool.decode(request(1));
    await settled();
    puppet().finish();
    expect(await frame).toEqual(frameOf(1));
  });
  it("names a transfer syntax that it does not decode", async () => {
    const deflated = request(1, { transferSyntaxUid: "1.2.840.10008.1.2.1.99" });
    await expect(poolOf(1).decode(deflated)).rejects.toThrow("1.2.840.10008.1.2.1.99");
  });
  it("cancels all and ends its workers when it is closed", async () => {
    const pool = poolOf(1);
    const frames = [pool.decode(request(1)), pool.decode(request(2)), pool.decode(request(3))];
    await settled();
    const outcomes = Promise.allSettled(frames);
    pool.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(puppet().ended).toBe(true);
  });
  it("leaves a core to the page and stops at twelve", () => {
    expect([1, 2, 4, 5, 64].map(workerCount)).toEqual([1, 1, 3, 4, 12]);
  });
});
