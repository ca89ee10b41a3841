/** The slip to take along: what is printed, and nothing else. No name, no number, no code. */

import type { JSX } from "preact";
import type { LineSaid, Told } from "../kiosk_told.ts";
import { endLine, kindName, kioskSay } from "../kiosk_words.ts";
import { clockTime, type Language, signed } from "../words.ts";

interface Props {
  readonly told: Told;
  readonly at: Date;
  readonly lines: readonly LineSaid[];
  readonly language: Language;
}

export function KioskPaper({ told, at, lines, language }: Props): JSX.Element {
  return (
    <section class="paper" aria-hidden="true">
      <h1>{kioskSay("slip", language)}</h1>
      {/* Swedes write day and time as the lines below do. */}
      <p>{at.toLocaleString("sv").slice(0, 16)}</p>
      <p class="paper-sum">
        {told.asOf === null
          ? kioskSay("slipNow", language, { points: told.available })
          : kioskSay("slipThen", language, {
              points: told.available,
              time: clockTime(told.asOf),
            })}
      </p>
      {told.endings.map((ending) => (
        <p key={`${ending.month}-${ending.day}`}>{endLine(ending, language)}</p>
      ))}
      {lines.length > 0 && (
        <table>
          <tbody>
            {lines.map((line) => (
              <tr key={line.id}>
                <td>
                  {whatOf(line, language)}
                  <small>{stamp(line, language)}</small>
                </td>
                <td>{signed(line.points)}</td>
                <td>
                  {line.balance_after === null
                    ? ""
                    : kioskSay("left", language, { points: line.balance_after })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p>{kioskSay("slipAsk", language)}</p>
    </section>
  );
}

function whatOf(line: LineSaid, language: Language): string {
  const name = (language === "en" && line.name_en) || line.name;
  return name || kindName(line.kind, language);
}

function stamp(line: LineSaid, language: Language): string {
  // As it is written: by the clocks of the place, whatever this tablet's zone.
  const [day = "", time = ""] = line.occurred_at.split("T");
  const when = `${day.slice(5)} ${time.slice(0, 5)}`;
  return line.is_undone ? `${when} · ${kioskSay("undone", language)}` : when;
}
