/** The pool: order, joining, cancelling, crashes. Its workers are puppets. */
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { DecodeError } from "../src/decode/frame";
import type { DecodePoolOptions, DecodeRequest, DecodeWorker } from "../src/decode/pool";
import { createDecodePool, DecodeCancelled, workerCount } from "../src/decode/pool";
import type { FromWorker, ToWorker } from "../src/decode/protocol";

const JPEG_LS = "1.2.840.10008.1.2.4.80";
type DecodeOrder = Extract<ToWorker, { kind: "decode" }>;

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
    return this.orders.map(({ bytes }) => new Uint8Array(bytes)[0]);
  }
  finish(): void {
    const id = this.orders.at(-1)?.id ?? -1;
    this.say({ kind: "decoded", id, values: Uint8Array.of(this.ordered.at(-1) ?? 0) });
  }
  refuse(reason: string): void {
    this.say({ kind: "refused", id: this.orders.at(-1)?.id ?? -1, reason });
  }
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
    loadCodec: () => {
      loads += 1;
      return Promise.resolve(new ArrayBuffer(8));
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
    samplesPerPixel: 1,
    priority: 0,
    ...changed,
  };
}

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
    expect(await pool.decode({ ...raw, bytes: Uint8Array.of(7, 0).buffer })).toEqual(Uint8Array.of(7));
    expect([puppets.length, loads]).toEqual([0, 0]);
  });
  it("loads the codec once, and tells it each worker once", async () => {
    const pool = poolOf(1);
    const frames = [pool.decode(request(1)), pool.decode(request(2))];
    await settled();
    puppet().finish();
    puppet().finish();
    expect(await Promise.all(frames)).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
    expect(puppet().heard.map(({ kind }) => kind)).toEqual(["codec", "decode", "decode"]);
    expect(loads).toBe(1);
  });
  it("takes the smallest priority first, then the first to come", async () => {
    const pool = poolOf(1);
    for (const [mark, priority] of [[1, 5], [2, 9], [3, 1], [4, 5]] as const)
      void pool.decode(request(mark, { priority }));
    await settled();
    for (let turn = 0; turn < 4; turn += 1) puppet().finish();
    expect(puppet().ordered).toEqual([1, 3, 4, 2]); // 1 began before the others came
  });
  it("follows a change of priority", async () => {
    const pool = poolOf(1);
    for (const mark of [1, 2, 3]) void pool.decode(request(mark, { priority: mark }));
    await settled();
    pool.reprioritise("frame 3", 0);
    puppet().finish();
    expect(puppet().ordered).toEqual([1, 3]);
  });
  it("uses as many workers as it may", async () => {
    const pool = poolOf(2);
    for (const mark of [1, 2, 3]) void pool.decode(request(mark));
    await settled();
    expect(puppets.map(({ ordered }) => ordered)).toEqual([[1], [2]]);
  });
  it("joins requests of one key", async () => {
    const pool = poolOf(1);
    expect(pool.decode(request(1))).toBe(pool.decode(request(1)));
  });
  it("drops a waiting frame that is cancelled", async () => {
    const pool = poolOf(1);
    void pool.decode(request(1));
    const second = pool.decode(request(2));
    await settled();
    pool.cancel("frame 2");
    await expect(second).rejects.toBeInstanceOf(DecodeCancelled);
    puppet().finish();
    expect(puppet().ordered).toEqual([1]);
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
    expect(await Promise.all([second, again])).toEqual([Uint8Array.of(2), Uint8Array.of(1)]);
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
  it("tries a frame again in a new worker after a crash", async () => {
    const pool = poolOf(1);
    const frame = pool.decode(request(1));
    await settled();
    puppet(0).crash("trap");
    expect(puppet(0).ended).toBe(true);
    expect(puppet(1).heard.map(({ kind }) => kind)).toEqual(["codec", "decode"]);
    puppet(1).finish();
    expect(await frame).toEqual(Uint8Array.of(1));
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
    expect(await next).toEqual(Uint8Array.of(2));
  });
  it("ends a worker that does not come to an end, and serves the next frame", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const pool = poolOf(1, { timeoutMs: 20_000 });
    const frame = expect(pool.decode(request(1))).rejects.toThrow("did not finish this image in 20 s");
    const next = pool.decode(request(2, { priority: 1 }));
    await vi.advanceTimersByTimeAsync(20_000);
    await frame;
    expect(puppet(0).ended).toBe(true);
    puppet(1).finish();
    expect(await next).toEqual(Uint8Array.of(2));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(puppet(1).ended).toBe(false);
  });
  it("asks for the codec again after a failed download", async () => {
    let failures = 1;
    const loadCodec = () =>
      failures-- > 0 ? Promise.reject(new Error("offline")) : Promise.resolve(new ArrayBuffer(8));
    const pool = poolOf(1, { loadCodec });
    await expect(pool.decode(request(1))).rejects.toThrow("could not be loaded");
    const frame = pool.decode(request(1));
    await settled();
    puppet().finish();
    expect(await frame).toEqual(Uint8Array.of(1));
  });
  it("names a transfer syntax that it does not decode", async () => {
    const deflated = request(1, { transferSyntaxUid: "1.2.840.10008.1.2.1.99" });
    await expect(poolOf(1).decode(deflated)).rejects.toThrow("1.2.840.10008.1.2.1.99");
  });
  it("cancels all and ends its workers when it is closed", async () => {
    const pool = poolOf(1);
    const frames = [pool.decode(request(1)), pool.decode(request(2))];
    await settled();
    const outcomes = Promise.allSettled(frames);
    pool.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(puppet().ended).toBe(true);
  });
  it("leaves a core to the page and stops at four", () => {
    expect([1, 2, 4, 5, 64].map(workerCount)).toEqual([1, 1, 3, 4, 4]);
  });
});
