/** The script beside the WebAssembly of HTJ2K: a file of its own, fetched when its first frame comes. */
import create from "@cornerstonejs/codec-openjph/wasmjs";
import type { CreateModule } from "../emscripten";

export default create as CreateModule;
