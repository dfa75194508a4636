/** The only maker of requests (STYLE.md 7): frames, newer plans, the viewer's own assets, the end of the reading. */
import { revisions, StreamBroken } from "./revisions";
import type { KeptFor, KeptPreferences, Preferences } from "./preferences";
import type { TagTree } from "./tags";
import type { Plan } from "./types";

/** What went wrong, in words for the reader. Shape: RFC 9457 problem+json of the server. */
export interface Problem {
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** Stable word, e.g. "upstream_unavailable"; ours are "offline", "network", "truncated". */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly nextStep: string;
  /** Names the server's log line; empty where the server was not reached. */
  readonly correlationId: string;
}

export class RequestFailed extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
    this.name = "RequestFailed";
  }
}

export interface EncodedFrame {
  readonly bytes: ArrayBuffer;
  /** As the answer says; null where it does not. */
  readonly transferSyntaxUid: string | null;
}

export interface Client {
  /** One frame; both indices count from 0. RequestFailed. */
  readonly frame: (displaySet: number, frameIndex: number, signal: AbortSignal) => Promise<EncodedFrame>;
  /** The entries of a lookup table: uint16, little endian. RequestFailed. */
  readonly table: (displaySet: number, index: number, signal: AbortSignal) => Promise<ArrayBuffer>;
  /** The bits of an overlay on its frame, row by row, the lowest bit of a byte first. RequestFailed. */
  readonly overlay: (displaySet: number, index: number, signal: AbortSignal) => Promise<ArrayBuffer>;
  /**
   * Plans newer than revision `after`, as late archives answer; ends with the complete one, or when aborted.
   * RequestFailed when it is of no use to try again.
   */
  readonly revisions: (after: number, signal: AbortSignal) => AsyncIterable<Plan>;
  /** Every attribute of the instance that holds this frame. RequestFailed. */
  readonly tags: (displaySet: number, frameIndex: number, signal: AbortSignal) => Promise<TagTree>;
  /** Keeps what the reader chose; for how long. RequestFailed. */
  readonly keep: (preferences: Preferences) => Promise<KeptFor>;
  /** A file of the viewer itself, by its name in the dist folder. RequestFailed. */
  readonly asset: (name: string) => Promise<ArrayBuffer>;
  /** From now on nothing is asked but the end: every request fails with this. */
  readonly refuse: (problem: Problem) => void;
  /** The reader did something: the server's idle limit begins anew. RequestFailed. */
  readonly alive: () => Promise<void>;
  /** Ends the reading on the server. RequestFailed. */
  readonly end: () => Promise<void>;
}

