/** The measuring machine: points by press, by clicks and by keys; cancel in every state. */
import { describe, expect, it } from "vitest";
import type { Point } from "../../src/math/affine";
import type { MeasureEvent, MeasureState, Spot } from "../../src/tools/measure";
import { AT_REST, live, measureStep } from "../../src/tools/measure";
import type { FindingsAct } from "../../src/view/findings";
import type { Annotation, AnnotationKind } from "../../src/wire/annotation";
import { image, spacing } from "../plans";

/** 400 columns × 300 rows, one CSS pixel each. */
const spot: Spot = { cell: 0, displaySet: 0, frameIndex: 2, image: image({ columns: 400, rows: 300, spacing: spacing({ betweenRowsMm: 1, betweenColumnsMm: 1 }) }), reduced: 1, cssPerPx: [1, 1] };
const annotation: Annotation = { id: 7, number: 1, kind: "length", displaySet: 0, frameIndex: 2, points: [[10, 10], [50, 10]], text: "", labelAt: null, reduced: 1 };

interface Run {
  readonly state: MeasureState;
  readonly acts: readonly FindingsAct[];
  readonly said: readonly string[];
}

function run(events: readonly MeasureEvent[], from: MeasureState = AT_REST): Run {
  return events.reduce<Run>(({ state, acts, said }, event) => {
    const step = measureStep(state, event);
    return { state: step.state, acts: [...acts, ...step.acts], said: step.say === "" ? said : [...said, step.say] };
  }, { state: from, acts: [], said: [] });
}

const down = (point: Point, tool: AnnotationKind | null = "length", change: Partial<Extract<MeasureEvent, { kind: "down" }>> = {}): MeasureEvent => ({ kind: "down", spot, tool, point, hit: null, ...change });
const move = (point: Point): MeasureEvent => ({ kind: "move", point });
const up = (point: Point): MeasureEvent => ({ kind: "up", point });
const drag = (tool: AnnotationKind, ...[first = [0, 0], ...others]: readonly Point[]): readonly MeasureEvent[] => [down(first, tool), ...others.map(move), up(others.at(-1) ?? first)];
const click = (tool: AnnotationKind, point: Point): readonly MeasureEvent[] => [move(point), down(point, tool), up(point)];
const cancel: MeasureEvent = { kind: "cancel" };
const place: MeasureEvent = { kind: "place" };
const ready = (tool: AnnotationKind, cursor: Point): MeasureEvent => ({ kind: "ready", spot, tool, cursor });
const step = (x: number, y: number): MeasureEvent => ({ kind: "step", by: [x, y] });

const added = ({ acts }: Run) => acts.flatMap((act) => (act.kind === "add" ? [act.draft] : []));

