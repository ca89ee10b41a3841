/** Looking at the camera's picture, frame after frame, never two at once. */

import type { Decoder } from "./decode.ts";

/** Not more often: twelve looks a second find any card at once and leave some battery. */
const PAUSE_MS = 80;

/**
 * Look for QR codes until the returned function is called.
 *
 * @param seen called with the texts of each frame that shows any
 */
export function keepLooking(
  video: HTMLVideoElement,
  decoder: Decoder,
  seen: (texts: readonly string[]) => void,
): () => void {
  let isOver = false;
  const look = async () => {
    if (isOver) return;
    const began = performance.now();
    try {
      const texts = video.videoWidth > 0 ? await decoder.read(video) : [];
      if (!isOver && texts.length > 0) seen(texts);
    } catch {
      // A frame that cannot be read, as while the camera turns: the next one can.
    }
    setTimeout(() => onNextFrame(video, look), Math.max(0, PAUSE_MS - (performance.now() - began)));
  };
  void look();
  return () => {
    isOver = true;
  };
}

function onNextFrame(video: HTMLVideoElement, look: () => Promise<void>): void {
  if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(() => void look());
  else requestAnimationFrame(() => void look());
}
