/** Shader texts: esbuild takes them in as strings. */
declare module "*.glsl" {
  const text: string;
  export default text;
}
