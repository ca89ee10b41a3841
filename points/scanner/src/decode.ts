/**
 * QR codes in pictures: by the phone's own decoder where it has one, else by ours in a worker.
 *
 * Many phones offer `BarcodeDetector` and then have nothing behind it, those without Google's
 * services among them: the first failure is the last, and ours takes over.
 */

import type { Look, Seen } from "./workers/messages.ts";

/** What can be looked at: the camera's picture as it is now, or a photograph. */
export type Picture = HTMLVideoElement | Blob;

export interface Decoder {
  /** Give the texts of the QR codes in the picture, in no order; often none. */
  read(picture: Picture): Promise<readonly string[]>;
}

interface NativeDetector {
  detect(picture: Picture): Promise<readonly { readonly rawValue: string }[]>;
}

interface NativeDetectorClass {
  new (options: { formats: string[] }): NativeDetector;
  getSupportedFormats(): Promise<string[]>;
}

const FORMAT = "qr_code";

/** Make the best decoder that this browser has. */
export async function makeDecoder(): Promise<Decoder> {
  const native = await nativeDetector();
  let ours: Decoder | undefined;
  let isNativeSound = native !== undefined;
  return {
    async read(picture) {
      if (native !== undefined && isNativeSound) {
        try {
          return (await native.detect(picture)).map((code) => code.rawValue);
        } catch {
          isNativeSound = false;
        }
      }
      ours ??= new OwnDecoder();
      return ours.read(picture);
    },
  };
}

async function nativeDetector(): Promise<NativeDetector | undefined> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: NativeDetectorClass };
  if (BarcodeDetector === undefined) return undefined;
  try {
    const formats = await BarcodeDetector.getSupportedFormats();
    return formats.includes(FORMAT) ? new BarcodeDetector({ formats: [FORMAT] }) : undefined;
  } catch {
    return undefined;
  }
}

interface Asked {
  readonly resolve: (texts: readonly string[]) => void;
  readonly reject: (error: Error) => void;
}

class OwnDecoder implements Decoder {
  readonly #asked = new Map<number, Asked>();
  readonly #worker: Worker;
  #id = 0;

  constructor() {
    this.#worker = new Worker(new URL("./workers/decode.ts", import.meta.url), {
      type: "module",
      name: "decode",
    });
    this.#worker.onmessage = ({ data }: MessageEvent<Seen>) => {
      const asked = this.#asked.get(data.id);
      this.#asked.delete(data.id);
      if ("texts" in data) asked?.resolve(data.texts);
      else asked?.reject(new Error(data.trouble));
    };
    this.#worker.onerror = (event) => {
      for (const { reject } of this.#asked.values()) reject(new Error(event.message));
      this.#asked.clear();
    };
  }

  async read(picture: Picture): Promise<readonly string[]> {
    const bitmap = await createImageBitmap(picture);
    return await new Promise((resolve, reject) => {
      this.#id += 1;
      this.#asked.set(this.#id, { resolve, reject });
      this.#look({ id: this.#id, picture: bitmap });
    });
  }

  #look({ id, picture }: { id: number; picture: ImageBitmap }): void {
    if (typeof OffscreenCanvas === "function") {
      this.#worker.postMessage({ id, picture } satisfies Look, [picture]);
      return;
    }
    // Older iPhones: only the page itself can turn a picture into pixels.
    const pixels = pixelsOf(picture);
    this.#worker.postMessage({ id, picture: pixels } satisfies Look, [pixels.data.buffer]);
  }
}

function pixelsOf(picture: ImageBitmap): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no canvas to read a picture from");
  context.drawImage(picture, 0, 0);
  picture.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