describe("by pointer", () => {
  it("one drag makes a length, bound to its frame", () => {
    const done = run(drag("length", [10, 20], [30, 40], [110, 20]));
    expect(added(done)).toEqual([{ kind: "length", displaySet: 0, frameIndex: 2, points: [[10, 20], [110, 20]], text: "", labelAt: null, reduced: 1 }]);
    expect(done.state).toEqual(AT_REST);
  });
  it("two clicks do the same, and the line follows between them", () => {
    const half = run([down([10, 20]), up([10, 20]), move([60, 70])]);
    expect(live(half.state)?.draft.points).toEqual([[10, 20], [60, 70]]);
    expect(added(run(click("length", [110, 20]), half.state)).map(({ points }) => points)).toEqual([[[10, 20], [110, 20]]]);
  });
  it("an angle takes a drag and a click, or three clicks", () => {
    const points = [[10, 10], [50, 50], [90, 10]];
    expect(added(run([...drag("angle", [10, 10], [50, 50]), ...click("angle", [90, 10])]))[0]?.points).toEqual(points);
    expect(added(run([...click("angle", [10, 10]), ...click("angle", [50, 50]), ...click("angle", [90, 10])]))[0]?.points).toEqual(points);
  });
  it("a Cobb angle takes two drags, or four clicks", () => {
    const points = [[10, 10], [60, 20], [10, 100], [60, 90]];
    expect(added(run([...drag("cobb", [10, 10], [60, 20]), ...drag("cobb", [10, 100], [60, 90])]))[0]?.points).toEqual(points);
    expect(added(run(points.flatMap(([x = 0, y = 0]) => click("cobb", [x, y]))))[0]?.points).toEqual(points);
  });
  it("the second of two axes is drawn at a right angle to the first", () => {
    expect(added(run([...drag("bidirectional", [10, 10], [110, 10]), ...drag("bidirectional", [50, 30], [90, 100])]))[0]?.points).toEqual([[10, 10], [110, 10], [50, 30], [50, 100]]);
  });
  it("an outline follows the drag, and thins it", () => {
    const [drawn] = added(run(drag("freehand", [10, 10], [11, 10], [60, 10], [61, 10], [60, 60], [10, 60])));
    expect(drawn?.points).toEqual([[10, 10], [60, 10], [60, 60], [10, 60]]);
  });
  it("an outline of clicks is closed at its first point, or by a second click at its last", () => {
    const corners = [[10, 10], [60, 10], [60, 60]] as const;
    const clicks = corners.flatMap((point) => click("freehand", point));
    expect(added(run([...clicks, ...click("freehand", [12, 13])]))[0]?.points).toEqual(corners);
    expect(added(run([...clicks, ...click("freehand", [60, 61])]))[0]?.points).toEqual(corners);
  });
  it("a probe is one click, where the hand lets go", () => {
    expect(added(run([down([10, 10], "probe"), move([14, 12]), up([14, 12])]))[0]?.points).toEqual([[14, 12]]);
  });
  it("points stay on the image", () => {
    expect(added(run(drag("rectangle", [10, 10], [900, -50])))[0]?.points).toEqual([[10, 10], [400, 0]]);
  });
  it("a click that measures nothing leaves nothing", () => {
    const done = run([...click("length", [10, 10]), ...click("length", [10, 10])]);
    expect([done.acts, done.state, done.said]).toEqual([[], AT_REST, ["Too small: nothing was measured."]]);
  });
  it("without a tool and beside everything it is none of its business", () => {
    expect(run([down([10, 10], null)])).toEqual({ state: AT_REST, acts: [], said: [] });
  });
  it("measured on a reduced picture it says so", () => {
    expect(added(run([down([10, 10], "length", { spot: { ...spot, reduced: 4 } }), move([50, 50]), up([50, 50])]))[0]?.reduced).toBe(4);
  });
});

describe("holding", () => {
  const hold = (part: number | "all" | "label", point: Point): MeasureEvent => down(point, null, { hit: { annotation, part } });
  it("a handle moves it, and nothing is kept before the hand lets go", () => {
    const held = run([hold(1, [50, 10]), move([60, 40])]);
    expect(held.acts).toEqual([{ kind: "select", selection: { id: 7, grip: null } }]);
    expect(live(held.state)).toMatchObject({ id: 7, draft: { points: [[10, 10], [60, 40]] } });
    expect(run([up([60, 40])], held.state).acts).toEqual([{ kind: "reshape", id: 7, points: [[10, 10], [60, 40]], reduced: 1 }]);
  });
  it("the line moves the whole, the label the label", () => {
    expect(run([hold("all", [30, 10]), move([40, 15]), up([40, 15])]).acts.at(-1)).toMatchObject({ points: [[20, 15], [60, 15]] });
    expect(run([hold("label", [80, 10]), move([100, 90]), up([100, 90])]).acts.at(-1)).toEqual({ kind: "label", id: 7, at: [100, 90] });
  });
  it("a click at a handle gives it to the arrow keys", () => {
    expect(run([hold(1, [50, 10]), up([51, 10])]).acts.at(-1)).toEqual({ kind: "select", selection: { id: 7, grip: 1 } });
  });
});

