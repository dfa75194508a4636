/** The script beside the WebAssembly of JPEG-LS: a file of its own, fetched when its first frame comes. */
import create from "@cornerstonejs/codec-charls/decodewasmjs";
import type { CreateModule } from "../emscripten";

export default create as CreateModule;
