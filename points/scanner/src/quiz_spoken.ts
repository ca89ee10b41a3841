/** What the quiz says aloud at each step. */

import { asked, lastAnswered, type QuizItem, rightAnswers } from "./quiz.ts";
import type { QuizView } from "./quiz_play.ts";
import { binName, quizSay, whyOf } from "./quiz_words.ts";
import { spokenFigure } from "./verdicts.ts";
import type { Language } from "./words.ts";

/** Give the line of a view; null where there is nothing to say. */
export function spokenIn(view: QuizView, language: Language): string | null {
  switch (view.name) {
    case "question": {
      const item = asked(view.game);
      return item && quizSay("whereSaid", language, { name: named(item, language) });
    }
    case "told": {
      const told = lastAnswered(view.game);
      return told && toldLine(told, language);
    }
    case "result": {
      const right = rightAnswers(view.game);
      if (right === 0) return quizSay("none", language);
      return quizSay("scanSaid", language, { right: spokenFigure(right, language) });
    }
    case "paid": {
      const { face, points } = view.paid;
      if (face === "ok") {
        const said = spokenFigure(points ?? 0, language);
        return quizSay("addedSaid", language, { points: said });
      }
      if (face === "kept") return quizSay("keptPlain", language);
      return quizSay(face === "ask" ? "ask" : "safe", language);
    }
    default:
      return null;
  }
}

function toldLine(
  { item, isRight }: { item: QuizItem; isRight: boolean },
  language: Language,
): string {
  const figures = { name: named(item, language), bin: binName(item.bin, language) };
  const joint = language === "zh" ? "。" : ". ";
  return [
    quizSay(isRight ? "right" : "wrong", language),
    joint,
    quizSay("goesSaid", language, figures),
    language === "zh" ? "" : " ",
    whyOf(item, language),
  ].join("");
}

function named(item: QuizItem, language: Language): string {
  return language === "en" && item.name_en !== "" ? item.name_en : item.name;
}
