/** Newer plans into the state. Oracle: DESIGN.md 2; a client driven by hand. */
import { expect, it } from "vitest";
import type { UpdatesPorts } from "../../src/main/updates";
import { createUpdates } from "../../src/main/updates";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import type { AppState } from "../../src/view/viewState";
import { RequestFailed } from "../../src/wire/client";
import type { Plan } from "../../src/wire/types";
import { plan, state } from "../plans";

const settle = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

function bench(source: (after: number, signal: AbortSignal) => AsyncIterable<Plan>, change: Partial<UpdatesPorts> = {}, complete = false) {
  let now: AppState = state({ plan: plan({ complete }) });
  const asked: number[] = [];
  const taken: number[] = [];
  const ports: UpdatesPorts = {
    client: {
      revisions: (after, signal) => {
        asked.push(after);
        return source(after, signal);
      },
    },
    now: () => now,
    send: (action: Action) => { now = reduce(now, action); },
    handsOff: () => Promise.resolve(),
    onPlan: ({ revision }) => { taken.push(revision); },
    endedBy: () => false,
    ...change,
  };
  return { updates: createUpdates(ports), asked, taken, now: () => now };
}

async function* plans(...revisions: readonly number[]): AsyncGenerator<Plan> {
  for (const revision of revisions) yield await Promise.resolve(plan({ revision, complete: false }));
}

async function* failing(status: number): AsyncGenerator<Plan> {
  yield await Promise.reject(new RequestFailed({ status, code: "x", title: "t", detail: "d", nextStep: "n", correlationId: "" }));
}

it("a complete plan opens no stream", () => {
  const { updates, asked } = bench(() => plans(2), {}, true);
  updates.start();
  expect(asked).toEqual([]);
});

it("each newer plan becomes the state's", async () => {
  const { updates, taken, now } = bench(() => plans(2, 3));
  updates.start();
  updates.start(); // one stream is enough
  await settle();
  expect([taken, now().plan.revision]).toEqual([[2, 3], 3]);
});

it("no plan is taken in under a drag", async () => {
  let letGo = (): void => undefined;
  const { updates, now } = bench(() => plans(2), { handsOff: () => new Promise((resolve) => { letGo = resolve; }) });
  updates.start();
  await settle();
  expect(now().plan.revision).toBe(1);
  letGo();
  await settle();
  expect(now().plan.revision).toBe(2);
});

it("a stream that fails is said, and can be asked for again from where it was", async () => {
  let broken = true;
  const { updates, asked, now } = bench(() => (broken ? failing(503) : plans(2)));
  updates.start();
  await settle();
  expect(now().updatesProblem?.title).toBe("t");
  broken = false;
  updates.start();
  await settle();
  expect([asked, now().updatesProblem, now().plan.revision]).toEqual([[1, 1], null, 2]);
});

it("a problem that ends the reading is not said as another", async () => {
  const { updates, now } = bench(() => failing(404), { endedBy: () => true });
  updates.start();
  await settle();
  expect(now().updatesProblem).toBeNull();
});

it("after stop nothing is taken in", async () => {
  const { updates, taken } = bench(() => plans(2, 3));
  updates.start();
  updates.stop();
  await settle();
  expect(taken).toEqual([]);
});
