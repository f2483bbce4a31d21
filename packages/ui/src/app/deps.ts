import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey, ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { DeepLink } from "@parley/protocol/links.ts";
import type { AccountSession } from "../cache/account-session.ts";
import type { Region } from "../i18n/format.ts";
import type { Memory } from "../state/remembered.ts";
import type { Solo } from "./solo.ts";

/** Whether a browser lets this app be installed. */
export type InstallSource = {
  /** `by-menu`: the browser offers nothing, or only in a menu of its own. */
  readonly get: () => "installed" | "offered" | "by-menu";
  readonly subscribe: (listener: () => void) => () => void;
  /** Has the browser ask the user; only while it is offered, and by a click of the user. */
  readonly install: () => void;
};

/** Where the app runs. */
export type PlatformInfo = {
  shell: "web" | "desktop";
  os: "linux" | "macos" | "windows" | "other";
  /** Names this build for the handshake with the session host (S20), and on the About page. */
  build: string;
  /** Only in a browser. */
  install?: InstallSource;
  /** What the system's shortcut to the app asked this window for; once. */
  takeStart?: () => "new-chat" | "settings" | undefined;
};

/** Opens what one signed-in account reads and does in this window. Fails only where nothing can be stored. */
export type OpenSession = (bridge: Bridge, account: HostedAccount) => Promise<AccountSession>;

/** A chat, or a message in it, to show: from a notification or a link that the user opened. */
export type OpenTarget = {
  accountKey: AccountKey;
  chatId: ChatId;
  clientId?: ClientId | undefined;
};

/** What a shell hands the app. */
export type AppDeps = {
  bridge: Bridge;
  /** S20: names this window to the host; a fresh one if the shell has none. */
  windowId?: string;
  platform: PlatformInfo;
  /** What the server field of the sign-in form starts with. */
  defaultServerUrl: string;
  /** Tells what the user asked for outside of the app; returns the function that stops listening. */
  onOpenTarget?: (listener: (target: OpenTarget) => void) => () => void;
  /** Tells which link the user opened in this window's address; a desktop tells by `link:open`. */
  onOpenLink?: (listener: (link: DeepLink) => void) => () => void;
  /** Whether this page takes over from one that crashed: it goes on where that one was (S21). */
  isAfterCrash?: boolean;
  /** Set where this window is for one chat only. */
  solo?: Solo | null;
  /** Overrides for tests and drawings; the real ones otherwise. */
  openSession?: OpenSession;
  memory?: Memory;
  region?: Region;
};
