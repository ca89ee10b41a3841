/** What the card's points buy here, now: tap goods, confirm, done. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { clockTime, type Language, say } from "../words.ts";
import { Icon } from "./icons.tsx";

export interface Goods {
  readonly key: string;
  readonly name: string;
  /** Points for one piece, as shown here. */
  readonly price: number;
  /** Pieces that this phone may hand out now. */
  readonly left: number;
  /** Most pieces for one household, where there is such a limit. */
  readonly limit: number | null;
  readonly next: { readonly at: Date; readonly pieces: number } | null;
}

export interface Purse {
  readonly available: number;
  /** When the figure was true, where that is not now. */
  readonly asOf: Date | null;
  /** Most points that may go without a network; null where there is one. */
  readonly ceiling: number | null;
}

export interface Choice {
  readonly goods: Goods;
  readonly pieces: number;
}

interface Props {
  readonly bar: ComponentChildren;
  readonly purse: Purse;
  readonly goods: readonly Goods[];
  /** Why the screen is shown again, for example that a price has changed. */
  readonly notice: string | null;
  readonly isBusy: boolean;
  readonly language: Language;
  readonly onConfirm: (choices: readonly Choice[]) => void;
  readonly onOther: () => void;
}

export function RedeemScreen(props: Props): JSX.Element {
  const { purse, goods, language } = props;
  const [pieces, setPieces] = useState<Readonly<Record<string, number>>>({});
  const choices = chosen(goods, pieces);
  const cost = choices.reduce((sum, one) => sum + one.goods.price * one.pieces, 0);
  const spendable = Math.min(purse.available, purse.ceiling ?? purse.available);
  return (
    <main class="ph redeem">
      {props.bar}
      <Balance purse={purse} language={language} onOther={props.onOther} />
      {props.notice !== null && (
        <p class="notice" role="alert">
          {props.notice}
        </p>
      )}
      {goods.length === 0 ? (
        <p class="empty">{say("nothingHere", language)}</p>
      ) : (
        <ul class="goods">
          {goods.map((one) => (
            <Row
              key={one.key}
              goods={one}
              pieces={pieces[one.key] ?? 0}
              room={spendable - cost}
              available={spendable}
              language={language}
              onChange={(count) => setPieces({ ...pieces, [one.key]: count })}
            />
          ))}
        </ul>
      )}
      <div class="foot">
        <p class="sum" aria-live="polite">
          <span>
            {say("chosen", language, {
              count: choices.reduce((sum, one) => sum + one.pieces, 0),
              points: cost,
            })}
          </span>
          <span>{say("after", language, { points: purse.available - cost })}</span>
        </p>
        <button
          type="button"
          class="btn main"
          disabled={choices.length === 0 || props.isBusy}
          onClick={() => props.onConfirm(choices)}
        >
          {say("confirm", language, { points: cost })}
        </button>
      </div>
    </main>
  );
}

/** Keep what was chosen to what may still be chosen: prices and stock move while people decide. */
export function chosen(
  goods: readonly Goods[],
  pieces: Readonly<Record<string, number>>,
): readonly Choice[] {
  return goods
    .map((one) => ({ goods: one, pieces: Math.min(pieces[one.key] ?? 0, most(one)) }))
    .filter((one) => one.pieces > 0);
}

function most(goods: Goods): number {
  return Math.min(goods.left, goods.limit ?? goods.left);
}

function Balance(props: {
  readonly purse: Purse;
  readonly language: Language;
  readonly onOther: () => void;
}): JSX.Element {
  const { purse, language } = props;
  return (
    <section class="purse">
      <div>
        <p class="small">
          {purse.asOf === null
            ? say("balance", language)
            : say("asOf", language, { time: clockTime(purse.asOf) })}
        </p>
        <p class="fig money" data-d={String(purse.available).length}>
          {purse.available}
          <i>分</i>
        </p>
        {purse.ceiling !== null && (
          <p class="small">{say("offlineLimit", language, { points: purse.ceiling })}</p>
        )}
      </div>
      <button type="button" class="btn" onClick={props.onOther}>
        <Icon name="code" />
        {say("otherCard", language)}
      </button>
    </section>
  );
}

interface RowProps {
  readonly goods: Goods;
  readonly pieces: number;
  /** Points still free after what is chosen. */
  readonly room: number;
  readonly available: number;
  readonly language: Language;
  readonly onChange: (pieces: number) => void;
}

function Row({ goods, pieces, room, available, language, onChange }: RowProps): JSX.Element {
  const isOpen = pieces > 0 || (goods.price <= room && most(goods) > 0);
  return (
    <li class={isOpen ? "row" : "row not"}>
      <div class="t">
        <b>{goods.name}</b>
        <span>
          {say("each", language, { points: goods.price })}
          {"　"}
          {goods.left > 0 ? say("stillHere", language, { count: goods.left }) : ""}
        </span>
      </div>
      {isOpen ? (
        <div class="step">
          <button
            type="button"
            class="key"
            aria-label={`${say("fewer", language)} ${goods.name}`}
            disabled={pieces === 0}
            onClick={() => onChange(pieces - 1)}
          >
            <Icon name="minus" />
          </button>
          <output aria-label={goods.name}>{pieces}</output>
          <button
            type="button"
            class="key"
            aria-label={`${say("more", language)} ${goods.name}`}
            disabled={goods.price > room || pieces >= most(goods)}
            onClick={() => onChange(pieces + 1)}
          >
            <Icon name="plus" />
          </button>
        </div>
      ) : (
        <Why goods={goods} room={room} available={available} language={language} />
      )}
    </li>
  );
}

/** A row that cannot be had says why, instead of keys that do nothing. */
function Why(props: {
  readonly goods: Goods;
  readonly room: number;
  readonly available: number;
  readonly language: Language;
}): JSX.Element {
  const { goods, language } = props;
  if (most(goods) === 0) {
    return (
      <p class="r">
        <b>{say("gone", language)}</b>
        {goods.next !== null && (
          <span>
            {say("moreAt", language, { time: clockTime(goods.next.at), count: goods.next.pieces })}
          </span>
        )}
      </p>
    );
  }
  const fits = goods.price <= props.available;
  return (
    <p class="r">
      <b>{say("short", language, { points: goods.price - props.room })}</b>
      <span>{say(fits ? "shortHint" : "shortLater", language)}</span>
    </p>
  );
}
