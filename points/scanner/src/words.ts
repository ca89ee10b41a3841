/** What the scanner says, in Chinese with English beside it. */

import type { CameraTrouble } from "./camera.ts";
import type { CodeFault } from "./card.ts";

export interface Words {
  readonly zh: string;
  readonly en: string;
}

export const HOLD_THE_CARD: Words = { zh: "把卡对准方框", en: "Hold the card in the frame" };
export const CAMERA_STARTS: Words = { zh: "正在打开相机", en: "Starting the camera" };
export const CARD_READ: Words = { zh: "认出了一张卡", en: "A card was read" };
export const UPDATE_READY: Words = {
  zh: "有新版本，点这里换上",
  en: "A new version is here. Tap to use it",
};

export const CODE_FAULTS: { readonly [fault in CodeFault]: Words } = {
  unreadable: { zh: "这不是积分卡的码", en: "This is not a points card" },
  other_version: { zh: "这张卡比这个页面新，请更新页面", en: "This card is newer than this page" },
  check_failed: { zh: "没看清，请再扫一次", en: "Not read clearly. Please scan again" },
};

export const CAMERA_TROUBLES: { readonly [trouble in CameraTrouble]: Words } = {
  insecure: {
    zh: "这个网址不是 https，浏览器不让用相机",
    en: "The address is not https, so the browser keeps the camera off",
  },
  denied: { zh: "相机没有得到允许", en: "The camera was not allowed" },
  missing: { zh: "这台设备没有相机", en: "There is no camera here" },
  busy: { zh: "相机被别的应用占用了", en: "Another app is using the camera" },
  failed: { zh: "相机没有打开", en: "The camera did not start" },
};
