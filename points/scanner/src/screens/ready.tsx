/** The screen that waits for a card: the camera's picture in its frame, and what to do. */

import type { Ref } from "preact";
import type { CameraState } from "../camera.ts";
import type { CodeRead } from "../card.ts";
import { codeFingerprint } from "../card.ts";
import {
  CAMERA_STARTS,
  CAMERA_TROUBLES,
  CARD_READ,
  CODE_FAULTS,
  HOLD_THE_CARD,
  UPDATE_READY,
  type Words,
} from "../words.ts";

interface Props {
  readonly video: Ref<HTMLVideoElement>;
  readonly camera: CameraState;
  readonly last: CodeRead | null;
  /** Lets a new version in; null while there is none. */
  readonly update: (() => void) | null;
}

export function Ready({ video, camera, last, update }: Props) {
  return (
    <main class="ph">
      <header class="bar">
        <b>扫码</b>
        {update !== null && (
          <button type="button" class="btn bare" onClick={update}>
            <Said words={UPDATE_READY} />
          </button>
        )}
      </header>
      <section class="cam" aria-label="相机画面">
        <video ref={video} muted playsInline data-camera={camera.kind} />
        <Frame />
      </section>
      <section class="ask">
        <h1>
          <Said words={askOf(camera)} />
        </h1>
        <p role="status" {...markOf(last)}>
          {last !== null && <Said words={"code" in last ? CARD_READ : CODE_FAULTS[last.fault]} />}
        </p>
      </section>
    </main>
  );
}

function Said({ words }: { words: Words }) {
  return (
    <>
      {words.zh}
      <span class="en" lang="en">
        {words.en}
      </span>
    </>
  );
}

function Frame() {
  return (
    <svg class="fr" viewBox="0 0 248 206" aria-hidden="true">
      <path d="M3 40V15A12 12 0 0115 3H40M208 3h25a12 12 0 0112 12v25M245 166v25a12 12 0 01-12 12h-25M40 203H15A12 12 0 013 191v-25" />
    </svg>
  );
}

function askOf(camera: CameraState): Words {
  if (camera.kind === "trouble") return CAMERA_TROUBLES[camera.trouble];
  return camera.kind === "on" ? HOLD_THE_CARD : CAMERA_STARTS;
}

/** Never the code itself: a screen may be photographed. */
function markOf(last: CodeRead | null): { "data-card"?: string; "data-fault"?: string } {
  if (last === null) return {};
  return "code" in last
    ? { "data-card": codeFingerprint(last.code) }
    : { "data-fault": last.fault };
}
