/** Newer plans over a stream. Oracle: WHATWG HTML 9.2.6 for the events, the routes of DESIGN.md 2 for the rest. */
import { describe, expect, it } from "vitest";
import { endingOf } from "../../src/main/problems";
import type { ClientPorts } from "../../src/wire/client";
import { createClient, RequestFailed } from "../../src/wire/client";
import { EventTooLong, serverEvents } from "../../src/wire/eventStream";
import { ATTEMPTS, pauseMs, SILENCE_MS } from "../../src/wire/revisions";
import type { Plan } from "../../src/wire/types";
import { plan } from "../plans";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

async function* pieces(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(typeof text === "string" ? bytes(text) : text);
}

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

describe("the event stream", () => {
  const ends: readonly (readonly [string, string])[] = [["LF", "\n"], ["CR LF", "\r\n"], ["CR", "\r"]];
  it.each(ends)("is read with lines that end in %s", async (_name, end) => {
    const text = [": beat", "event: plan", "data: {", "data:1}", "id: 7", "", "data: x", "", ""].join(end);
    expect(await all(serverEvents(pieces(text)))).toEqual([{ name: "plan", data: "{\n1}" }, { name: "message", data: "x" }]);
  });

  it("may be cut anywhere, within a character and within an end of line", async () => {
    const text = bytes("event: plan\r\ndata: −20 mo\r\n\r\nevent: plan\r\ndata: zwei\r\n\r\n");
    for (let cut = 0; cut <= text.length; cut++) {
      const events = await all(serverEvents(pieces(text.slice(0, cut), text.slice(cut))));
      expect(events.map(({ data }) => data)).toEqual(["−20 mo", "zwei"]);
    }
    expect(await all(serverEvents(pieces(...Array.from(text, (byte) => Uint8Array.of(byte)))))).toHaveLength(2);
  });

  it("gives no event that was not ended, and none without data", async () => {
    expect(await all(serverEvents(pieces("event: plan\n\ndata: cut")))).toEqual([]);
  });

  it.each([
    ["one line", "data: 0123456789\n\n"],
    ["a line without an end", "data: 0123456789"],
    ["many lines", "data: 01\ndata: 23\ndata: 45\ndata: 67\n\n"],
  ])("is not read beyond its bound: %s", async (_name, text) => {
    await expect(all(serverEvents(pieces(text), 10))).rejects.toThrow(EventTooLong);
  });
});

type Answer = () => Promise<Response>;

const event = (revision: number, complete = false): string => `event: plan\ndata: ${JSON.stringify(plan({ revision, complete }))}\n\n`;
const stream = (...texts: readonly string[]): Answer => () => Promise.resolve(new Response(texts.join(""), { headers: { "Content-Type": "text/event-stream; charset=utf-8" } }));
const status = (code: number, body: object = {}): Answer => () => Promise.resolve(Response.json(body, { status: code }));

/** A client whose connections answer in turn (the last one again and again), and whose clock does not wait. */
function bench(...answers: readonly Answer[]) {
  const asked: { readonly url: string; readonly init: RequestInit }[] = [];
  const waits: number[] = [];
  const ports: ClientPorts = {
    fetch: (url, init = {}) => {
      const answer = answers[Math.min(asked.length, answers.length - 1)];
      asked.push({ url: String(url), init });
      return answer === undefined ? Promise.reject(new TypeError("no answer")) : answer();
    },
    online: () => true,
    wait: (ms, signal) => {
      if (ms !== SILENCE_MS) waits.push(ms);
      return ms === SILENCE_MS ? new Promise((resolve) => { signal.addEventListener("abort", () => { resolve(); }); }) : Promise.resolve();
    },
  };
  const abort = new AbortController();
  const client = createClient({ base: "/r/abc", secret: "s3" }, "/static/dist/", ports);
  const plans = (after = 1): Promise<readonly number[]> => all(client.revisions(after, abort.signal)).then((found) => found.map(({ revision }) => revision));
  return { asked, waits, abort, client, plans };
}

async function failure(promise: Promise<unknown>): Promise<RequestFailed> {
  const cause: unknown = await promise.catch((thrown: unknown) => thrown);
  if (!(cause instanceof RequestFailed)) throw new Error("no RequestFailed");
  return cause;
}

