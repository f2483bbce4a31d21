import { isAppUrl } from "../app-scheme/policy.ts";

/** What is known of whoever sent a message to the main process. */
export type Sender = {
  /** Whether its contents belong to a window of the app. */
  isOwnWindow: boolean;
  /** Whether it is the window's page itself, not a frame in it. Undefined: the frame is gone already. */
  isTopFrame: boolean | undefined;
  frameUrl: string | undefined;
};

/** Why a sender is not heard; undefined if it is. */
export function senderProblem(sender: Sender): string | undefined {
  if (!sender.isOwnWindow) return "This is no window of the app.";
  if (sender.isTopFrame === undefined || sender.frameUrl === undefined) return "The page is gone.";
  if (!sender.isTopFrame) return "Only the page of a window may call.";
  return isAppUrl(sender.frameUrl) ? undefined : "The page is not one of the app.";
}
