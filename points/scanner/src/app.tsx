/** The page: the screen that is shown, over a camera that never stops for it. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { asks, nameOf, pointsOf } from "./bundle.ts";
import { readCardNumber } from "./card.ts";
import { lastShown } from "./last.ts";
import type { Phone, Preferences, Shown } from "./phone.ts";
import { ActivityScreen, AmountScreen } from "./screens/amount.tsx";
import { Bar } from "./screens/bar.tsx";
import { BindScreen } from "./screens/bind.tsx";
import { CameraView } from "./screens/camera_view.tsx";
import { ConfirmScreen } from "./screens/confirm.tsx";
import { HandOverScreen } from "./screens/handover.tsx";
import { CornerScreen } from "./screens/kiosk_corner.tsx";
import { LeaseScreen } from "./screens/leases.tsx";
import { MenuScreen } from "./screens/menu.tsx";
import { NoticeScreen } from "./screens/notice.tsx";
import { PairScreen } from "./screens/pair.tsx";
import { NewPinScreen } from "./screens/pin_setting.tsx";
import { ReadyScreen } from "./screens/ready.tsx";
import { RedeemScreen } from "./screens/redeem.tsx";
import { QueueStrip, SHOWN } from "./screens/strip.tsx";
import { TypedScreen } from "./screens/typed.tsx";
import { VerdictScreen } from "./screens/verdict.tsx";
import { leasable } from "./shelf.ts";
import { itemsOf, slipsOf } from "./slips_shown.ts";
import type { Standing } from "./standing.ts";
import { say, type Word } from "./words.ts";

/** A list of thousands would keep the phone busy, and nobody reads it. */
const LISTED = 50;

export function App({ phone }: { readonly phone: Phone }): JSX.Element {
  const [shown, setShown] = useState<Shown>(phone.shown);
  useLayoutEffect(() => phone.watch(setShown), [phone]);
  useEffect(() => dress(shown.preferences), [shown.preferences]);
  const { corner, preferences } = shown;
  if (corner !== null && phone.booth !== null && shown.view.screen.name !== "pair") {
    return (
      <CornerScreen
        residents={phone.residents}
        corner={corner}
        preferences={preferences}
        names={phone.names}
        onLanguage={(language) => phone.speak(language)}
        onPhoto={(photo) => void phone.photographed(photo)}
      />
    );
  }
  const isOver = !["ready", "working"].includes(shown.view.screen.name);
  return (
    <>
      {phone.booth !== null && (
        <div class="under" inert={isOver}>
          <Under
            phone={phone}
            shown={shown}
            isWatching={["ready", "verdict"].includes(shown.view.screen.name)}
          />
        </div>
      )}
      {isOver && (
        <div class="over">
          <Over phone={phone} shown={shown} />
        </div>
      )}
    </>
  );
}

interface Props {
  readonly phone: Phone;
  readonly shown: Shown;
}

function Under({ phone, shown, isWatching }: Props & { isWatching: boolean }): JSX.Element {
  const { view, standing, preferences } = shown;
  const { language } = preferences;
  const { activity, work } = view;
  return (
    <ReadyScreen
      bar={<TopBar phone={phone} shown={shown} />}
      strip={<Strip phone={phone} shown={shown} />}
      camera={
        <CameraView
          language={language}
          isWatching={isWatching}
          onTexts={(texts) => phone.scanned(texts)}
          onPhoto={(photo) => phone.photographed(photo)}
        />
      }
      work={work}
      canRedeem={phone.booth?.canRedeem ?? false}
      points={activity === null ? null : pointsOf(activity)}
      activity={activity === null ? null : nameOf(activity, language)}
      notice={view.notice ?? noticeOf(standing, phone, language)}
      last={view.last === null ? null : lastShown(view.last, phone.pay, language)}
      isBusy={view.screen.name === "working"}
      language={language}
      onWork={(one) => phone.booth?.workOn(one)}
      onActivity={() => phone.booth?.go({ name: "activity" })}
      onTyped={() => phone.booth?.go({ name: "typed" })}
      onUndo={() => view.last !== null && void phone.undo([view.last])}
      onCancel={() => phone.booth?.workOn("earn")}
    />
  );
}