describe("newer plans", () => {
  it("come one by one up to the complete one, with the proof of possession", async () => {
    const { asked, plans } = bench(stream(": hello\n\n", event(2), event(3, true), event(4)));
    expect(await plans()).toEqual([2, 3]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toBe("/r/abc/events?after=1");
    expect(asked[0]?.init.headers).toEqual({ "X-Reading": "s3", Accept: "text/event-stream" });
  });

  it("are not given twice, nor older ones", async () => {
    expect(await bench(stream(event(1), event(2), event(2), event(5), event(4), event(6, true))).plans()).toEqual([2, 5, 6]);
  });

  it("end with the complete one though it is known", async () => {
    expect(await bench(stream(event(1, true))).plans()).toEqual([]);
  });

  it("go on from the last one after a broken connection", async () => {
    const { asked, waits, plans } = bench(stream(event(2)), status(503), stream(event(3, true)));
    expect(await plans()).toEqual([2, 3]);
    expect(asked.map(({ url }) => url.slice(-1))).toEqual(["1", "2", "2"]);
    expect(waits).toEqual([1000, 2000]);
  });

  it.each([[401], [404], [403], [410]])("end at once with status %d", async (code) => {
    const { asked, plans } = bench(status(code, { code: "outside_reading" }));
    const { problem } = await failure(plans());
    expect([problem.status, asked.length]).toEqual([code, 1]);
    expect(endingOf(problem)).toBe("locks");
  });

  const useless: readonly (readonly [string, Answer])[] = [
    ["refuses for now", status(503)],
    ["does not answer", () => Promise.reject(new TypeError("Failed to fetch"))],
    ["answers with a page", () => Promise.resolve(new Response("<html>", { headers: { "Content-Type": "text/html" } }))],
    ["closes again and again", stream()],
    ["sends no plan", stream("event: plan\ndata: {\"revision\": \"2\"}\n\n")],
    ["sends no JSON", stream("event: plan\ndata: {\n\n")],
  ];
  it.each(useless)("stop with a word after some attempts where the server %s", async (name, answer) => {
    const alive = name.startsWith("sends"); // bytes came: that connection was not in vain
    const { asked, waits, plans } = bench(...Array.from({ length: alive ? 2 : 1 }, () => answer), ...(alive ? [status(503)] : []));
    const { problem } = await failure(plans());
    expect(problem.title).not.toBe("");
    expect(problem.nextStep).not.toBe("");
    expect(asked.length).toBeGreaterThanOrEqual(ATTEMPTS);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
  });

  it("are asked for at growing intervals, never more than half a minute apart", () => {
    expect([1, 2, 3, 4, 5, 6, 20].map(pauseMs)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it("stop quietly when the reading ends, and close the connection", async () => {
    let closed = false;
    const open = new ReadableStream<Uint8Array>({
      start: (controller) => { controller.enqueue(bytes(event(2))); },
      cancel: () => { closed = true; },
    });
    const { abort, client } = bench(() => Promise.resolve(new Response(open, { headers: { "Content-Type": "text/event-stream" } })));
    const found: Plan[] = [];
    for await (const one of client.revisions(1, abort.signal)) {
      found.push(one);
      abort.abort();
    }
    expect([found.length, closed]).toEqual([1, true]);
  });

  it("are asked for anew where the connection has fallen silent", async () => {
    const silent = (): Promise<Response> => Promise.resolve(new Response(new ReadableStream(), { headers: { "Content-Type": "text/event-stream" } }));
    const answers: Answer[] = [silent, stream(event(2, true))];
    let silences = 0;
    const wait: ClientPorts["wait"] = (ms, signal) => {
      if (ms !== SILENCE_MS || ++silences === 1) return Promise.resolve(); // the first silence has lasted long enough
      return new Promise((resolve) => { signal.addEventListener("abort", () => { resolve(); }); });
    };
    const client = createClient({ base: "/r/abc", secret: "s3" }, "", { fetch: () => (answers.shift() ?? status(500))(), online: () => true, wait });
    expect((await all(client.revisions(1, new AbortController().signal))).map(({ revision }) => revision)).toEqual([2]);
  });
});
