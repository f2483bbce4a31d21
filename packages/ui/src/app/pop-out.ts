import type { ChatId } from "@parley/protocol/ids.ts";
import { errorText, t } from "../i18n/i18n.ts";
import type { AccountScope } from "./context.ts";
import { soloAddress } from "./solo.ts";

/** Of a window in a browser, where the user has not given it another size. */
const POPUP = "popup,width=480,height=720";

/**
 * Opens a chat in a window of its own. A second time it is brought to the front.
 * Returns why that did not work, in words; empty if it did.
 */
export async function popOut(
  { bridge, platform, account }: Pick<AccountScope, "bridge" | "platform" | "account">,
  chatId: ChatId,
): Promise<string> {
  const { accountKey } = account;
  if (platform.shell === "desktop") {
    const result = await bridge.call("window:open", { chat: { accountKey, chatId } });
    return result.ok ? "" : errorText(result.error);
  }
  const address = `${location.pathname}${soloAddress({ accountKey, chatId })}`;
  const opened = window.open(address, `parley-${chatId}`, POPUP);
  opened?.focus();
  return opened === null ? t("pane.popOutBlocked") : "";
}
