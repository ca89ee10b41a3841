/**
 * The camera: the one at the back, on while somebody looks at the page and off otherwise, with its
 * light and zoom where the phone has them.
 */

/** Why there is no picture. Closed: each has words. */
export type CameraTrouble =
  /** The page came over plain HTTP: browsers keep the camera from it. */
  | "insecure"
  /** Somebody said no, now or once. */
  | "denied"
  /** There is no camera. */
  | "missing"
  /** Another app holds it. */
  | "busy"
  /** Anything else. */
  | "failed";

export interface Zoom {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

export type CameraState =
  | { readonly kind: "off" }
  | { readonly kind: "starting" }
  | { readonly kind: "on"; readonly hasLight: boolean; readonly zoom: Zoom | null }
  | { readonly kind: "trouble"; readonly trouble: CameraTrouble };

/** What phones tell of their cameras beyond what TypeScript has heard of. */
type Abilities = MediaTrackCapabilities & { torch?: boolean; zoom?: Zoom };
type Wishes = MediaTrackConstraintSet & { torch?: boolean; zoom?: number };

const PICTURE: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 } };

const TROUBLES: { readonly [name: string]: CameraTrouble } = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

export class Camera {
  readonly #video: HTMLVideoElement;
  readonly #changed: (state: CameraState) => void;
  #stream: MediaStream | null = null;
  #isWanted = false;
  /** Counts starts and stops, so that an answer that comes late is known to be late. */
  #turn = 0;
  #chosen: string | null = null;

  constructor(video: HTMLVideoElement, changed: (state: CameraState) => void) {
    this.#video = video;
    this.#changed = changed;
  }

  /** Turn it on, and on again whenever the page comes back into view. */
  async start(): Promise<void> {
    if (!this.#isWanted) document.addEventListener("visibilitychange", this.#seen);
    this.#isWanted = true;
    if (!document.hidden) await this.#open();
  }

  /** Turn it off for good. */
  stop(): void {
    this.#isWanted = false;
    document.removeEventListener("visibilitychange", this.#seen);
    this.#close();
  }

  /** Turn the light on or off; it goes off with the camera. */
  async setLight(isOn: boolean): Promise<void> {
    await this.#wish({ torch: isOn });
  }

  async setZoom(factor: number): Promise<void> {
    await this.#wish({ zoom: factor });
  }

  /** Take the next camera, for phones whose first one at the back is the wrong one. */
  async next(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter((device) => device.kind === "videoinput");
    const current = this.#track()?.getSettings().deviceId;
    const place = cameras.findIndex((camera) => camera.deviceId === current);
    this.#chosen = cameras[(place + 1) % cameras.length]?.deviceId ?? null;
    await this.#open();
  }

  readonly #seen = (): void => {
    if (document.hidden) this.#close();
    else void this.#open();
  };

  async #open(): Promise<void> {
    this.#close();
    this.#turn += 1;
    const turn = this.#turn;
    this.#changed({ kind: "starting" });
    try {
      const stream = await this.#ask();
      if (turn !== this.#turn) {
        release(stream);
        return;
      }
      this.#stream = stream;
      this.#video.srcObject = stream;
      await this.#video.play();
      this.#tell(stream);
    } catch (error) {
      if (turn === this.#turn) this.#changed({ kind: "trouble", trouble: troubleOf(error) });
    }
  }

  async #ask(): Promise<MediaStream> {
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (devices === undefined) throw new Insecure();
    // Ideal, not exact: a laptop has only a camera at the front, and that one will do.
    const which: MediaTrackConstraints =
      this.#chosen === null
        ? { facingMode: { ideal: "environment" } }
        : { deviceId: { exact: this.#chosen } };
    return await devices.getUserMedia({ audio: false, video: { ...PICTURE, ...which } });
  }

  #tell(stream: MediaStream): void {
    const [track] = stream.getVideoTracks();
    // A phone may take the camera away, for a call say: then it is asked for anew.
    track?.addEventListener("ended", () => {
      if (this.#stream === stream && this.#isWanted && !document.hidden) void this.#open();
    });
    const { torch, zoom } = abilities(track);
    this.#changed({ kind: "on", hasLight: torch === true, zoom: zoom ?? null });
  }

  #close(): void {
    this.#turn += 1;
    if (this.#stream === null) return;
    release(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
    this.#changed({ kind: "off" });
  }

  #track(): MediaStreamTrack | undefined {
    return this.#stream?.getVideoTracks()[0];
  }

  async #wish(wish: Wishes): Promise<void> {
    await this.#track()?.applyConstraints({ advanced: [wish] });
  }
}

class Insecure extends Error {}

function abilities(track: MediaStreamTrack | undefined): Abilities {
  return track?.getCapabilities?.() ?? {};
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function troubleOf(error: unknown): CameraTrouble {
  if (error instanceof Insecure) return "insecure";
  return (error instanceof DOMException ? TROUBLES[error.name] : undefined) ?? "failed";
}
