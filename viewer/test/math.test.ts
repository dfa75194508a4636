/** Maps and planes. Oracle: hand computation, inverses, the right hand. */
import { describe, expect, it } from "vitest";
import type { Affine } from "../src/math/affine";
import { apply, compose, identity, invert } from "../src/math/affine";
import type { Plane } from "../src/math/plane";
import { distanceMm, imageToLps, lpsToImage, normal } from "../src/math/plane";
import { add, cross, dot, length, normalize, scale, subtract } from "../src/math/vec3";

const skewed: Affine = { xx: 2, xy: -0.5, x0: 3, yx: 0.25, yy: 4, y0: -7 };

/** Coronal: rows run from right to left of the patient, columns from head to foot. */
const coronal: Plane = {
  position: [-100, 20, 300],
  row: [1, 0, 0],
  column: [0, 0, -1],
  betweenRowsMm: 1.8,
  betweenColumnsMm: 0.45,
};

describe("affine maps", () => {
  it("apply the linear part, then the translation", () => {
    expect(apply(skewed, [1, 2])).toEqual([2 - 1 + 3, 0.25 + 8 - 7]);
  });
  it("are composed from right to left", () => {
    const shift: Affine = { ...identity, x0: 10, y0: 20 };
    expect(apply(compose(shift, skewed), [1, 2])).toEqual([14, 21.25]);
    expect(apply(compose(skewed, shift), [1, 2])).toEqual(apply(skewed, [11, 22]));
  });
  it("and their inverses cancel", () => {
    const back = invert(skewed);
    expect(back).not.toBeNull();
    const [x, y] = apply(back ?? identity, apply(skewed, [5.5, -3]));
    expect(x).toBeCloseTo(5.5, 12);
    expect(y).toBeCloseTo(-3, 12);
  });
  it("that flatten the plane have no inverse", () => {
    expect(invert({ ...skewed, xx: 0, xy: 0 })).toBeNull();
    expect(invert({ ...skewed, xx: Number.NaN })).toBeNull();
  });
});

describe("vectors", () => {
  it("add, subtract, scale and multiply by components", () => {
    expect(add([1, 2, 3], [10, 20, 30])).toEqual([11, 22, 33]);
    expect(subtract([1, 2, 3], [10, 20, 30])).toEqual([-9, -18, -27]);
    expect(scale([1, 2, 3], -2)).toEqual([-2, -4, -6]);
    expect(dot([1, 2, 3], [4, 5, 6])).toBe(32);
  });
  it("cross by the right hand", () => {
    expect(cross([1, 0, 0], [0, 1, 0])).toEqual([0, 0, 1]);
    expect(cross([0, 1, 0], [1, 0, 0])).toEqual([0, 0, -1]);
  });
  it("have a length, and a direction unless they are zero", () => {
    expect(length([3, 4, 12])).toBe(13);
    expect(normalize([0, 3, 4])).toEqual([0, 0.6000000000000001, 0.8]);
    expect(normalize([0, 0, 0])).toBeNull();
  });
});

describe("planes", () => {
  it("have ImagePositionPatient at the centre of the first pixel", () => {
    expect(imageToLps(coronal, [0.5, 0.5])).toEqual([-100, 20, 300]);
  });
  it("step by column spacing along a row and by row spacing down a column", () => {
    expect(imageToLps(coronal, [2.5, 0.5])).toEqual([-100 + 0.9, 20, 300]);
    expect(imageToLps(coronal, [0.5, 2.5])).toEqual([-100, 20, 300 - 3.6]);
  });
  it("find the image point of a place in the patient", () => {
    const [x, y] = lpsToImage(coronal, imageToLps(coronal, [7.25, 3.75]));
    expect(x).toBeCloseTo(7.25, 12);
    expect(y).toBeCloseTo(3.75, 12);
  });
  it("measure distances along row × column", () => {
    expect(dot(normal(coronal), [0, 1, 0])).toBe(1);
    expect(distanceMm(coronal, [999, 27, -999])).toBe(7);
  });
});
