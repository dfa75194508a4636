/** The decode worker's entry: what the pool counts on. */
import { expect, it, vi } from "vitest";
import type { Decode } from "../../src/decode/frame";
import type { FromWorker, ToWorker } from "../../src/decode/protocol";

const opened = new Map<string, (decode: Decode) => void>();

vi.mock("../../src/decode/openCodec", () => ({
  openCodec: (name: string) => new Promise<Decode>((open) => opened.set(name, open)),
}));

it("answers frames in the order of their coming, also where a later one's codec is loaded first", async () => {
  const said: FromWorker[] = [];
  const scope = globalThis as unknown as { onmessage: (event: { data: ToWorker }) => void; postMessage: (message: FromWorker) => void };
  scope.postMessage = (message) => said.push(message);
  await import("../../src/decode/decodeWorker");
  const shape = {} as Extract<ToWorker, { kind: "decode" }>["shape"];
  const decode: Decode = () => ({ values: new Uint8Array(1), samples: 1, model: "grey", base: 0 });

  scope.onmessage({ data: { kind: "codec", name: "jpeg", wasm: null } });
  scope.onmessage({ data: { kind: "codec", name: "rle", wasm: null } });
  scope.onmessage({ data: { kind: "decode", id: 1, codec: "jpeg", bytes: new ArrayBuffer(1), shape } });
  scope.onmessage({ data: { kind: "decode", id: 2, codec: "rle", bytes: new ArrayBuffer(1), shape } });
  opened.get("rle")?.(decode);
  opened.get("jpeg")?.(decode);

  await vi.waitFor(() => { expect(said).toHaveLength(4); });
  expect(said.map(({ kind, id }) => `${kind} ${String(id)}`)).toEqual(["began 1", "decoded 1", "began 2", "decoded 2"]);
});
