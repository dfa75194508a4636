/** From state and pixels to what is drawn: nothing before all of it is here. Oracle: the plan by hand (H1, H2, H4, H5, H15, H18, H20). */
import { describe, expect, it } from "vitest";
import type { DecodedFrame } from "../../src/decode/frame";
import type { PictureTables } from "../../src/main/drawing";
import { lackingOf, pictures, sameImages } from "../../src/main/drawing";
import { askAhead } from "../../src/main/masks";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import { FITTED } from "../../src/view/cell";
import type { ViewState } from "../../src/view/cell";
import type { Problem } from "../../src/wire/client";
import type { ImageTable, Overlay, Shutter } from "../../src/wire/types";
import { displaySet, image, plan, RGB_8, spacing, state, table } from "../plans";

const rect = { x: 0, y: 0, width: 200, height: 300, devicePixelRatio: 1 };
const decoded: DecodedFrame = { values: new Uint16Array(1200), samples: 1, model: "grey", base: 0 };
const entries = Uint16Array.from([1, 2, 3, 4]);
const HERE: PictureTables = { entries: () => entries, bits: () => new Uint8Array(150).fill(255), lacks: () => false };
const AWAITED: PictureTables = { entries: () => null, bits: () => null, lacks: () => false };
/** None of it came. */
const FAILED: PictureTables = { ...AWAITED, lacks: () => true };
const problem: Problem = { status: 500, code: "x", title: "t", detail: "d", nextStep: "n", correlationId: "" };

/** What is drawn in the first cell: display set 0, frame 2. */
function drawn(change: Partial<ImageTable> = {}, view: Partial<ViewState> = {}, tables = HERE, frame: DecodedFrame | null = decoded) {
  const shown = plan({ displaySets: [displaySet({ image: image(change) }), displaySet()] });
  const now = state({ plan: shown });
  const cells = now.cells.map((cell) => ({ ...cell, view: { ...FITTED, ...view } }));
  const found = pictures({ ...now, cells }, [rect, null], () => frame, tables);
  return found[0]?.draw ?? null;
}

const overlay = (change: Partial<Overlay> = {}): Overlay => ({ index: 0, frame: 2, rows: 30, columns: 40, origin: [1, 1], bit: 0, label: "", ...change });
const shutter: Shutter = { rectangle: { left: 2, right: 40, upper: 1, lower: 30 }, circle: null, polygon: [], presentationValue: 0x80ff };

describe("a picture", () => {
  it("is the frame as decoded, with its window and its place", () => {
    expect(drawn()).toMatchObject({
      frame: { values: decoded.values, samples: 1, model: "grey", width: 40, height: 30 },
      slope: 1, intercept: -1024, modalityLut: null, palette: null, padding: null, mask: null, invert: false,
      voi: { kind: "window", window: { center: 40, width: 400 } },
    });
  });
  it("is none without pixels", () => {
    expect(drawn({}, {}, HERE, null)).toBeNull();
  });
  it("takes the rescale of its own frame", () => {
    expect(drawn({ rescaleSlope: [1, 2, 3, 4, 5], rescaleIntercept: [0, 0, -7, 0, 0] })).toMatchObject({ slope: 3, intercept: -7 });
  });
  it("waits for its modality LUT, then has it", () => {
    const change = { modalityLut: table({ first: -5, bits: 12 }) };
    expect(drawn(change, {}, AWAITED)).toBeNull();
    expect(drawn(change)?.modalityLut).toEqual({ entries, first: -5, bits: 12 });
  });
  it("waits for a VOI LUT only where one is chosen", () => {
    const change = { voiLuts: [table({ first: 9, bits: 10 })] };
    expect(drawn(change, {}, AWAITED)?.voi?.kind).toBe("window");
    expect(drawn({ ...change, windows: [] }, {}, AWAITED)).toBeNull();
    expect(drawn(change, { window: { kind: "table", index: 0 } })?.voi).toEqual({ kind: "table", table: { entries, first: 9, bits: 10 } });
  });
  it("of a palette waits for its tables, and keeps one object for the same three", () => {
    const palette = [table({ index: 0 }), table({ index: 1 }), table({ index: 2 })] as const;
    const change = { palette, pixels: { ...RGB_8, samplesPerPixel: 1, photometricInterpretation: "PALETTE COLOR" } };
    const frame = { ...decoded, model: "palette" } as const;
    expect(drawn(change, {}, AWAITED, frame)).toBeNull();
    expect(drawn(change, {}, HERE, frame)?.palette).toHaveLength(3);
    expect(drawn(change, {}, HERE, frame)?.palette).toBe(drawn(change, {}, HERE, frame)?.palette);
  });
  it("in colour has no VOI, and the reader's inversion alone", () => {
    const frame: DecodedFrame = { values: new Uint8Array(3600), samples: 3, model: "ybr", base: 0 };
    const change = { pixels: RGB_8, inverse: true };
    expect(drawn(change, {}, HERE, frame)).toMatchObject({ voi: null, invert: false, frame: { model: "ybr", samples: 3 } });
    expect(drawn(change, { invert: true }, HERE, frame)?.invert).toBe(true);
  });
  it("is inverted once, by the image or by the reader", () => {
    const inverted = [[false, false], [true, false], [false, true], [true, true]] as const;
    expect(inverted.map(([inverse, invert]) => drawn({ inverse }, { invert })?.invert)).toEqual([false, true, true, false]);
  });
  it("knows its padding", () => {
    expect(drawn({ padding: { low: -2000, high: -2000 } })?.padding).toEqual({ low: -2000, high: -2000 });
  });
});

