/**
 * What the scanner itself says. One thought per sentence, what is safe before what to do, no system
 * words, 您 to everyone. Both languages of a sentence stand together, so that neither is forgotten.
 */

export type Language = "zh" | "en";

const WORDS = {
  add: ["加分", "Add points"],
  redeem: ["兑换", "Redeem"],
  whatToDo: ["做什么", "What to do"],
  online: ["有网络", "Online"],
  poor: ["网络慢", "Slow network"],
  offline: ["没有网络", "No network"],
  frameAdd: ["把卡对准方框，加 {points} 分", "Hold the card in the frame to add {points} points"],
  frameAddAny: ["把卡对准方框，加分", "Hold the card in the frame to add points"],
  frameRedeem: ["把卡对准方框，看能换什么", "Hold the card in the frame to see what it buys"],
  frameBind: ["把新卡对准方框", "Hold the new card in the frame"],
  frameOther: ["再扫这一户的另一张卡", "Now scan another card of this household"],
  nowTheCard: ["现在扫居民的卡", "Now scan the resident's card"],
  frameCash: ["先扫纸条，再扫卡", "Scan the slip, then the card"],
  frameSlip: ["把纸条对准方框", "Hold the slip in the frame"],
  firstTime: [
    "第一次来？照着屏幕念就行，加错了能撤销。",
    "First time? Just read the lines aloud. A mistake can be undone.",
  ],
  typeNumber: ["扫不出？输卡上的号", "Won't scan? Type the number on the card"],
  typedTitle: ["输卡上的号", "Type the number on the card"],
  typedWrong: [
    "这个号对不上，请再看一遍卡",
    "That number does not fit. Please look at the card again",
  ],
  typedNote: [
    "手输的号只能加分，会记为手记",
    "A typed number can only add points, and is marked as typed",
  ],
  takePhoto: ["给卡拍张照", "Take a photo of the card"],
  photoWhy: [
    "这个地址不能开相机，拍照也一样用",
    "The camera cannot run at this address. A photo works just as well",
  ],
  photoNothing: [
    "照片里没有找到卡，请近一点再拍",
    "No card was found in the photo. Please go closer",
  ],
  cameraDenied: [
    "相机没有打开。请在浏览器设置里允许，或拍照、输号",
    "The camera is not open. Allow it in the browser, or use a photo or the number",
  ],
  cameraAgain: ["再开相机", "Open the camera again"],
  cameraOpening: ["正在开相机", "Opening the camera"],
  torch: ["手电", "Torch"],
  zoom: ["放大", "Zoom"],
  foreign: ["这不是积分卡", "This is not a points card"],
  foreignSay: ["请拿积分卡来扫。", "Please show your points card."],
  misread: ["没有扫清楚，请再扫一次", "That was not clear. Please scan again"],
  newerCard: ["这张卡要新版的扫码页", "This card needs a newer scanner page"],
  addedTitle: ["加好了", "Added"],
  redeemedTitle: ["换好了", "Done"],
  undoneTitle: ["收回了", "Taken back"],
  boundTitle: ["绑好了", "Bound"],
  slipTitle: ["纸条记好了", "The slip is on the list"],
  keptTitle: ["已记下", "Saved"],
  noAdd: ["这次没有加分", "No points this time"],
  noRedeem: ["这次没有换", "Nothing was redeemed"],
  noUndo: ["没有收回", "Nothing was taken back"],
  noDone: ["这次没有办成", "That was not done"],
  askTitle: ["请负责人来看一下", "Please call the booth lead"],
  askSafe: ["不是您做错了，也请不要收走卡。", "You did nothing wrong. Please don't keep the card."],
  review: [
    "这一笔记下了，等负责人看过才到账",
    "This one is kept until the booth lead has looked at it",
  ],
  inAll: ["现在一共 {balance} 分", "{balance} points in all"],
  left: ["现在还有 {balance} 分", "{balance} points are left"],
  later: ["等有网络，就到居民账上", "It will reach the resident's account once there is a network"],
  handOver: ["请把 {goods} 交给居民", "Please hand over {goods}"],
  addedSay: [
    "加好了，现在一共 {balance} 分，谢谢您来。",
    "Added. {balance} points in all. Thank you for coming.",
  ],
  addedSayPlain: ["加好了，谢谢您来。", "Added. Thank you for coming."],
  redeemedSay: ["换好了，东西请拿好。", "Done. Here you are."],
  undoKeptTitle: ["已记下，会收回", "Saved, to be taken back"],
  undoLater: ["等有网络，就从账上收回", "It will be taken back once there is a network"],
  undoKeptSay: ["好，这一笔不算。", "Right, that one does not count."],
  spokenUndone: ["收回了", "Taken back"],
  spokenAdded: ["好，{points}分", "{points} points"],
  spokenRedeemed: ["换好了", "Done"],
  spokenKept: ["记下了", "Saved"],
  spokenNo: ["这次没有加分", "No points this time"],
  spokenAsk: ["请负责人来看一下", "Please call the booth lead"],
  youMaySay: ["可以这样说", "You may say"],
  next: ["下一位", "Next person"],
  callLead: ["叫负责人", "Call the booth lead"],
  close: ["关上", "Close"],
  undo: ["撤销", "Undo"],
  undoLast: ["上一位 {points} 分，{time}", "Last one {points} points, {time}"],
  undoOne: ["上一位，{time}", "Last one, {time}"],
  queue: [
    "没有网络，已记下 {count} 条，会自动补传",
    "No network. {count} saved here; they will send themselves",
  ],
  sending: ["正在补传，还有 {count} 条", "Sending. {count} to go"],
  allSent: ["网络回来了，{count} 条都传好了", "Back online. All {count} are in"],
  manyWaiting: [
    "还有 {count} 条没传，请到信号好的地方站一会儿",
    "{count} still to send. Please stand where the signal is good",
  ],
  attention: ["有 {count} 条要请负责人看", "{count} for the booth lead to look at"],
  attentionTitle: ["要请人看的", "For the booth lead"],
  attentionEmpty: ["没有要请人看的。", "Nothing to look at."],
  goodsGone: ["东西已经给了", "The goods were handed over"],
  interrupted: [
    "没等到回音。请问清楚东西给了没有",
    "No answer came. Please find out whether the goods were handed over",
  ],
  sendNow: ["现在就传", "Send now"],
  exportQueue: ["存成文件交给负责人", "Save as a file for the booth lead"],
  queueTitle: ["还没传的", "Still to send"],
  queueEmpty: ["都传好了。", "Everything is in."],
  balance: ["余额", "Balance"],
  asOf: ["{time} 的余额，没有网络", "Balance at {time}, no network"],
  onceTitle: ["这是一次性兑换码", "This is a one-time code"],
  allowanceTitle: ["这是代领卡", "This card is an allowance"],
  onceOnly: [
    "它只用来换东西。请点“兑换”再扫",
    "It only pays for goods. Tap “Redeem” and scan again",
  ],
  noBalance: [
    "没有网络，查不到这张卡有多少分",
    "No network, and this phone does not know the card's points",
  ],
  noBalanceSay: [
    "您的分都在，等有网络再来换。",
    "Your points are safe. Please come back a bit later.",
  ],
  onceOffline: [
    "没有网络时用不了一次性兑换码，请扫积分卡",
    "A one-time code needs a network. Please scan the card",
  ],
  pinTitle: ["请居民输密码", "The resident's PIN, please"],
  pinSelf: [
    "请把手机递给居民，自己输 6 位数。没有密码，就扫一次性兑换码，或请负责人设一个。",
    "Let the resident type the 6 digits. Without a PIN, scan a one-time code, or ask the lead for one.",
  ],
  setPin: ["给居民设密码", "Set a resident's PIN"],
  framePin: ["扫这一户的卡", "Scan the household's card"],
  pinNewTitle: ["请居民选一个 6 位数的密码", "Choose a PIN of 6 digits"],
  pinTwice: ["请再输一次", "The same once more, please"],
  pinNewWhy: [
    "请把手机递给居民，您别看。生日和门牌号容易猜。",
    "Hand the phone to the resident and look away. Birthdays are easily guessed.",
  ],
  pinNext: ["下一步", "Next"],
  pinPlain: ["这个太容易猜，请换一个", "That one is too easy to guess. Please choose another"],
  pinDiffers: ["两次不一样，请从头再来", "They were not the same. Please begin again"],
  pinOldTitle: ["请居民输原来的密码", "The old PIN, please"],
  pinOldWhy: [
    "忘了也不要紧。您看过本人、认得是这一户的，才可以换新的。",
    "If it is forgotten, replace it only when you are sure who this is.",
  ],
  pinOldKnown: ["输原来的密码", "Type the old PIN"],
  pinVouch: ["忘了密码，我看过本人", "Forgot it. I know them"],
  pinOffline: [
    "没有网络，设密码要有网络。请再试一次",
    "No network, and a PIN needs one. Please try again",
  ],
  pinSetTitle: ["密码设好了", "The PIN is set"],
  pinSetSay: [
    "密码设好了，请您记在心里，别告诉别人。",
    "Your PIN is set. Please keep it to yourself.",
  ],
  otherCard: ["换卡", "Other card"],
  each: ["{points} 分", "{points} points"],
  stillHere: ["还有 {count}", "{count} left"],
  short: ["还差 {points} 分", "{points} points short"],
  shortHint: ["少选一样就够", "One item fewer will do"],
  shortLater: ["下次再来", "Next time"],
  gone: ["换完了", "None left"],
  moreAt: ["{time} 再放 {count}", "{count} more at {time}"],
  offlineLimit: [
    "没有网络时一张卡最多用 {points} 分",
    "Without a network a card spends at most {points} points",
  ],
  chosen: ["选了 {count} 件，共 {points} 分", "{count} items, {points} points"],
  after: ["换完剩 {points} 分", "{points} points will be left"],
  confirm: ["确认兑换，用 {points} 分", "Confirm: use {points} points"],
  nothingHere: ["这个摊位现在没有东西可换。", "This booth has nothing to hand out now."],
  fewer: ["少一件", "One fewer"],
  more: ["多一件", "One more"],
  whichActivity: ["今天做哪一项？选一次就行。", "What is done here today? Choose once."],
  howMany: ["答对几题？", "How many right answers?"],
  howHeavy: ["多少克？", "How many grams?"],
  checkIn: ["签到", "Check in"],
  checkOut: ["签退", "Check out"],
  whichBuilding: ["哪一栋？", "Which building?"],
  clear: ["清空", "Clear"],
  back: ["退一位", "Back"],
  ok: ["确认", "Confirm"],
  cancel: ["不办了", "Never mind"],
  host: ["连到 {host}", "Connects to {host}"],
  pairTitle: ["这台手机用在这里", "This phone works here"],
  pairName: ["您的名字", "Your name"],
  pairNameWhy: [
    "只用来知道谁在用这台手机，活动后可删",
    "Only tells who is using this phone; it can be erased after the event",
  ],
  pairPin: ["设一个 4 位数的密码，交接时用", "Choose a 4-digit PIN for handing the phone over"],
  pairStart: ["开始", "Start"],
  pairWorking: ["正在登记这台手机", "Registering this phone"],
  pairScan: [
    "请负责人给您一个邀请码，用手机相机扫",
    "Ask the booth lead for an invite and scan it with the phone's camera",
  ],
  opening: ["正在打开", "Opening"],
  noAnswer: ["现在连不上", "No answer yet"],
  firstOpening: [
    "第一次打开要有网络。请到信号好的地方，连上就会自己打开。",
    "The first time needs a network. Please stand where the signal is good: it opens by itself.",
  ],
  pairAgain: ["再试一次", "Try again"],
  settings: ["设置", "Settings"],
  sun: ["太阳下看", "Sunlight mode"],
  largeType: ["大字", "Large type"],
  sound: ["声音", "Sound"],
  spoken: ["念出来", "Speak aloud"],
  language: ["English", "中文"],
  handOverPhone: ["交给另一位", "Hand over to somebody else"],
  handOverTitle: ["换谁来用？", "Who takes over?"],
  pin: ["密码", "PIN"],
  pinWrong: ["密码不对，还能试 {left} 次", "That PIN is wrong. {left} tries left"],
  pinLocked: ["请等 {seconds} 秒再试", "Please wait {seconds} seconds"],
  bindCard: ["绑一张新卡", "Bind a new card"],
  bindSame: ["和另一张卡是一户", "Same as another card"],
  familyCode: ["给家人一个短码", "Give a family code"],
  frameFamily: ["扫要加进来（或拿出去）的那张卡", "Scan the card that is to come in, or to go"],
  codeTitle: ["家人短码", "Family code"],
  codeLasts: ["十五分钟内有效，只能用一次", "Good for 15 minutes, and once"],
  codeSay: [
    "请在您家页面上输这八位数。",
    "Please type these eight digits on your household's page.",
  ],
  codeOffline: [
    "没有网络，给短码要有网络。请等一下再扫",
    "No network, and a code needs one. Please scan again in a moment",
  ],
  bindCommunity: ["哪个居民区（可以不选）", "Which community (may be left out)"],
  bindBuilding: ["哪一栋（可以不填）", "Which building (may be left out)"],
  notTold: ["不登记", "Not noted"],
  bindOffline: [
    "没有网络，绑卡要有网络。请等一下再按",
    "No network, and binding needs one. Please try again in a moment",
  ],
  boundNumber: ["卡号 {number}", "Card number {number}"],
  boundCards: ["这一户有 {cards} 张卡", "This household has {cards} cards"],
  boundSay: ["绑好了，这张卡是您家的了。", "Done. This card is your household's now."],
  bindNotice: [
    "请给居民看告知书，同意了再绑",
    "Show the resident the notice, and bind if they agree",
  ],
  agreed: ["居民同意，绑上", "They agree: bind"],
  cashSlip: ["收一张积分支票", "Take a points slip"],
  leaseTitle: ["带在手机名下的东西", "Goods that this phone has"],
  leaseWhy: ["没有网络时，只能换这些", "Without a network only these can be handed out"],
  leased: ["记好了，没有网络也能换", "Done. These can be handed out without a network"],
  giveSlip: ["给一张积分支票", "Hand out a points slip"],
  slipWhy: [
    "刚才那一次没办成，用纸条补上；两边只算一次",
    "For the scan that failed. Only one of the two will ever count",
  ],
  update: ["扫码页有新版，现在换上", "A newer scanner is ready: switch now"],
  otherTab: [
    "另一个页面正在扫码，请用那一个",
    "The scanner is open in another tab. Please use that one",
  ],
  storageFull: [
    "手机存满了，请先清出一点地方再扫",
    "The phone is full. Please free some space, then scan on",
  ],
  clockOff: [
    "手机的时间差了 {minutes} 分钟，请调好",
    "The phone's clock is {minutes} minutes off. Please set it",
  ],
  revoked: [
    "这台手机已停用，请交给负责人。记下的都还在。",
    "This phone was switched off. Please hand it to the booth lead. All that is saved is kept.",
  ],
  unsureTitle: ["还没有回音", "No answer yet"],
  unsure: [
    "请先不要给东西。再试一次，或者不办了，分都在。",
    "Please don't hand anything over yet. Try again, or never mind: no points are lost.",
  ],
  sendFirst: [
    "这台手机还有没传的，先传完，再扫新的邀请码",
    "Something here is still to be sent. Send it first, then scan the new invite",
  ],
  notSaved: ["没有存下来，请再扫一次", "That was not saved. Please scan again"],
  noMemory: [
    "这个浏览器存不了东西，请换一个，或关掉无痕模式",
    "This browser keeps nothing. Please use another, or leave private mode",
  ],
  seen: ["看过了", "Seen to"],
  quizMode: ["让居民玩分类问答", "Let residents play the sorting quiz"],
  kioskMode: ["让居民自己查余额", "Let residents see their balance"],
} as const satisfies Readonly<Record<string, readonly [zh: string, en: string]>>;

