import tseslint from "typescript-eslint";

const network = ["fetch", "XMLHttpRequest", "WebSocket", "EventSource"];
const dom = ["document", "window"];
const forbid = (...names) => ({ "no-restricted-globals": ["error", ...names] });

export const globals = [
  { files: ["src/**/*.ts", "src/**/*.tsx"], rules: forbid(...network, ...dom) },
  { files: ["src/wire/client.ts"], rules: forbid(...dom) },
  { files: ["src/page/**", "src/main.ts", "src/main/**"], rules: forbid(...network) },
];

export default tseslint.config(
  { ignores: ["node_modules/", "test/fixtures/"] },
  ...tseslint.configs.strict,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "max-lines": ["error", 400],
      eqeqeq: "error",
    },
  },
  ...globals,
);
