/** The script beside the WebAssembly of JPEG of 8 bits: a file of its own, fetched when its first frame comes. */
import create from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
import type { CreateModule } from "../emscripten";

export default create as CreateModule;
