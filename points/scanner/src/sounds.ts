/**
 * The three channels beside the picture: tones, vibration, and a spoken line.
 *
 * None of them carries anything alone: iPhones do not vibrate, a crowd drowns sound. Tones are made
 * on the spot, so there is no file to fetch. A browser lets a page sound only after a first touch;
 * `wake` is called from it.
 */

import type { Face } from "./faces.ts";

/** One tone: hertz, and milliseconds from the start of the verdict to its start and its end. */
interface Tone {
  readonly hertz: number;
  readonly from: number;
  readonly to: number;
}

interface Signal {
  readonly tones: readonly Tone[];
  /** Milliseconds on, off, on …, as `navigator.vibrate` takes them. */
  readonly vibration: readonly number[];
}

const GAP_MS = 40;

export const SIGNALS: Readonly<Record<Face, Signal>> = {
  ok: { tones: row([660, 90], [880, 140]), vibration: [60] },
  no: { tones: row([220, 300]), vibration: [350] },
  look: { tones: row([220, 300]), vibration: [350] },
  kept: { tones: row([523, 80], [523, 80]), vibration: [60, 80, 60] },
  ask: { tones: row([440, 70], [440, 70], [440, 70]), vibration: [60, 60, 60, 60, 60] },
};

export interface Voice {
  /** Let the page sound; must be called while a touch or a key is being handled. */
  wake(): void;
  /** Give a verdict's tones and vibration if there is a face, and say its line if there is one. */
  give(face: Face | null, line?: { readonly text: string; readonly lang: string }): void;
}

/** Makes no sound where the browser has none, and never throws: a verdict must be shown anyway. */
export function makeVoice(): Voice {
  let context: AudioContext | undefined;
  return {
    wake(): void {
      if (typeof AudioContext === "undefined") return;
      context ??= new AudioContext();
      if (context.state === "suspended") void context.resume().catch(() => undefined);
    },
    give(face, line): void {
      const signal = face === null ? null : SIGNALS[face];
      if (signal !== null && context?.state === "running") play(context, signal.tones);
      if (signal !== null && "vibrate" in navigator) navigator.vibrate([...signal.vibration]);
      if (line !== undefined) speak(line.text, line.lang);
    },
  };
}

function row(...notes: readonly (readonly [hertz: number, length: number])[]): Tone[] {
  let at = 0;
  return notes.map(([hertz, length]) => {
    const tone = { hertz, from: at, to: at + length };
    at += length + GAP_MS;
    return tone;
  });
}

function play(context: AudioContext, tones: readonly Tone[]): void {
  for (const tone of tones) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const start = context.currentTime + tone.from / 1000;
    const end = context.currentTime + tone.to / 1000;
    oscillator.frequency.value = tone.hertz;
    // Ramps, for a tone that is cut off clicks.
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.5, start + 0.01);
    gain.gain.setValueAtTime(0.5, end - 0.02);
    gain.gain.linearRampToValueAtTime(0, end);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(end);
  }
}

function speak(text: string, lang: string): void {
  if (!("speechSynthesis" in window)) return;
  // Whoever comes next must not wait for the line of the one before.
  speechSynthesis.cancel();
  const line = new SpeechSynthesisUtterance(text);
  line.lang = lang;
  speechSynthesis.speak(line);
}
