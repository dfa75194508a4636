/** How a codec's module of Emscripten is started from WebAssembly that was compiled elsewhere. */

/** The options that it takes. */
export interface Hosting {
  readonly instantiateWasm: (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => WebAssembly.Exports;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}

/** What the script of a codec gives. */
export type CreateModule = (options: Hosting) => Promise<unknown>;

/** `said` gets what the codec prints. Nothing is fetched: the page's policy need not allow it. */
export function hosting(wasm: WebAssembly.Module, said: string[] = []): Hosting {
  const listen = (line: string): void => void said.push(line);
  return {
    instantiateWasm(imports, receive) {
      const instance = new WebAssembly.Instance(wasm, imports);
      receive(instance);
      return instance.exports;
    },
    print: listen,
    printErr: listen,
  };
}