export interface ClientPorts {
  readonly fetch: typeof fetch;
  readonly online: () => boolean;
  /** Resolves after so long, or at once when aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const browser: ClientPorts = {
  fetch: (...request) => fetch(...request),
  online: () => navigator.onLine,
  wait: (ms, signal) => new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  }),
};

/**
 * base: path prefix of the reading; secret: its proof of possession; dist: folder of the built viewer.
 * An abort is passed on as the AbortError it is.
 */
export function createClient(
  reading: { readonly base: string; readonly secret: string },
  dist: string,
  ports: ClientPorts = browser,
): Client {
  const headers = { "X-Reading": reading.secret };
  let refused: Problem | null = null;
  const ask = (url: string, init: RequestInit): Promise<Response> =>
    refused === null ? request(ports, url, init) : Promise.reject(new RequestFailed(refused));
  const events = async (after: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> => {
    const url = `${reading.base}/events?after=${String(after)}`;
    const response = await ask(url, { headers: { ...headers, Accept: EVENT_STREAM }, signal, cache: "no-store" });
    return eventBody(response);
  };
  const answer = (displaySet: number, path: string, signal: AbortSignal): Promise<Response> =>
    ask(`${reading.base}/d/${String(displaySet)}/${path}`, { headers, signal, cache: "no-store" });
  const part = async (displaySet: number, path: string, signal: AbortSignal): Promise<ArrayBuffer> =>
    wholeBody(ports, await answer(displaySet, path, signal));
  return {
    revisions: (after, signal) => saidInWords(revisions({ open: events, wait: ports.wait, mayPass }, after, signal)),
    frame: async (displaySet, frameIndex, signal) => {
      const response = await answer(displaySet, `f/${String(frameIndex)}`, signal);
      return { bytes: await wholeBody(ports, response), transferSyntaxUid: transferSyntaxOf(response) };
    },
    table: (displaySet, index, signal) => part(displaySet, `t/${String(index)}`, signal),
    overlay: (displaySet, index, signal) => part(displaySet, `o/${String(index)}`, signal),
    tags: async (displaySet, frameIndex, signal) => await jsonOf(await answer(displaySet, `f/${String(frameIndex)}/tags`, signal), (value) => Array.isArray(value.tags)) as unknown as TagTree,
    keep: async (preferences) => {
      const body = JSON.stringify(preferences);
      const response = await ask(`${reading.base}/preferences`, { method: "PUT", headers: { ...headers, "Content-Type": "application/json" }, body, keepalive: true });
      const kept = await jsonOf(response, ({ keptFor }) => KEPT_FOR.has(keptFor));
      return (kept as unknown as KeptPreferences).keptFor;
    },
    refuse: (problem) => { refused = problem; },
    asset: async (name) => wholeBody(ports, await ask(dist + name, {})),
    alive: async () => {
      const response = await ask(`${reading.base}/alive`, { method: "POST", headers });
      await response.arrayBuffer(); // an answer that nobody reads keeps its connection
    },
    end: async () => {
      await request(ports, `${reading.base}/end`, { method: "POST", headers, keepalive: true });
    },
  };
}

/** Of `application/octet-stream; transfer-syntax=1.2.…` (PS3.18 8.7.3). */
function transferSyntaxOf(response: Response): string | null {
  const type = response.headers.get("Content-Type") ?? "";
  return /;\s*transfer-syntax="?([0-9.]+)"?/i.exec(type)?.[1] ?? null;
}

const KEPT_FOR: ReadonlySet<unknown> = new Set<KeptFor>(["user", "reading"]);

/** RequestFailed where the answer is a proxy's page, or not what was asked for. */
async function jsonOf(response: Response, isIt: (value: Readonly<Record<string, unknown>>) => boolean): Promise<Readonly<Record<string, unknown>>> {
  const value = await problemDocument(response);
  if (!isIt(value)) throw new RequestFailed(unreadable(response.status));
  return value;
}

const EVENT_STREAM = "text/event-stream";

/** A proxy's page is not a stream of plans. */
function eventBody(response: Response): ReadableStream<Uint8Array> {
  const type = response.headers.get("Content-Type") ?? "";
  if (response.body !== null && type.startsWith(EVENT_STREAM)) return response.body;
  response.body?.cancel().catch(() => undefined); // not wanted
  throw new StreamBroken("The server's answer is not a stream of updates.");
}

async function* saidInWords(plans: AsyncIterable<Plan>): AsyncGenerator<Plan> {
  try {
    yield* plans;
  } catch (cause) {
    throw cause instanceof StreamBroken ? new RequestFailed(updatesStopped(cause.message)) : cause;
  }
}

const TOO_MANY_REQUESTS = 429;
const SERVER_ERRORS = 500;

/** Whether the same request may succeed later: no answer, too many requests, or the server's own trouble. */
export function mayPass(cause: unknown): boolean {
  if (!(cause instanceof RequestFailed)) return false;
  const { status } = cause.problem;
  return status === null || status === TOO_MANY_REQUESTS || status >= SERVER_ERRORS;
}

async function request(ports: ClientPorts, url: string, init: RequestInit): Promise<Response> {
  const response = await answered(ports, ports.fetch(url, { credentials: "same-origin", ...init }));
  if (!response.ok) throw new RequestFailed(await refusal(response));
  return response;
}

/** The body, whole: a cut connection must never become half an image. */
async function wholeBody(ports: ClientPorts, response: Response): Promise<ArrayBuffer> {
  const body = await answered(ports, response.arrayBuffer());
  const stated = response.headers.get("Content-Length");
  const coded = response.headers.get("Content-Encoding") !== null;
  if (stated !== null && !coded && Number(stated) !== body.byteLength) {
    throw new RequestFailed(truncated(body.byteLength, stated));
  }
  return body;
}

async function answered<T>(ports: ClientPorts, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new RequestFailed(unreachable(ports.online()));
  }
}

function unreachable(online: boolean): Problem {
  const ours = { status: null, correlationId: "" };
  if (!online) {
    return {
      ...ours,
      code: "offline",
      title: "No network",
      detail: "This computer is offline, so the image could not be fetched.",
      nextStep: "Reconnect; loading goes on by itself.",
    };
  }
  return {
    ...ours,
    code: "network",
    title: "The server could not be reached",
    detail: "The connection failed or was cut before the image was complete.",
    nextStep: "Try again. If it stays so, tell your administrator.",
  };
}

function updatesStopped(detail: string): Problem {
  return {
    status: null,
    code: "updates_stopped",
    title: "Images that come late are not shown",
    detail,
    nextStep: "Try again, or open the viewer again from the EHR.",
    correlationId: "",
  };
}

function unreadable(status: number): Problem {
  return {
    status,
    code: "unreadable",
    title: "The server's answer cannot be read",
    detail: "It is not what was asked for.",
    nextStep: "Try again. If it stays so, tell your administrator.",
    correlationId: "",
  };
}

function truncated(received: number, stated: string): Problem {
  return {
    status: null,
    code: "truncated",
    title: "The image arrived incomplete",
    detail: `${String(received)} of ${stated} bytes were received; an incomplete image is not shown.`,
    nextStep: "Try again.",
    correlationId: "",
  };
}

async function refusal(response: Response): Promise<Problem> {
  const said = await problemDocument(response);
  const text = (key: string, otherwise: string): string => {
    const value = said[key];
    return typeof value === "string" && value !== "" ? value : otherwise;
  };
  return {
    status: response.status,
    code: text("code", `http_${String(response.status)}`),
    title: text("title", "The server refused the request"),
    detail: text("detail", `The server answered with status ${String(response.status)}.`),
    nextStep: text("next_step", "Try again. If it stays so, tell your administrator."),
    correlationId: text("correlation_id", response.headers.get("X-Correlation-Id") ?? ""),
  };
}

async function problemDocument(response: Response): Promise<Record<string, unknown>> {
  try {
    const value: unknown = await response.json();
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {}; // a proxy's HTML page: the status alone must do
  }
}
