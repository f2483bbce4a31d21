import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { DeepLink } from "@parley/protocol/links.ts";
import { useEffect, useEffectEvent, useState } from "react";
import type { AppDeps } from "./deps.ts";
import type { LinkTrouble } from "./LinkProblem.tsx";

type Options = {
  bridge: Bridge;
  /** Links in the address, where the shell has any. */
  onOpenLink: AppDeps["onOpenLink"];
  /** Whether it is known who is signed in: a link that started the app comes before. */
  isReady: boolean;
  /** Opens what a link means; answers why it opens nothing. */
  follow: (link: DeepLink) => LinkTrouble | null;
};

/** Follows links that the user opened, and tells why the last one opened nothing, until that is forgotten. */
export function useLinks(options: Options): [trouble: LinkTrouble | null, forget: () => void] {
  const { bridge, onOpenLink, isReady } = options;
  const [trouble, setTrouble] = useState<LinkTrouble | null>(null);
  const [link, setLink] = useState<DeepLink | null>(null);
  const follow = useEffectEvent((opened: DeepLink) => setTrouble(options.follow(opened)));
  useEffect(
    () =>
      bridge.on("link:open", (notice) => {
        if (notice.link === null) setTrouble({ kind: "unreadable" });
        else setLink(notice.link);
      }),
    [bridge],
  );
  useEffect(() => onOpenLink?.(setLink), [onOpenLink]);
  useEffect(() => {
    if (link === null || !isReady) return;
    follow(link);
    setLink(null);
  }, [link, isReady]);
  return [trouble, () => setTrouble(null)];
}
