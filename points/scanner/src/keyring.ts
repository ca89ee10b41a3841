/** How this phone is known: claimed by an invite, changed for a newer token, kept on the phone. */

import { inTurn } from "./alone.ts";
import type { Role } from "./bundle.ts";
import type { World } from "./desk.ts";
import type { Reply, Server } from "./server.ts";
import { ifRoom, type Store } from "./store.ts";
import { changed, changing, newToken, TOKEN_LASTS_MS, type Token, tokenToUse } from "./tokens.ts";

interface Claimed {
  readonly device: string;
  readonly role: Role;
}

const CLAIM_TIMEOUT_MS = 15_000;

export class Keyring {
  readonly #store: Store;
  readonly #world: World;
  #token: Token | null = null;

  constructor(store: Store, world: World) {
    this.#store = store;
    this.#world = world;
  }

  /** Take up what was kept. */
  async open(): Promise<void> {
    this.#token = ((await this.#store.kept("token")) as Token | undefined) ?? null;
  }

  /** What opens the door; nothing before the first claim was answered. */
  get secret(): string | null {
    return tokenToUse(this.#token);
  }

  /** The invite whose claim was never answered, if there is one. */
  get pending(): string | null {
    return this.#token?.invite ?? null;
  }

  get device(): string | null {
    return this.#token?.device ?? null;
  }

  get role(): Role {
    return this.#token?.role ?? "earn";
  }

  /** Claim the invite. What is sent is kept first, so that a lost reply strands nobody. */
  async claim(
    server: Server,
    invite: string,
    who: { readonly volunteer: string; readonly app: string },
  ): Promise<Reply<Claimed>> {
    const before = this.#token;
    const secret = before?.invite === invite ? before.secret : newToken(this.#world.fill);
    const madeAt = this.#world.now().getTime();
    const device = before?.device ?? null;
    await this.#keep({ secret, madeAt, next: null, invite, device, role: "earn" });
    const reply = await server.ask<Claimed>({
      method: "POST",
      path: "/devices/claim",
      body: { invite, token: secret, ...who },
      timeout: CLAIM_TIMEOUT_MS,
    });
    if (reply.kind !== "ok") return reply;
    // Under another name nothing of the old one may be sent: it would count twice.
    const isAnother = device !== null && device !== reply.body.device;
    if (isAnother && before !== null && !(await this.#store.startOver())) {
      await this.#keep(before);
      return { kind: "failed" };
    }
    const { role } = reply.body;
    await this.#keep({ secret, madeAt, next: null, invite: null, device: reply.body.device, role });
    return reply;
  }

  /**
   * The door knows this token no longer: take up what another tab, or a change that was cut off,
   * has left. Tells whether there is another one to try.
   */
  async renewed(): Promise<boolean> {
    const before = this.secret;
    await this.open();
    if (this.#token !== null && this.secret === before) {
      this.#token = changed(this.#token, this.#world.now().getTime());
    }
    return this.secret !== null && this.secret !== before;
  }

  /** Change the token for a newer one when it has grown old, or at once; one tab at a time. */
  async change(server: Server, isDue = false): Promise<void> {
    await inTurn(async () => {
      await this.open();
      await this.#change(server, isDue);
    });
  }

  async #change(server: Server, isDue: boolean): Promise<void> {
    const token = this.#token;
    if (token === null || token.invite !== null) return;
    const now = this.#world.now().getTime();
    if (!isDue && token.next === null && now - token.madeAt < TOKEN_LASTS_MS) return;
    const going = changing(token, this.#world.fill);
    if (!(await ifRoom(this.#keep(going)))) return;
    const reply = await server.ask({
      method: "PUT",
      path: "/devices/token",
      body: { token: going.next },
      timeout: CLAIM_TIMEOUT_MS,
    });
    if (reply.kind === "ok") await ifRoom(this.#keep(changed(going, now)));
  }

  async #keep(token: Token): Promise<void> {
    this.#token = token;
    await this.#store.keep("token", token);
  }
}
