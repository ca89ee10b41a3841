/**
 * What the page and its workers say to each other. Types alone: a worker that shared so much as a
 * word with the page at run time would be built to import it, and a service worker cannot.
 */

/** To the decoder: look for QR codes in this picture. */
export interface Look {
  readonly id: number;
  readonly picture: ImageBitmap | ImageData;
}

/** From the decoder: what it read there, or why it could not look. */
export type Seen =
  | { readonly id: number; readonly texts: readonly string[] }
  | { readonly id: number; readonly trouble: string };

/** To the service worker that waits: nobody is in the middle of anything, take over. */
export type TakeOver = "take over";