describe("what lies over a picture", () => {
  it("is the overlays of its frame, which it waits for", () => {
    expect(drawn({ overlays: [overlay()] }, {}, AWAITED)).toBeNull();
    expect(drawn({ overlays: [overlay()] })?.mask?.covered()).toEqual(new Uint8Array(1200).fill(1));
    expect(drawn({ overlays: [overlay({ frame: 1 })] }, {}, AWAITED)?.mask).toBeNull();
  });
  it("may lie in its own pixels", () => {
    const values = Uint16Array.from({ length: 1200 }, (_, i) => (i === 41 ? 0x8001 : 0x0fff));
    const mask = drawn({ overlays: [overlay({ bit: 15 })] }, {}, AWAITED, { ...decoded, values })?.mask?.covered() ?? [];
    expect([...mask].flatMap((cover, i) => (cover === 0 ? [] : [i]))).toEqual([41]);
  });
  it("is the shutter, in the upper 8 bits of its P-value", () => {
    const mask = drawn({ shutters: [shutter] })?.mask;
    expect(mask?.shutterLevel).toBe(0x80);
    expect([...(mask?.covered() ?? [])].slice(0, 3)).toEqual([2, 0, 0]);
  });
  it("of a circle is round in millimetres: 2 mm between rows, 1 between columns", () => {
    const round = { ...shutter, rectangle: null, circle: { row: 15, column: 20, radius: 8 } };
    const mask = drawn({ shutters: [round], spacing: spacing({ betweenColumnsMm: 1 }) })?.mask?.covered() ?? new Uint8Array();
    const open = (pixels: readonly number[]): number => pixels.filter((pixel) => mask[pixel] === 0).length;
    expect(open(Array.from({ length: 40 }, (_, column) => 14 * 40 + column))).toBe(17);
    expect(open(Array.from({ length: 30 }, (_, row) => row * 40 + 19))).toBe(9);
  });
  it("can be taken off, each by itself", () => {
    const change = { shutters: [shutter], overlays: [overlay()] };
    expect(drawn(change, { overlaysShown: false, shutterShown: false }, AWAITED)?.mask).toBeNull();
    expect([...(drawn(change, { overlaysShown: false })?.mask?.covered() ?? [])].slice(0, 2)).toEqual([2, 0]);
    expect([...(drawn(change, { shutterShown: false })?.mask?.covered() ?? [])].slice(0, 2)).toEqual([1, 1]);
  });
  it("never hides a sound image: without the overlay that failed it is drawn, and says so", () => {
    const shown = plan({ displaySets: [displaySet({ image: image({ overlays: [overlay()] }) })] });
    const drawnWith = (tables: PictureTables) => pictures(state({ plan: shown }), [rect], () => decoded, tables).map(({ draw, withoutOverlay }) => [draw.mask === null, withoutOverlay]);
    expect([drawnWith(HERE), drawnWith(AWAITED), drawnWith(FAILED)]).toEqual([[[false, false]], [], [[true, true]]]);
  });
  it("keeps what came of it: one overlay fails, the other and the shutter stay", () => {
    const [top, lower] = [overlay({ index: 7, rows: 1 }), overlay({ index: 8, rows: 1, origin: [2, 1] })];
    const oneFailed: PictureTables = { ...HERE, bits: (_set, { index }) => (index === 7 ? new Uint8Array(5).fill(255) : null), lacks: (_set, { index }) => index === 8 };
    const mask = drawn({ overlays: [top, lower], shutters: [shutter] }, {}, oneFailed)?.mask?.covered() ?? [];
    expect([mask[0], mask[39], mask[40], mask[41]]).toEqual([1, 1, 2, 0]);
  });
  it("is asked for ahead, one frame in the reader's direction, where it is small and shown", () => {
    const frames = [0, 1, 2, 3, 4].map((frame) => overlay({ index: frame, frame, ...(frame === 1 ? { rows: 4096, columns: 4096 } : {}) }));
    const ahead = (change: object): readonly number[] => {
      const asked: number[] = [];
      const [cell] = state().cells;
      const tables = { ...AWAITED, bits: (_set: number, { index }: Overlay) => (asked.push(index), null) };
      if (cell !== undefined) askAhead({ ...cell, frameIndex: 2, ...change }, image({ overlays: frames }), tables);
      return asked;
    };
    expect([ahead({}), ahead({ heading: 1 }), ahead({ heading: -1 }), ahead({ view: { ...FITTED, overlaysShown: false } })]).toEqual([[3], [3], [], []]);
  });
  it("is the same object as long as it is the same, so that it is uploaded once", () => {
    const shown = plan({ displaySets: [displaySet({ image: image({ shutters: [shutter] }) })] });
    const now = state({ plan: shown });
    const mask = (frameIndex: number) => {
      const cells = now.cells.map((cell) => ({ ...cell, frameIndex }));
      return pictures({ ...now, cells }, [rect, null], () => ({ ...decoded, values: new Uint16Array(1200) }), HERE)[0]?.draw.mask;
    };
    expect(mask(1)).toBeDefined();
    expect(mask(1)).toBe(mask(3)); // one shutter for all frames
  });
});