export type Word = keyof typeof WORDS;

/** Say it, its figures filled in. */
export function say(
  word: Word,
  language: Language,
  figures: Readonly<Record<string, string | number>> = {},
): string {
  return worded(WORDS[word], language, figures);
}

/** Give a sentence in one of its two languages, its figures filled in. */
export function worded(
  sentence: readonly [zh: string, en: string],
  language: Language,
  figures: Readonly<Record<string, string | number>>,
): string {
  const text = sentence[language === "zh" ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(figures[name] ?? whole));
}

/** What is usually weighed. A programme may name anything else, which is shown as it is named. */
const MATERIALS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  paper: ["纸", "paper"],
  plastic: ["塑料", "plastic"],
  other_plastic: ["其他塑料", "other plastic"],
  metal: ["金属", "metal"],
  glass: ["玻璃", "glass"],
  textile: ["织物", "textiles"],
};

/** Name a material as people do. */
export function materialName(key: string, language: Language): string {
  return MATERIALS[key]?.[language === "zh" ? 0 : 1] ?? key;
}

/** Every sentence, for tests. */
export const ALL_WORDS: Readonly<Record<string, readonly [zh: string, en: string]>> = WORDS;

/** Write points with their sign; a minus is “−”, never a hyphen. */
export function signed(points: number): string {
  return points < 0 ? `−${-points}` : `+${points}`;
}

/** Write an instant as a wall clock shows it here, `10:42`. */
export function clockTime(moment: Date): string {
  return `${moment.getHours()}:${String(moment.getMinutes()).padStart(2, "0")}`;
}
