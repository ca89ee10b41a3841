/** The bar on top of every screen: where this phone works, and whether there is a network. */

import type { JSX } from "preact";
import { type Language, say } from "../words.ts";
import { Icon } from "./icons.tsx";

export type Network = "online" | "poor" | "offline";

interface Props {
  readonly booth: string;
  readonly event: string;
  readonly network: Network;
  readonly language: Language;
  readonly onMenu?: (() => void) | undefined;
}

export function Bar({ booth, event, network, language, onMenu }: Props): JSX.Element {
  return (
    <header class="bar">
      <div>
        <b>{booth}</b>
        <small>{event}</small>
      </div>
      <NetworkSign network={network} language={language} />
      {onMenu !== undefined && (
        <button type="button" class="round" aria-label={say("settings", language)} onClick={onMenu}>
          <Icon name="gear" />
        </button>
      )}
    </header>
  );
}

function NetworkSign({ network, language }: { network: Network; language: Language }): JSX.Element {
  const isOff = network === "offline";
  return (
    <span class={isOff ? "st off" : "st"}>
      <Icon name={isOff ? "wifiOff" : "wifi"} />
      {say(network, language)}
    </span>
  );
}
