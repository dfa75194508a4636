/** The codec's package carries no types. `wasmBinary` keeps it from fetching anything itself. */
declare module "@cornerstonejs/codec-charls/decodewasmjs" {
  /** Gives what `CharlsModule` of jpegls.ts describes. */
  const create: (options: { wasmBinary: ArrayBuffer }) => Promise<unknown>;
  export default create;
}
