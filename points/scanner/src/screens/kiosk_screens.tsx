/** All that residents see on a booth's tablet. A part of its own: most phones never load it. */

import "../styles/residents.css";

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Corner, Residents } from "../kiosk_facing.ts";
import type { Language } from "../words.ts";
import { KioskScreen } from "./kiosk.tsx";
import { useLight } from "./kiosk_frame.tsx";
import { LeaveScreen } from "./kiosk_leave.tsx";
import type { Preferences } from "./menu.tsx";
import { QuizScreen } from "./quiz.tsx";

export interface Props {
  readonly residents: Residents;
  readonly corner: Corner;
  readonly preferences: Preferences;
  /** Those who have worked with this phone. */
  readonly names: readonly string[];
  readonly onLanguage: (language: Language) => void;
  readonly onPhoto: (photo: Blob) => void;
}

export function ResidentsScreen(props: Props): JSX.Element | null {
  const { residents, preferences, names } = props;
  const [isLeaving, setLeaving] = useState(false);
  useLight();
  if (isLeaving) {
    return (
      <LeaveScreen
        names={names}
        language={preferences.language}
        onVolunteer={(volunteer) => residents.turnBack(volunteer)}
        onStay={() => setLeaving(false)}
      />
    );
  }
  const shared = { ...props, onLeave: () => setLeaving(true) };
  return props.corner === "quiz" ? <QuizScreen {...shared} /> : <KioskScreen {...shared} />;
}
