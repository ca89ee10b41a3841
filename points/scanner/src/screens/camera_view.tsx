/** The camera's picture with its frame and tools; or why there is none, and what to do instead. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Camera, type CameraState } from "../camera.ts";
import { makeDecoder } from "../decode.ts";
import { keepLooking } from "../looking.ts";
import { type Language, say } from "../words.ts";
import { Icon } from "./icons.tsx";

interface Props {
  readonly language: Language;
  /** Whether anybody wants to know what is in the picture. */
  readonly isWatching: boolean;
  readonly onTexts: (texts: readonly string[]) => void;
  readonly onPhoto: (photo: Blob) => void;
}

export function CameraView({ language, isWatching, onTexts, onPhoto }: Props): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const camera = useRef<Camera | null>(null);
  const told = useRef({ isWatching, onTexts });
  told.current = { isWatching, onTexts };
  const [state, setState] = useState<CameraState>({ kind: "off" });
  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    const opened = new Camera(element, setState);
    camera.current = opened;
    void opened.start();
    const stop = watch(element, (texts) => {
      if (told.current.isWatching) told.current.onTexts(texts);
    });
    return () => {
      stop();
      opened.stop();
    };
  }, []);
  return (
    <section class="cam" aria-label={say("cameraOpening", language)}>
      <video ref={video} muted playsInline data-camera={state.kind} />
      {state.kind === "trouble" ? (
        <Instead
          language={language}
          isInsecure={state.trouble === "insecure"}
          onPhoto={onPhoto}
          onAgain={() => void camera.current?.start()}
        />
      ) : (
        <Frame />
      )}
      {state.kind === "on" && <Tools camera={camera.current} state={state} language={language} />}
    </section>
  );
}

function watch(video: HTMLVideoElement, seen: (texts: readonly string[]) => void): () => void {
  let stop = (): void => {};
  let isOver = false;
  void makeDecoder().then((decoder) => {
    if (!isOver) stop = keepLooking(video, decoder, seen);
  });
  return () => {
    isOver = true;
    stop();
  };
}

function Frame(): JSX.Element {
  return (
    <svg class="aim" viewBox="0 0 272 226" aria-hidden="true">
      <path d="M3 44V23A20 20 0 0123 3h21M228 3h21a20 20 0 0120 20v21M269 182v21a20 20 0 01-20 20h-21M44 223H23a20 20 0 01-20-20v-21" />
    </svg>
  );
}

function Tools(props: {
  readonly camera: Camera | null;
  readonly state: Extract<CameraState, { kind: "on" }>;
  readonly language: Language;
}): JSX.Element {
  const { camera, state, language } = props;
  const [hasLight, setLight] = useState(false);
  const [isNear, setNear] = useState(false);
  const { zoom } = state;
  return (
    <div class="tools">
      {zoom !== null && zoom.max >= 2 && (
        <button
          type="button"
          class="tool"
          aria-pressed={isNear}
          aria-label={say("zoom", language)}
          onClick={() => {
            setNear(!isNear);
            void camera?.setZoom(isNear ? zoom.min : 2);
          }}
        >
          2×
        </button>
      )}
      {state.hasLight && (
        <button
          type="button"
          class="tool"
          aria-pressed={hasLight}
          aria-label={say("torch", language)}
          onClick={() => {
            setLight(!hasLight);
            void camera?.setLight(!hasLight);
          }}
        >
          <Icon name="torch" />
        </button>
      )}
    </div>
  );
}

/** A photo works where the browser keeps the camera from the page: on plain HTTP, or when denied. */
function Instead(props: {
  readonly language: Language;
  readonly isInsecure: boolean;
  readonly onPhoto: (photo: Blob) => void;
  readonly onAgain: () => void;
}): JSX.Element {
  const { language } = props;
  return (
    <div class="off" role="alert">
      <p>{say(props.isInsecure ? "photoWhy" : "cameraDenied", language)}</p>
      <label class="btn">
        <Icon name="photo" />
        {say("takePhoto", language)}
        <input
          class="sr"
          type="file"
          accept="image/*"
          capture="environment"
          onChange={(event) => {
            const [photo] = event.currentTarget.files ?? [];
            if (photo !== undefined) props.onPhoto(photo);
            // So that the same photo can be chosen once more.
            event.currentTarget.value = "";
          }}
        />
      </label>
      {!props.isInsecure && (
        <button type="button" class="btn" onClick={props.onAgain}>
          {say("cameraAgain", language)}
        </button>
      )}
    </div>
  );
}
