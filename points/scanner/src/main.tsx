/** The scanner, put together. */

import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/scanner.css";

import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Camera, type CameraState } from "./camera.ts";
import { type CodeRead, readCardCode } from "./card.ts";
import { makeDecoder } from "./decode.ts";
import { makeLockout } from "./lockout.ts";
import { keepLooking } from "./looking.ts";
import { Ready } from "./screens/ready.tsx";
import { keepShell, type LetIn } from "./updates.ts";

function Scanner() {
  const video = useRef<HTMLVideoElement>(null);
  const [camera, setCamera] = useState<CameraState>({ kind: "off" });
  const [last, setLast] = useState<CodeRead | null>(null);
  const [update, setUpdate] = useState<LetIn | null>(null);
  useEffect(
    () => (video.current === null ? undefined : scan(video.current, setCamera, setLast)),
    [],
  );
  useEffect(() => {
    // A browser that will not keep the shell still scans.
    keepShell((letIn) => setUpdate(() => letIn)).catch(() => {});
  }, []);
  return <Ready video={video} camera={camera} last={last} update={update} />;
}

/** Look for cards until the returned function is called. */
function scan(
  video: HTMLVideoElement,
  tellCamera: (state: CameraState) => void,
  tellCard: (read: CodeRead) => void,
): () => void {
  const camera = new Camera(video, tellCamera);
  const mayPass = makeLockout();
  let stopLooking = () => {};
  void camera.start();
  void makeDecoder().then((decoder) => {
    stopLooking = keepLooking(video, decoder, (texts) => {
      const read = ours(texts.map(readCardCode));
      if (read !== null && mayPass("code" in read ? read.code : read.fault, performance.now())) {
        tellCard(read);
      }
    });
  });
  return () => {
    stopLooking();
    camera.stop();
  };
}

/** Of several codes in one picture, a card of ours goes before anything else. */
function ours(reads: readonly CodeRead[]): CodeRead | null {
  return reads.find((read) => "code" in read) ?? reads[0] ?? null;
}

const app = document.getElementById("app");
if (app !== null) render(<Scanner />, app);
