import { REQUESTS } from "@parley/protocol/socket/requests.ts";
import { useEffect, useState } from "react";
import type { ChatView } from "../cache/read-models.ts";
import { useLiveState, useScope } from "./context.ts";

/** S10: a group's count is pulled at most this often. */
const PULL_MS = 10_000;

/** How many members of a group are there; null while that is not known. */
export function useGroupOnline(
  chat: Pick<ChatView, "chatId" | "kind" | "left">,
  inView: boolean,
): number | null {
  const { bridge, account } = useScope();
  const live = useLiveState((state) => state.connection?.state === "live");
  const [count, setCount] = useState<number | null>(null);
  const wanted = inView && live && chat.kind === "group" && !chat.left;
  const { chatId } = chat;
  const { accountKey } = account;

  useEffect(() => {
    if (!wanted) {
      setCount(null);
      return;
    }
    let current = true;
    const pull = async (): Promise<void> => {
      const result = await bridge.call("server:request", {
        accountKey,
        name: "presence:count",
        body: { chatId },
      });
      const parsed = result.ok ? REQUESTS["presence:count"].data.safeParse(result.value) : null;
      if (current && parsed?.success === true) setCount(parsed.data.online);
    };
    void pull();
    const timer = setInterval(() => void pull(), PULL_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [wanted, bridge, accountKey, chatId]);
  return count;
}
