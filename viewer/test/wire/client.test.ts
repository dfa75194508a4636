/** Requests and what their failures become. Oracle: the routes of DESIGN.md 2 and RFC 9457. */
import { describe, expect, it } from "vitest";
import type { Problem } from "../../src/wire/client";
import { createClient, RequestFailed } from "../../src/wire/client";

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

function client(answer: () => Promise<Response>, online = true) {
  const asked: Asked[] = [];
  const ports = {
    fetch: (url: RequestInfo | URL, init: RequestInit = {}) => {
      asked.push({ url: String(url), init });
      return answer();
    },
    online: () => online,
    wait: () => Promise.resolve(),
  };
  return { asked, client: createClient({ base: "/r/abc", secret: "s3" }, "/static/dist/", ports) };
}

const idle = new AbortController().signal;
const bytes = (length: number, headers: Record<string, string> = {}) => () => Promise.resolve(new Response(new Uint8Array(length), { headers }));

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const failure: unknown = await promise.catch((cause: unknown) => cause);
  if (!(failure instanceof RequestFailed)) throw new Error("no RequestFailed");
  return failure.problem;
}

it("a frame is asked for by its two indices, with the proof of possession", async () => {
  const { asked, client: subject } = client(bytes(4, { "Content-Length": "4" }));
  expect((await subject.frame(2, 17, idle)).bytes.byteLength).toBe(4);
  expect(asked[0]?.url).toBe("/r/abc/d/2/f/17");
  expect(asked[0]?.init.headers).toEqual({ "X-Reading": "s3" });
  expect(asked[0]?.init.credentials).toBe("same-origin");
});

it.each([
  ["application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.80"],
  ['application/octet-stream;Transfer-Syntax="1.2.840.10008.1.2.1"', "1.2.840.10008.1.2.1"],
  ["application/octet-stream", null],
  ["application/octet-stream; transfer-syntax=*", null],
])("a frame of type %s has the transfer syntax %s", async (type, transferSyntaxUid) => {
  const { client: subject } = client(bytes(4, { "Content-Type": type }));
  expect((await subject.frame(0, 0, idle)).transferSyntaxUid).toBe(transferSyntaxUid);
});

it("an asset of the viewer is asked for without the secret", async () => {
  const { asked, client: subject } = client(bytes(1));
  await subject.asset("x.wasm");
  expect(asked[0]?.url).toBe("/static/dist/x.wasm");
  expect(JSON.stringify(asked[0]?.init)).not.toContain("s3");
});

it("the end is a POST with the proof", async () => {
  const { asked, client: subject } = client(() => Promise.resolve(new Response(null, { status: 204 })));
  await subject.end();
  expect(asked[0]).toMatchObject({ url: "/r/abc/end", init: { method: "POST", headers: { "X-Reading": "s3" } } });
});

it("a lookup table and an overlay are asked for by their own indices, with the proof of possession", async () => {
  const { asked, client: subject } = client(bytes(4));
  await subject.table(2, 5, idle);
  await subject.overlay(2, 0, idle);
  expect(asked.map(({ url }) => url)).toEqual(["/r/abc/d/2/t/5", "/r/abc/d/2/o/0"]);
  expect(asked.map(({ init }) => init.headers)).toEqual([{ "X-Reading": "s3" }, { "X-Reading": "s3" }]);
});

describe("a failure", () => {
  it("of the server is told in the server's words", async () => {
    const body = { status: 502, code: "upstream_unavailable", title: "T", detail: "D", next_step: "N", correlation_id: "C" };
    const { client: subject } = client(() => Promise.resolve(Response.json(body, { status: 502 })));
    expect(await problemOf(subject.frame(0, 0, idle))).toEqual({ status: 502, code: "upstream_unavailable", title: "T", detail: "D", nextStep: "N", correlationId: "C" });
  });

  it.each(["<html>Bad gateway</html>", "null", "[1]", '{"title": 7}'])("with the body %s still has words and a next step", async (body) => {
    const { client: subject } = client(() => Promise.resolve(new Response(body, { status: 503 })));
    const problem = await problemOf(subject.frame(0, 0, idle));
    expect(problem).toMatchObject({ status: 503, code: "http_503" });
    for (const text of [problem.title, problem.detail, problem.nextStep]) expect(text).not.toBe("");
  });

  it("of the connection says whether this computer is offline", async () => {
    const broken = () => Promise.reject(new TypeError("Failed to fetch"));
    expect((await problemOf(client(broken, false).client.frame(0, 0, idle))).code).toBe("offline");
    expect((await problemOf(client(broken, true).client.frame(0, 0, idle))).code).toBe("network");
  });

  it("is what a body of the wrong length is: half an image is never shown", async () => {
    const { client: subject } = client(bytes(10, { "Content-Length": "12" }));
    expect((await problemOf(subject.frame(0, 0, idle))).code).toBe("truncated");
  });

  it("is not what an abort is", async () => {
    const { client: subject } = client(() => Promise.reject(new DOMException("stop", "AbortError")));
    await expect(subject.frame(0, 0, idle)).rejects.toMatchObject({ name: "AbortError" });
  });
});
