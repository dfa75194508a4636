/** In which order frames are asked for. Oracle: performance.md 6, written out by hand. */
import { expect, it } from "vitest";
import { reduce } from "../../src/view/actions";
import { frameKey, loadOrder } from "../../src/view/loadOrder";
import { displaySet, hanging, plan, stage, stageCell, state } from "../plans";

const keys = (from = state()): readonly string[] => loadOrder(from).map(frameKey);

it("what is in view comes first, then outwards, the cells in turn, thumbnails in between", () => {
  expect(keys()).toEqual(["0/2", "1/2", "0/3", "1/3", "0/1", "1/1", "3/1", "0/4", "1/4", "0/0", "1/0"]);
});

it("the active cell comes before the others", () => {
  expect(keys(reduce(state(), { kind: "activate", cell: 1 })).slice(0, 2)).toEqual(["1/2", "0/2"]);
});

it("starts anew from where the reader has scrolled to", () => {
  expect(keys(reduce(state(), { kind: "frame", cell: 0, frameIndex: 4 })).filter((key) => key.startsWith("0/"))).toEqual(["0/4", "0/3", "0/2", "0/1", "0/0"]);
});

it("puts three frames ahead of the scroll before each one behind it", () => {
  const long = state({ plan: plan({ displaySets: [displaySet({ frameCount: 11 })], hanging: hanging(stage([stageCell(0)])) }) });
  const order = (...frames: readonly number[]) => {
    const scrolled = frames.reduce((from, frameIndex) => reduce(from, { kind: "frame", cell: 0, frameIndex }), long);
    return keys(scrolled).map((key) => Number(key.slice(2)));
  };
  expect(order()).toEqual([5, 6, 4, 7, 3, 8, 2, 9, 1, 10, 0]);
  expect(order(2, 3)).toEqual([3, 4, 5, 6, 2, 7, 8, 9, 1, 10, 0]);
  expect(order(8, 7)).toEqual([7, 6, 5, 4, 8, 3, 2, 1, 9, 0, 10]);
});

it("asks for each frame once, though two cells show it", () => {
  const twice = keys(reduce(state(), { kind: "show", cell: 1, displaySet: 0 }));
  expect(new Set(twice).size).toBe(twice.length);
});

it("asks for nothing that is refused, nor after the end", () => {
  expect(keys(reduce(state(), { kind: "show", cell: 0, displaySet: 2 })).some((key) => key.startsWith("2/"))).toBe(false);
  expect(keys(reduce(state(), { kind: "ended", by: "reader" }))).toEqual([]);
});

it("leaves what one-up hides for its thumbnail only", () => {
  expect(keys(reduce(state(), { kind: "oneUp", cell: 0 })).filter((key) => key.startsWith("1/"))).toEqual(["1/2"]);
});
