/** Which pixel centres an outline holds. Oracle: the definition of each shape, point by point. */
import { describe, expect, it } from "vitest";
import type { Shape } from "../../src/findings/shape";
import { areaPx, spans } from "../../src/findings/shape";
import type { Point } from "../../src/math/affine";

const held = (shape: Shape, columns: number, rows: number): readonly string[] =>
  Array.from({ length: rows }, (_, row) => {
    const line = Array.from({ length: columns }, () => ".");
    for (const [from, to] of spans(shape, row)) line.fill("o", Math.max(0, from), Math.max(0, Math.min(columns, to)));
    return line.join("");
  });

/** The gardener's construction: the distances to both foci add up to the long axis. */
function gardener([cx, cy]: Point, long: number, short: number, turn: number, columns: number, rows: number): readonly string[] {
  const focus = Math.sqrt(long * long - short * short);
  const [fx, fy] = [focus * Math.cos(turn), focus * Math.sin(turn)];
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_unused, column) => {
      const [x, y] = [column + 0.5 - cx, row + 0.5 - cy];
      return Math.hypot(x - fx, y - fy) + Math.hypot(x + fx, y + fy) <= 2 * long ? "o" : ".";
    }).join(""),
  );
}

describe("an ellipse", () => {
  it.each([0, 0.3, Math.PI / 4, 1.9, -0.7])("turned by %f holds what the gardener's string holds", (turn) => {
    const [center, long, short]: [Point, number, number] = [[15.2, 11.7], 9.3, 4.1];
    const a: Point = [long * Math.cos(turn), long * Math.sin(turn)];
    const b: Point = [-short * Math.sin(turn), short * Math.cos(turn)];
    expect(held({ kind: "ellipse", center, a, b }, 31, 23)).toEqual(gardener(center, long, short, turn, 31, 23));
  });
  it("holds centres on its rim", () => {
    expect(held({ kind: "ellipse", center: [2.5, 1.5], a: [2, 0], b: [0, 1] }, 5, 3)).toEqual(["..o..", "ooooo", "..o.."]);
  });
  it("without breadth holds nothing", () => {
    expect(held({ kind: "ellipse", center: [2.5, 1.5], a: [2, 1], b: [4, 2] }, 5, 3)).toEqual([".....", ".....", "....."]);
  });
});

describe("a polygon", () => {
  it("holds the centres inside it, also where it is hollow", () => {
    const letterU: Shape = { kind: "polygon", points: [[0, 0], [1, 0], [1, 2], [4, 2], [4, 0], [5, 0], [5, 3], [0, 3]] };
    expect(held(letterU, 6, 4)).toEqual(["o...o.", "o...o.", "ooooo.", "......"]);
  });
  it("shares no centre with its neighbour, and leaves none between them", () => {
    const left: Shape = { kind: "polygon", points: [[0, 0], [2.5, 0], [2.5, 3], [0, 3]] };
    const right: Shape = { kind: "polygon", points: [[2.5, 0], [5, 0], [5, 3], [2.5, 3]] };
    expect(held(left, 5, 1)).toEqual(["oo..."]);
    expect(held(right, 5, 1)).toEqual(["..ooo"]);
  });
  it("of pixel corners holds as many centres as it has area", () => {
    const shape: Shape = { kind: "polygon", points: [[3, 1], [9, 1], [9, 6], [3, 6]] };
    expect(held(shape, 12, 8).join("").split("o").length - 1).toBe(areaPx(shape));
  });
});