describe("a table that did not come", () => {
  const failing = (...indices: readonly number[]) => ({ problem: (_set: number, { index }: { readonly index: number }) => (indices.includes(index) ? problem : null) });
  const lacking = (change: Partial<ImageTable>, view: Partial<ViewState>, tables: ReturnType<typeof failing>, frame: DecodedFrame | null = decoded) => {
    const now = state({ plan: plan({ displaySets: [displaySet({ image: image(change) })] }) });
    return lackingOf({ ...now, cells: now.cells.map((cell) => ({ ...cell, view: { ...FITTED, ...view } })) }, 0, () => frame, tables);
  };
  it("is said of a frame that needs it, and of none whose pixels are not here", () => {
    expect(lacking({ modalityLut: table({ index: 1 }) }, {}, failing(1))).toBe(problem);
    expect(lacking({ modalityLut: table({ index: 1 }) }, {}, failing(1), null)).toBeNull();
    expect(lacking({ palette: [table({ index: 1 }), table({ index: 2 }), table({ index: 3 })] }, {}, failing(3))).toBe(problem);
    expect(lacking({ modalityLut: table({ index: 1 }) }, {}, failing())).toBeNull(); // awaited
  });
  it("is said even where no window is known for want of it", () => {
    expect(lacking({ modalityLut: table({ index: 1 }), windows: [] }, {}, failing(1))).toBe(problem);
  });
  it("of the VOI is said only while it is chosen", () => {
    const change = { voiLuts: [table({ index: 4 })] };
    expect(lacking(change, { window: { kind: "table", index: 0 } }, failing(4))).toBe(problem);
    expect(lacking(change, {}, failing(4))).toBeNull();
  });
});

describe("the images are drawn anew", () => {
  const draft = { kind: "length", displaySet: 0, frameIndex: 2, points: [[1, 1], [9, 9]], text: "", labelAt: null, reduced: 1 } as const;
  const same = (action: Action): boolean => {
    const before = reduce(state(), { kind: "findings", act: { kind: "add", draft } });
    return sameImages(before, reduce(before, action));
  };
  it.each<Action>([
    { kind: "findings", act: { kind: "add", draft } },
    { kind: "findings", act: { kind: "reshape", id: 1, points: [[2, 2], [9, 9]], reduced: 1 } },
    { kind: "findings", act: { kind: "select", selection: null } },
    { kind: "findings", act: { kind: "undo" } },
    { kind: "tool", tool: "angle" },
    { kind: "drawer", drawer: "findings" },
    { kind: "say", text: "Length 1: 4.0 mm" },
  ])("not for %j", (action) => {
    expect(same(action)).toBe(true);
  });
  it.each<Action>([
    { kind: "frame", cell: 0, frameIndex: 3 },
    { kind: "invert", cell: 1 },
    { kind: "oneUp", cell: 0 },
    { kind: "computedWindow", displaySet: 0, window: { center: 1, width: 2, function: "LINEAR", explanation: "" } },
    { kind: "viewports", viewports: [] },
    { kind: "gpu", gpu: { kind: "lost" } },
  ])("for %j", (action) => {
    expect(same(action)).toBe(false);
  });
});
