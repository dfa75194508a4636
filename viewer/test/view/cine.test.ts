/** Time (H26). Oracle: hand computation from the file's intervals; PS3.3 C.7.6.5. */
import { describe, expect, it } from "vitest";
import { AS_STATED, frameAt, rateText, startOf, timelineOf, tuned } from "../../src/view/cine";
import type { Timeline, Tuning } from "../../src/view/cine";
import type { Cine } from "../../src/wire/types";
import { AXIAL, displaySet, image } from "../plans";

function timeline(cine: Partial<Cine> | null, frameCount = 5): Timeline {
  const stated = cine === null ? null : { intervalsMs: [40], source: "FrameTime", first: 0, last: frameCount - 1, ...cine };
  const found = timelineOf(displaySet({ frameCount, image: image({ cine: stated }) }));
  if (found === null) throw new Error("nothing to play");
  return found;
}
const played = (of: Timeline, timesMs: readonly number[]): readonly number[] => timesMs.map((time) => frameAt(of, time));

describe("one frame time", () => {
  it("shows each frame for as long, and begins again after the last", () => {
    expect(played(timeline({}), [0, 39.9, 40, 159, 160, 199.9, 200, 201])).toEqual([0, 0, 1, 3, 4, 4, 0, 0]);
    expect(rateText(timeline({}))).toBe("25 fps (FrameTime)");
  });

  it.each([33.333, 66.7, 16.683])("of %d ms keeps its rate within 2 % for an hour", (frameTimeMs) => {
    const of = timeline({ intervalsMs: [frameTimeMs] }, 60);
    let [changes, before] = [0, frameAt(of, 0)];
    const [hourMs, screenMs] = [3_600_000, 1000 / 144];
    for (let time = 0; time < hourMs; time += screenMs) {
      const now = frameAt(of, time);
      if (now !== before) changes += 1;
      before = now;
    }
    expect(Math.abs(changes / (hourMs / frameTimeMs) - 1)).toBeLessThan(0.02);
  });

  it("drops frames on a slow screen and is where the time is", () => {
    expect(played(timeline({}), [0, 100, 200, 300])).toEqual([0, 2, 0, 2]);
  });
});

describe("a vector of frame times", () => {
  const of = timeline({ intervalsMs: [10, 30, 20, 40], source: "FrameTimeVector" });

  it("gives each frame its own, and the last that of the one before it", () => {
    expect(of.startsMs).toEqual([0, 10, 40, 60, 100, 140]);
    expect(played(of, [9, 10, 39, 40, 99, 100, 139, 140])).toEqual([0, 1, 1, 2, 3, 4, 4, 0]);
    expect(rateText(of)).toBe("35.7 fps (FrameTimeVector)");
  });

  it("passes over a frame without time, and stands on the one behind it", () => {
    expect(played(timeline({ intervalsMs: [10, 0, 20, 40] }), [9, 10, 29, 30])).toEqual([0, 2, 2, 3]);
  });
});

describe("trims", () => {
  it("play from the first to the last of them, with their own intervals", () => {
    const of = timeline({ intervalsMs: [10, 30, 20, 40], first: 1, last: 3 });
    expect(of.startsMs).toEqual([0, 30, 50, 70]);
    expect(played(of, [0, 29, 30, 50, 69, 70])).toEqual([1, 1, 2, 3, 3, 1]);
    expect([startOf(of, 1), startOf(of, 3), startOf(of, 0), startOf(of, 4)]).toEqual([0, 50, 0, 0]);
  });

  it.each([[3, 3], [4, 1], [9, 12]])("from %d to %d leave nothing to play: all is played", (first, last) => {
    expect(timeline({ first, last })).toMatchObject({ first: 0, last: 4 });
  });

  it("beyond the frames end with them", () => {
    expect(timeline({ first: -2, last: 99 })).toMatchObject({ first: 0, last: 4 });
  });
});

describe("without time that passes", () => {
  it.each([null, { intervalsMs: [] }, { intervalsMs: [0] }, { intervalsMs: [-40] }, { intervalsMs: [NaN] }, { intervalsMs: [40, 40] }, { intervalsMs: [40, Infinity, 40, 40] }])(
    "%j is played at 10 a second, and says that this is assumed",
    (cine) => {
      expect(rateText(timeline(cine))).toBe("10 fps (assumed)");
      expect(played(timeline(cine), [0, 99, 100, 500])).toEqual([0, 0, 1, 0]);
    },
  );

  it.each(["CR", "DX", "MG", "IO", "PX", "US", "OP", "SC"])("stills of %s have no cine, until the file states a time or they lie behind each other", (modality) => {
    const cine: Cine = { intervalsMs: [40], source: "FrameTime", first: 0, last: 4 };
    const of = (change: object) => timelineOf(displaySet({ modality, image: image({ geometry: null, stack: null, ...change }) }));
    expect([of({}), of({ cine: { ...cine, intervalsMs: [0] } })]).toEqual([null, null]);
    expect([of({ cine })?.rate, of({ geometry: AXIAL })?.source]).toEqual([25, ""]);
  });

  it.each(["CT", "MR", "PT", "NM", "XA", "RF"])("frames of %s are played, also where they lie nowhere", (modality) => {
    expect(timelineOf(displaySet({ modality, image: image({ geometry: null, stack: null }) }))?.rate).toBe(10);
  });

  it("a still has no cine", () => {
    expect(timelineOf(displaySet({ frameCount: 1 }))).toBeNull();
    expect(timelineOf(displaySet({ image: null }))).toBeNull();
  });
});

describe("as the reader tunes it", () => {
  const of = (change: Partial<Tuning>, frameCount = 5) => {
    const cine = { intervalsMs: [40], source: "FrameTime", first: 0, last: frameCount - 1 };
    return timelineOf(displaySet({ frameCount, image: image({ cine }) }), tuned(AS_STATED, change));
  };

  it("runs faster or slower, and says so", () => {
    expect(of({ speed: 2 })).toMatchObject({ rate: 50, startsMs: [0, 20, 40, 60, 80, 100] });
    expect(of({ speed: 0.5 })?.rate).toBe(12.5);
  });

  it("keeps to the frames between, at least two of them", () => {
    expect(of({ first: 1, last: 3 })?.frames).toEqual([1, 2, 3]);
    expect(of({ first: 4, last: 0 })?.frames).toEqual([3, 4]);
    expect(of({ first: -5, last: 99 })?.frames).toEqual([0, 1, 2, 3, 4]);
  });

  it("sweeps: back again, the ends shown once", () => {
    const sweeping = of({ sweep: true }, 4);
    expect(sweeping?.frames).toEqual([0, 1, 2, 3, 2, 1]);
    expect(sweeping && played(sweeping, [120, 160, 200, 240])).toEqual([3, 2, 1, 0]);
    expect(of({ sweep: true }, 2)?.frames).toEqual([0, 1]);
  });

  it("never stands still by a wrong speed", () => {
    expect([0, -1, NaN, 1e9].map((speed) => tuned(AS_STATED, { speed }).speed)).toEqual([1 / 16, 1 / 16, 1, 16]);
  });
});
