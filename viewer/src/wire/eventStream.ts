/** Server-sent events out of a body (WHATWG HTML 9.2.6), as far as we use them: event and data, bounded. */

export interface ServerEvent {
  /** "message" where the server named none. */
  readonly name: string;
  readonly data: string;
}

/** A plan of thousands of frames has a few MB; what is larger is no plan. */
export const MOST_EVENT_CHARS = 32 * 1024 * 1024;

/** More came than an event may hold: the stream cannot be trusted further. */
export class EventTooLong extends Error {
  constructor() {
    super("The server sent an event that is too long.");
    this.name = "EventTooLong";
  }
}

/**
 * The events of a text stream cut anywhere. Comments (heartbeats) and unknown fields are passed over; an event
 * that was not ended by an empty line is not an event. EventTooLong, and what `chunks` throws.
 */
export async function* serverEvents(chunks: AsyncIterable<Uint8Array>, mostChars = MOST_EVENT_CHARS): AsyncGenerator<ServerEvent> {
  const event = pendingEvent(mostChars);
  for await (const line of lines(chunks, mostChars)) {
    if (line !== "") event.take(line);
    else {
      const ended = event.end();
      if (ended !== null) yield ended;
    }
  }
}

function pendingEvent(mostChars: number) {
  let name = "";
  let data: string[] = [];
  let held = 0;
  function take(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    if (field !== "data") return;
    held += value.length + 1;
    if (held > mostChars) throw new EventTooLong();
    data.push(value);
  }
  function end(): ServerEvent | null {
    const ended = data.length === 0 ? null : { name: name === "" ? "message" : name, data: data.join("\n") };
    [name, data, held] = ["", [], 0];
    return ended;
  }
  return { take, end };
}

/** Ends of line: LF, CR LF, or CR alone. */
async function* lines(chunks: AsyncIterable<Uint8Array>, mostChars: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let held = 0;
  let afterCarriageReturn = false;
  for await (const chunk of chunks) {
    let text = decoder.decode(chunk, { stream: true });
    if (text === "") continue;
    if (afterCarriageReturn && text.startsWith("\n")) text = text.slice(1);
    afterCarriageReturn = text === "" ? false : text.endsWith("\r");
    const [first = "", ...rest] = text.split(/\r\n|\r|\n/);
    parts.push(first);
    held += first.length;
    if (held > mostChars) throw new EventTooLong();
    for (const line of rest) {
      yield parts.join("");
      [parts, held] = [[line], line.length];
    }
  }
}
