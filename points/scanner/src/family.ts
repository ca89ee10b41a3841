/** Give a code for a card that is held up: with it a family takes the card in, or lets it go. */

import type { Caller } from "./binding.ts";
import type { CardCode } from "./card.ts";
import type { Stage } from "./stage.ts";
import { localVerdict } from "./verdicts.ts";
import { say } from "./words.ts";

interface Given {
  readonly code: string;
  readonly spoken: string;
}

/** Ask for a code, and show it large enough to be copied. */
export async function giveCode(caller: Caller, stage: Stage, card: CardCode): Promise<void> {
  stage.show({ screen: { name: "working" } });
  const { language } = stage;
  const reply = await caller.call<Given>("POST", "/cards/codes", { card });
  if (reply.kind !== "ok") {
    const problem = reply.kind === "problem" ? reply.message : say("codeOffline", language);
    stage.show({ screen: { name: "ready" }, notice: problem });
    return;
  }
  const { code, spoken } = reply.body;
  const facts = [say("codeLasts", language), say("boundNumber", language, { number: spoken })];
  const verdict = localVerdict("ok", say("codeTitle", language), null, say("codeSay", language));
  stage.say("familyCode", { ...verdict, copied: code, facts });
}
