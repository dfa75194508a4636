/** Affine maps of the plane: x' = xx·x + xy·y + x0, y' = yx·x + yy·y + y0. */

export interface Affine {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

export type Point = readonly [x: number, y: number];

export const identity: Affine = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };

export function apply(map: Affine, [x, y]: Point): Point {
  return [map.xx * x + map.xy * y + map.x0, map.yx * x + map.yy * y + map.y0];
}

/** The map that applies `first`, then `second`. */
export function compose(second: Affine, first: Affine): Affine {
  const [x0, y0] = apply(second, [first.x0, first.y0]);
  return {
    xx: second.xx * first.xx + second.xy * first.yx,
    xy: second.xx * first.xy + second.xy * first.yy,
    x0,
    yx: second.yx * first.xx + second.yy * first.yx,
    yy: second.yx * first.xy + second.yy * first.yy,
    y0,
  };
}

/** The inverse map, or null where the map flattens the plane. */
export function invert(map: Affine): Affine | null {
  const determinant = map.xx * map.yy - map.xy * map.yx;
  if (determinant === 0 || !Number.isFinite(determinant)) return null;
  const linear = {
    xx: map.yy / determinant,
    xy: -map.xy / determinant,
    yx: -map.yx / determinant,
    yy: map.xx / determinant,
  };
  const [x, y] = apply({ ...linear, x0: 0, y0: 0 }, [map.x0, map.y0]);
  return { ...linear, x0: -x, y0: -y };
}
