/** Lookup tables and overlay bits: asked for once, whole or not at all. Oracle: a client driven by hand. */
import { expect, it } from "vitest";
import { createTables } from "../../src/main/tables";
import type { Problem } from "../../src/wire/client";
import { RequestFailed } from "../../src/wire/client";
import type { Overlay } from "../../src/wire/types";
import { table } from "../plans";

const settle = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
const failure = (status: number | null, code = "x"): RequestFailed => new RequestFailed({ status, code, title: "t", detail: "d", nextStep: "n", correlationId: "" });
const overlay: Overlay = { index: 2, frame: 0, rows: 3, columns: 5, origin: [1, 1], bit: 0, label: "" };

function bench(answer: (path: string, attempt: number) => Promise<ArrayBuffer>, budgetBytes?: number) {
  const asked: string[] = [];
  const ready: number[] = [];
  const failed: (readonly [number, string])[] = [];
  const ask = (path: string): Promise<ArrayBuffer> => {
    asked.push(path);
    return answer(path, asked.length);
  };
  const tables = createTables({
    client: { table: (set, index) => ask(`${String(set)}/t/${String(index)}`), overlay: (set, index) => ask(`${String(set)}/o/${String(index)}`) },
    wait: () => Promise.resolve(),
    onReady: (set) => { ready.push(set); },
    onFailed: (set, { code }: Problem) => { failed.push([set, code]); },
  }, budgetBytes);
  return { tables, asked, ready, failed };
}

const words = (...entries: readonly number[]): Promise<ArrayBuffer> => Promise.resolve(Uint16Array.from(entries).buffer);

it("asks for a table once, and says when it is here", async () => {
  const { tables, asked, ready } = bench(() => words(7, 8, 9, 10));
  expect([tables.entries(3, table({ index: 1 })), tables.entries(3, table({ index: 1 }))]).toEqual([null, null]);
  await settle();
  expect(asked).toEqual(["3/t/1"]);
  expect(ready).toEqual([3]);
  expect(tables.entries(3, table({ index: 1 }))).toEqual(Uint16Array.from([7, 8, 9, 10]));
  expect(tables.entries(3, table({ index: 1 }))).toBe(tables.entries(3, table({ index: 1 }))); // the same object: uploaded once
});

it("keeps display sets, tables and overlays apart", async () => {
  const { tables, asked } = bench((path) => (path.includes("/o/") ? Promise.resolve(Uint8Array.from([1, 2]).buffer) : words(1, 2, 3, 4)));
  tables.entries(0, table({ index: 2 }));
  tables.entries(1, table({ index: 2 }));
  tables.bits(0, overlay);
  await settle();
  expect(asked).toEqual(["0/t/2", "1/t/2", "0/o/2"]);
  expect(tables.bits(0, overlay)).toEqual(Uint8Array.from([1, 2])); // 15 bits
});

it("refuses what came too short: half a table would show wrong grey", async () => {
  const { tables, failed, ready } = bench(() => words(1, 2, 3));
  tables.entries(0, table());
  tables.bits(0, { ...overlay, rows: 100 });
  await settle();
  expect(failed).toEqual([[0, "truncated"], [0, "truncated"]]);
  expect([tables.entries(0, table()), ...ready]).toEqual([null]);
});

it("takes no more than it needs", async () => {
  const { tables } = bench(() => words(1, 2, 3, 4, 5));
  tables.entries(0, table());
  await settle();
  expect(tables.entries(0, table())?.length).toBe(4);
});

it("tries again where that may help, and not where it cannot", async () => {
  const passing = bench((_path, attempt) => (attempt < 3 ? Promise.reject(failure(503)) : words(1, 2, 3, 4)));
  passing.tables.entries(0, table());
  await settle();
  expect([passing.asked.length, passing.ready]).toEqual([3, [0]]);
  const gone = bench(() => Promise.reject(failure(404, "no_table")));
  gone.tables.entries(5, table());
  await settle();
  expect([gone.asked.length, gone.failed]).toEqual([1, [[5, "no_table"]]]);
});

it("gives up after four times, says so once, and asks again only when told to", async () => {
  const { tables, asked, failed } = bench(() => Promise.reject(failure(null, "network")));
  tables.entries(5, table());
  await settle();
  tables.entries(5, table());
  expect([asked.length, failed]).toEqual([4, [[5, "network"]]]);
  tables.retry(6);
  tables.entries(5, table());
  expect(asked.length).toBe(4);
  tables.retry(5);
  tables.entries(5, table());
  expect(asked.length).toBe(5);
});

it("says nothing more once it is closed", async () => {
  const { tables, ready, failed, asked } = bench(() => words(1, 2, 3, 4));
  tables.entries(0, table());
  tables.close();
  await settle();
  expect([tables.entries(0, table()), ready, failed, asked.length]).toEqual([null, [], [], 1]);
});

it("blames the one that failed, nothing else of its display set, and nothing that is on its way", async () => {
  const { tables } = bench((path) => (path === "3/t/1" || path === "3/o/2" ? Promise.reject(failure(404, "gone")) : words(1, 2, 3, 4)));
  const [bad, good] = [table({ index: 1 }), table({ index: 2 })];
  tables.entries(3, bad);
  tables.entries(3, good);
  tables.bits(3, overlay);
  expect([tables.problem(3, bad), tables.problem(3, good), tables.lacks(3, overlay)]).toEqual([null, null, false]);
  await settle();
  expect([tables.problem(3, bad)?.code, tables.problem(3, good), tables.problem(4, bad)]).toEqual(["gone", null, null]);
  expect([tables.lacks(3, overlay), tables.lacks(3, { ...overlay, index: 1 })]).toEqual([true, false]);
});

it("forgets a failure when it is told to try again; an overlay is lacked until it is here", async () => {
  let broken = true;
  const { tables } = bench(() => (broken ? Promise.reject(failure(404)) : words(1, 2, 3, 4)));
  tables.entries(3, table());
  tables.bits(3, overlay);
  await settle();
  broken = false;
  tables.retry(3);
  expect([tables.problem(3, table()), tables.lacks(3, overlay)]).toEqual([null, true]);
  tables.entries(3, table());
  tables.bits(3, overlay);
  await settle();
  expect([tables.entries(3, table())?.length, tables.lacks(3, overlay), tables.bits(3, overlay)?.length]).toEqual([4, false, 2]);
});

it("drops the least recently used beyond its budget, never what the last draw used", async () => {
  const { tables, asked } = bench(() => words(1, 2, 3, 4), 16); // two tables of 8 bytes
  const drawWith = async (...indices: readonly number[]): Promise<void> => {
    tables.beginDraw();
    indices.forEach((index) => tables.entries(0, table({ index })));
    await settle();
  };
  await drawWith(1, 2, 3);
  await drawWith(1, 2, 3);
  expect(asked).toEqual(["0/t/1", "0/t/2", "0/t/3"]); // over the budget, and kept
  await drawWith(1);
  await drawWith(4);
  await drawWith(1, 2);
  expect(asked.slice(3)).toEqual(["0/t/4", "0/t/2"]); // 2 and 3 went for 4, 1 was used later
});
