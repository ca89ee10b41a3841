/**
 * The decoder, in a thread of its own so that the camera's picture never stutters: zxing-cpp as
 * WebAssembly, from our own host. This is the only script that may compile any.
 */

import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import wasmUrl from "zxing-wasm/reader/zxing_reader.wasm?url";
import type { Look, Seen } from "./messages.ts";

declare const self: DedicatedWorkerGlobalScope;

const OPTIONS: ReaderOptions = {
  formats: ["QRCode"],
  // A payment code may hang beside the card: the page picks what is ours.
  maxNumberOfSymbols: 4,
  tryHarder: true,
};

prepareZXingModule({
  overrides: {
    locateFile: (path: string, prefix: string) =>
      path.endsWith(".wasm") ? new URL(wasmUrl, self.location.href).href : prefix + path,
  },
  fireImmediately: true,
}).catch(() => {
  // The first picture will meet the same trouble, and somebody waits for that.
});

self.onmessage = async ({ data }: MessageEvent<Look>) => {
  self.postMessage(await look(data));
};

async function look({ id, picture }: Look): Promise<Seen> {
  try {
    const found = await readBarcodes(pixels(picture), OPTIONS);
    return { id, texts: found.map((code) => code.text) };
  } catch (error) {
    return { id, trouble: String(error) };
  }
}

let canvas: OffscreenCanvas | undefined;

function pixels(picture: ImageBitmap | ImageData): ImageData {
  if (picture instanceof ImageData) return picture;
  const { width, height } = picture;
  canvas ??= new OffscreenCanvas(width, height);
  // To set a size clears the canvas and forgets its memory, so it is only set when it changes.
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no canvas to read a picture from");
  context.drawImage(picture, 0, 0);
  picture.close();
  return context.getImageData(0, 0, width, height);
}
