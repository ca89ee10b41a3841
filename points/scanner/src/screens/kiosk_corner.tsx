/** The way to the screens for residents: loaded when a booth first shows them, for few do. */

import type { JSX } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { say } from "../words.ts";
import type { Props } from "./kiosk_screens.tsx";
import { NoticeScreen } from "./notice.tsx";

type Screens = typeof import("./kiosk_screens.tsx");

export function CornerScreen(props: Props): JSX.Element {
  const { language } = props.preferences;
  const [screens, setScreens] = useState<Screens | null>(null);
  const [hasFailed, setFailed] = useState(false);
  useLayoutEffect(() => {
    if (screens !== null || hasFailed) return;
    import("./kiosk_screens.tsx").then(setScreens, () => setFailed(true));
  }, [screens, hasFailed]);
  if (screens !== null) return <screens.ResidentsScreen {...props} />;
  const again = { label: say("pairAgain", language), onAct: () => setFailed(false) };
  return (
    <NoticeScreen
      text={hasFailed ? say("offline", language) : ""}
      {...(hasFailed ? { main: again } : {})}
    />
  );
}
