/** The codecs' packages carry no types. */
declare module "@cornerstonejs/codec-charls/decodewasmjs" {
  const create: unknown;
  export default create;
}

declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs" {
  const create: unknown;
  export default create;
}

declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
  const create: unknown;
  export default create;
}

declare module "@cornerstonejs/codec-openjph/wasmjs" {
  const create: unknown;
  export default create;
}