function Over({ phone, shown }: Props): JSX.Element | null {
  const { view, standing, preferences } = shown;
  const { language } = preferences;
  const { screen } = view;
  const bar = <TopBar phone={phone} shown={shown} />;
  const ready = (): void => phone.booth?.go({ name: "ready" });
  switch (screen.name) {
    case "loading":
      return <NoticeScreen text={say("opening", language)} />;
    case "blocked":
      return <Blocked phone={phone} shown={shown} />;
    case "pair":
      return (
        <PairScreen
          host={location.host}
          problem={screen.problem}
          isBusy={screen.isBusy}
          hasInvite={phone.hasInvite}
          language={language}
          onStart={(volunteer) => void phone.pair(volunteer)}
        />
      );
    case "handover":
      return (
        <HandOverScreen
          names={phone.names}
          problem={screen.problem}
          isLocked={false}
          language={language}
          onVolunteer={(volunteer) => void phone.handOver(volunteer)}
        />
      );
    case "activity":
      return (
        <ActivityScreen
          bar={bar}
          activities={(phone.booth?.bundle.activities ?? []).map((one) => ({
            key: one.key,
            name: nameOf(one, language),
          }))}
          language={language}
          onActivity={(key) => phone.choose(key)}
        />
      );
    case "amount":
      return view.activity === null ? null : (
        <AmountScreen
          bar={bar}
          asks={asks(view.activity, phone.buildings)}
          name={nameOf(view.activity, language)}
          language={language}
          onAmount={(amount) => void phone.booth?.amount(amount)}
          onCancel={ready}
        />
      );
    case "typed":
      return (
        <TypedScreen
          bar={bar}
          language={language}
          isNumber={(digits) => readCardNumber(digits) !== null}
          onNumber={(digits) => phone.typed(digits)}
          onCancel={ready}
        />
      );
    case "leases":
      return phone.booth === null ? null : (
        <LeaseScreen
          bar={bar}
          leases={leasable(phone.booth.bundle, standing.waiting, language)}
          isBusy={screen.isBusy}
          language={language}
          onMove={(moves) => void phone.booth?.sides.lease(moves)}
          onCancel={ready}
        />
      );
    case "redeem":
      return (
        <RedeemScreen
          bar={bar}
          purse={screen.purse}
          goods={screen.goods}
          notice={screen.notice}
          isBusy={screen.isBusy}
          language={language}
          onConfirm={(choices) => void phone.booth?.counter.confirm(choices)}
          onOther={ready}
        />
      );
    case "pin":
      return (
        <ConfirmScreen
          bar={bar}
          problem={screen.problem}
          isBusy={screen.isBusy}
          language={language}
          onPin={(pin) => void phone.booth?.counter.withPin(pin)}
          onCancel={ready}
        />
      );
    case "unsure":
      return (
        <NoticeScreen
          bar={bar}
          title={say("unsureTitle", language)}
          text={say("unsure", language)}
          main={{
            label: say("pairAgain", language),
            onAct: () => void phone.booth?.counter.askAgain(),
          }}
          other={{
            label: say("cancel", language),
            onAct: () => void phone.booth?.counter.giveUp(),
          }}
        />
      );
    case "bind":
      return phone.booth === null ? null : (
        <BindScreen
          bar={bar}
          bundle={phone.booth.bundle}
          isBusy={screen.isBusy}
          problem={screen.problem}
          language={language}
          onNew={(home) => void phone.booth?.binder.toNew(home)}
          onSame={() => phone.booth?.binder.toSame()}
          onCancel={() => phone.booth?.workOn("earn")}
        />
      );
    case "newPin":
      return (
        <NewPinScreen
          bar={bar}
          step={screen.step}
          problem={screen.problem}
          isBusy={screen.isBusy}
          language={language}
          onChosen={(pin) => void phone.booth?.pins.choose(pin)}
          onOld={(old) => void phone.booth?.pins.replace({ old })}
          onVouched={() => void phone.booth?.pins.replace({ vouched: true })}
          onAgain={() => void phone.booth?.pins.askAgain()}
          onCancel={() => phone.booth?.workOn("earn")}
        />
      );
    case "menu":
      return <Menu phone={phone} shown={shown} />;
    case "verdict": {
      const { failed } = screen;
      return (
        <VerdictScreen
          verdict={screen.verdict}
          language={language}
          bar={bar}
          strip={<Strip phone={phone} shown={shown} />}
          onNext={() => phone.booth?.next()}
          onUndo={() => void phone.undo(screen.items)}
          onSlip={
            failed === null || screen.verdict.face === "ok" || failed.kind !== "earn"
              ? undefined
              : () => phone.booth?.sides.instead(failed)
          }
        />
      );
    }
    default:
      return null;
  }
}