describe("by keys", () => {
  it("the cross goes by steps, Enter places points, and the cross stays for the next", () => {
    const done = run([ready("length", [20.5, 20.5]), place, step(10, 0), step(0, 1), place]);
    expect(added(done)[0]?.points).toEqual([[20.5, 20.5], [30.5, 21.5]]);
    expect(done.state).toMatchObject({ kind: "pointing", cursor: [30.5, 21.5] });
    expect(done.said).toEqual(["Length. Arrow keys move the cross, Enter places a point, Esc cancels.", "Point 1 of 2 placed."]);
  });
  it("Enter twice at one place places one point", () => {
    expect(run([ready("length", [20, 20]), place, place, place]).state).toMatchObject({ kind: "drawing", placed: [[20, 20]] });
  });
  it("an outline is closed by Enter at its last point", () => {
    const done = run([ready("freehand", [20, 20]), place, step(40, 0), place, step(0, 40), place, place]);
    expect(added(done)[0]?.points).toEqual([[20, 20], [60, 20], [60, 60]]);
  });
  it("two axes keep their right angle", () => {
    const done = run([ready("bidirectional", [10, 50]), place, step(100, 0), place, step(-50, -20), place, step(30, 60), place]);
    expect(added(done)[0]?.points).toEqual([[10, 50], [110, 50], [60, 30], [60, 90]]);
  });
  it("the cross does not leave the image", () => {
    expect(run([ready("probe", [3, 3]), step(-10, -10)]).state).toMatchObject({ cursor: [0, 0] });
  });
  it("the cross goes when the pointer is in the hand again", () => {
    expect(run([ready("length", [20, 20]), move([5, 5])]).state).toEqual(AT_REST);
  });
});

describe("words", () => {
  it("are asked for before an arrow or a text is kept", () => {
    const asked = run(drag("arrow", [50, 50], [90, 20]));
    expect([asked.acts, asked.state.kind]).toEqual([[], "naming"]);
    expect(added(run([{ kind: "named", text: " Node " }], asked.state))[0]).toMatchObject({ kind: "arrow", text: "Node" });
  });
  it("an arrow may have none, a text may not", () => {
    const without: MeasureEvent = { kind: "named", text: " " };
    expect(added(run([...drag("arrow", [50, 50], [90, 20]), without]))).toHaveLength(1);
    expect(added(run([...click("text", [50, 50]), without]))).toHaveLength(0);
  });
  it("rename what is there, and change nothing where they are the same", () => {
    const rename: MeasureEvent = { kind: "rename", annotation };
    expect(run([rename, { kind: "named", text: "Aorta" }]).acts).toEqual([{ kind: "name", id: 7, text: "Aorta" }]);
    expect(run([rename, { kind: "named", text: "" }]).acts).toEqual([]);
  });
});

describe("cancel", () => {
  const states: readonly (readonly [string, Run])[] = [
    ["at rest", run([])],
    ["pointing", run([ready("length", [20, 20])])],
    ["a press", run([down([10, 10])])],
    ["between clicks", run([...click("cobb", [10, 10]), ...click("cobb", [50, 10])])],
    ["an outline", run([down([10, 10], "freehand"), move([50, 10])])],
    ["holding", run([down([50, 10], null, { hit: { annotation, part: 1 } }), move([90, 90])])],
    ["naming", run(drag("arrow", [50, 50], [90, 20]))],
  ];
  it.each(states)("from %s leaves nothing behind", (_name, { state }) => {
    const done = run([cancel], state);
    expect([done.acts, done.state, live(done.state)]).toEqual([[], AT_REST, null]);
  });
  it("by keys goes back to the cross first, then to rest", () => {
    const once = run([ready("length", [20, 20]), place, step(5, 5), cancel]);
    expect(once.state).toMatchObject({ kind: "pointing", cursor: [25, 25] });
    expect(run([cancel], once.state).state).toEqual(AT_REST);
  });
  it("Backspace takes the last point back, and with the first one all", () => {
    const three = run([...click("cobb", [10, 10]), ...click("cobb", [50, 10]), ...click("cobb", [10, 90])]);
    expect(run([{ kind: "back" }], three.state).state).toMatchObject({ kind: "drawing", placed: [[10, 10], [50, 10]] });
    expect(run([{ kind: "back" }, { kind: "back" }, { kind: "back" }], three.state).state).toEqual(AT_REST);
  });
  it("every state answers every event", () => {
    const events: readonly MeasureEvent[] = [down([1, 1]), move([2, 2]), up([2, 2]), ready("angle", [5, 5]), step(1, 1), place, { kind: "back" }, { kind: "rename", annotation }, { kind: "named", text: "x" }, cancel];
    for (const [, { state }] of states) for (const event of events) expect(measureStep(state, event).state.kind).toBeTypeOf("string");
  });
});
