/** Goods that this phone takes along, so that it can hand them out without a network. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { type Language, say } from "../words.ts";
import { Icon } from "./icons.tsx";
import { OkOrNot } from "./pieces.tsx";

export interface Lease {
  readonly key: string;
  readonly name: string;
  /** Pieces at the booth that are free to be taken along. */
  readonly free: number;
  /** Pieces that this phone has with it. */
  readonly held: number;
}

/** How many pieces more (+) or fewer (−) of each this phone is to have. */
export type Moves = Readonly<Record<string, number>>;

interface Props {
  readonly bar: ComponentChildren;
  readonly leases: readonly Lease[];
  readonly isBusy: boolean;
  readonly language: Language;
  readonly onMove: (moves: Moves) => void;
  readonly onCancel: () => void;
}

/** Pieces come in handfuls: nobody taps a hundred times. */
const STEP = 5;

export function LeaseScreen(props: Props): JSX.Element {
  const { leases, language } = props;
  const [moves, setMoves] = useState<Moves>({});
  const isMoved = Object.values(moves).some((pieces) => pieces !== 0);
  return (
    <main class="ph redeem">
      {props.bar}
      <section class="body">
        <h1>{say("leaseTitle", language)}</h1>
        <p class="hint">{say("leaseWhy", language)}</p>
      </section>
      <ul class="goods">
        {leases.map((lease) => (
          <Row
            key={lease.key}
            lease={lease}
            moved={moves[lease.key] ?? 0}
            language={language}
            onMoved={(pieces) => setMoves({ ...moves, [lease.key]: pieces })}
          />
        ))}
      </ul>
      <OkOrNot
        isReady={isMoved && !props.isBusy}
        language={language}
        onOk={() => props.onMove(moves)}
        onCancel={props.onCancel}
      />
    </main>
  );
}

interface RowProps {
  readonly lease: Lease;
  readonly moved: number;
  readonly language: Language;
  readonly onMoved: (pieces: number) => void;
}

function Row({ lease, moved, language, onMoved }: RowProps): JSX.Element {
  const held = lease.held + moved;
  const move = (pieces: number): void =>
    onMoved(Math.max(-lease.held, Math.min(lease.free, moved + pieces)));
  return (
    <li class="row">
      <div class="t">
        <b>{lease.name}</b>
        <span>{say("stillHere", language, { count: lease.free - moved })}</span>
      </div>
      <div class="step">
        <button
          type="button"
          class="key"
          aria-label={`${say("fewer", language)} ${lease.name}`}
          disabled={held === 0}
          onClick={() => move(-STEP)}
        >
          <Icon name="minus" />
        </button>
        <output aria-label={lease.name}>{held}</output>
        <button
          type="button"
          class="key"
          aria-label={`${say("more", language)} ${lease.name}`}
          disabled={moved >= lease.free}
          onClick={() => move(STEP)}
        >
          <Icon name="plus" />
        </button>
      </div>
    </li>
  );
}