/** Nothing is kept of this booth, and nothing comes: it goes on by itself as soon as it does. */
function Blocked({ phone, shown }: Props): JSX.Element {
  const { standing, preferences } = shown;
  const { language } = preferences;
  if (standing.isShutOut) return <NoticeScreen text={say("revoked", language)} />;
  return (
    <NoticeScreen
      title={say(standing.network === "offline" ? "offline" : "noAnswer", language)}
      text={say("firstOpening", language)}
      main={{ label: say("pairAgain", language), onAct: () => void phone.send() }}
    />
  );
}

function Menu({ phone, shown }: Props): JSX.Element {
  const { standing, preferences } = shown;
  const { language } = preferences;
  const goods = (key: string): string | null => {
    const reward = phone.booth?.bundle.rewards.find((one) => one.key === key);
    return reward === undefined ? null : nameOf(reward, language);
  };
  const act = (word: Word, onAct: () => void) => ({ label: say(word, language), onAct });
  return (
    <MenuScreen
      bar={<TopBar phone={phone} shown={shown} />}
      preferences={preferences}
      waiting={itemsOf(standing.waiting.slice(0, LISTED), phone.pay, goods, language)}
      attention={itemsOf(standing.attention.slice(0, LISTED), phone.pay, goods, language)}
      unlisted={{
        waiting: Math.max(0, standing.waiting.length - LISTED),
        attention: Math.max(0, standing.attention.length - LISTED),
      }}
      volunteer={phone.volunteer ?? ""}
      acts={[
        act("bindCard", () => phone.booth?.workOn("bind")),
        act("familyCode", () => phone.booth?.workOn("familyCode")),
        ...(phone.booth?.isLeads === true
          ? [act("setPin", () => phone.booth?.workOn("setPin"))]
          : []),
        ...(phone.booth?.canRedeem === true
          ? [
              act("cashSlip", () => phone.booth?.workOn("cashSlip")),
              act("leaseTitle", () => phone.booth?.go({ name: "leases", isBusy: false })),
            ]
          : []),
        ...(phone.residents.look()?.list
          ? [act("quizMode", () => void phone.residents.turnTo("quiz"))]
          : []),
        act("kioskMode", () => void phone.residents.turnTo("kiosk")),
        act("handOverPhone", () => phone.booth?.go({ name: "handover", problem: null })),
      ]}
      notice={noticeOf(standing, phone, language)}
      onPreferences={(changed) => void phone.prefer(changed)}
      onSend={() => void phone.send()}
      onExport={() => void phone.exportQueue()}
      onSeen={(id) => void phone.seen(id)}
      onClose={() => phone.booth?.go({ name: "ready" })}
    />
  );
}

function TopBar({ phone, shown }: Props): ComponentChildren {
  const { language } = shown.preferences;
  const bundle = phone.booth?.bundle;
  if (bundle === undefined) return null;
  const eventName = bundle.event === null ? "" : nameOf(bundle.event, language);
  const hasMenu = ["ready", "working"].includes(shown.view.screen.name);
  return (
    <Bar
      booth={bundle.booth?.name ?? eventName}
      event={eventName}
      network={shown.standing.network}
      language={language}
      onMenu={hasMenu ? () => phone.booth?.go({ name: "menu" }) : undefined}
    />
  );
}

function Strip({ phone, shown }: Props): ComponentChildren {
  const { standing, preferences } = shown;
  const { language } = preferences;
  if (standing.waiting.length === 0) return null;
  return (
    <QueueStrip
      waiting={slipsOf(standing.waiting.slice(-SHOWN), phone.pay)}
      count={standing.waiting.length}
      isOffline={standing.network === "offline"}
      language={language}
      onOpen={() => phone.booth?.go({ name: "menu" })}
    />
  );
}

/** What the volunteer should know before the next card, the worst first. */
function noticeOf(standing: Standing, phone: Phone, language: "zh" | "en"): string | null {
  if (standing.isShutOut) return say("revoked", language);
  if (phone.trouble !== null) return say(phone.trouble, language);
  const minutes = Math.round(Math.abs(standing.clockAhead) / 60_000);
  const most = phone.booth?.bundle.offline.clock_minutes_off_max ?? Number.POSITIVE_INFINITY;
  if (minutes >= most) return say("clockOff", language, { minutes });
  if (standing.attention.length > 0) {
    return say("attention", language, { count: standing.attention.length });
  }
  return phone.hasSent(language);
}

function dress(preferences: Preferences): void {
  const { dataset } = document.documentElement;
  dataset["theme"] = preferences.isSun ? "sun" : "light";
  dataset["type"] = preferences.isLarge ? "large" : "normal";
  document.documentElement.lang = preferences.language === "zh" ? "zh-CN" : "en";
}
