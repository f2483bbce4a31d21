import type { AccountId } from "@parley/protocol/ids.ts";
import { useStore } from "zustand";
import { useChatList } from "../cache/hooks.ts";
import { NewChatDialog } from "../features/new-chat/NewChatDialog.tsx";
import { ShortcutSheet } from "../features/shortcuts/ShortcutSheet.tsx";
import { BlockPerson } from "./BlockPerson.tsx";
import { useScope, useUi } from "./context.ts";
import { EarlierDrafts } from "./EarlierDrafts.tsx";
import { Palette } from "./Palette.tsx";
import { SecretsWarning } from "./SecretsWarning.tsx";
import { SettingsOverlay } from "./SettingsOverlay.tsx";
import { useKnownPeople, usePeopleOfServer } from "./use-people-known.ts";
import { useWayOut } from "./use-way-out.ts";

/** Dialogs of the account's screen: at most one is open. */
export function Overlays() {
  const overlay = useUi((state) => state.overlay);
  const { keys, look, ui } = useScope();
  const enterSends = useStore(look, (state) => state.preferences.enterSends);
  const close = (): void => ui.getState().show(null);
  return (
    <>
      <NewChat />
      <SettingsOverlay />
      <Palette open={overlay?.kind === "palette"} />
      <SecretsWarning />
      <EarlierDrafts chatId={overlay?.kind === "drafts" ? overlay.chatId : null} onClose={close} />
      <BlockPerson person={overlay?.kind === "block" ? overlay.person : null} onClose={close} />
      <ShortcutSheet
        open={overlay?.kind === "shortcuts"}
        keys={keys}
        enterSends={enterSends}
        onClose={close}
      />
    </>
  );
}

function NewChat() {
  const { session, ui } = useScope();
  const overlay = useUi((state) => state.overlay);
  const known = useKnownPeople();
  const search = usePeopleOfServer();
  const self = useChatList(session)?.rows.find((row) => row.kind === "self");
  return (
    <NewChatDialog
      open={overlay?.kind === "new-chat" || overlay?.kind === "new-group"}
      startWith={overlay?.kind === "new-group" ? "group" : "person"}
      known={known}
      search={search}
      onPerson={async (accountId: AccountId) => {
        const result = await session.startDirect(accountId);
        if (result.ok) ui.getState().openChat(result.value.chatId, false);
        return result;
      }}
      onGroup={async (group) => {
        const result = await session.createGroup(group);
        if (result.ok) ui.getState().openChat(result.value.chatId, false);
        return result;
      }}
      onSelf={self === undefined ? null : () => ui.getState().openChat(self.chatId, false)}
      wayOut={useWayOut()}
      onClose={() => ui.getState().show(null)}
    />
  );
}
