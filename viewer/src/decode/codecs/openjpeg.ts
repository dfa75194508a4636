/** The script beside the WebAssembly of JPEG 2000: a file of its own, fetched when its first frame comes. */
import create from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import type { CreateModule } from "../emscripten";

export default create as CreateModule;
