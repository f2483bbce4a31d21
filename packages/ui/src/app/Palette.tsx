import type { AlertSettings } from "@parley/protocol/bridge/alerts.ts";
import type { Person } from "@parley/protocol/person.ts";
import { snoozedUntilMs, snoozeEndMs } from "@parley/protocol/snooze.ts";
import {
  Bell,
  BellOff,
  History,
  Info,
  Keyboard,
  MessageCirclePlus,
  Moon,
  PanelRight,
  Settings,
  Sun,
  SunMoon,
  Users,
  X,
} from "lucide-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useChatList } from "../cache/hooks.ts";
import type { ChatListRow } from "../cache/read-models.ts";
import { CommandPalette } from "../features/palette/CommandPalette.tsx";
import type { PaletteEntry } from "../features/palette/palette-rules.ts";
import { t } from "../i18n/i18n.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { avatarOf, chatTitle } from "../state/names.ts";
import { focusedPane } from "../state/panes.ts";
import { useScope, useUi } from "./context.ts";
import { useAlerts } from "./use-alerts.ts";
import { useNowAt } from "./use-now.ts";
import { usePeopleOfServer } from "./use-people-known.ts";
import { useWayOut } from "./use-way-out.ts";

const SEARCH_DELAY_MS = 200;

type IconEntry = PaletteEntry & { icon: ReactNode };

function useCommands(open: boolean): IconEntry[] {
  const { ui, look, keys, session } = useScope();
  const rows = useChatList(session)?.rows;
  const [alerts, configure] = useAlerts(open);
  const nowMs = useNowAt(alerts?.snoozedUntilMs ?? null);
  const command = (
    key: string,
    title: string,
    icon: ReactNode,
    run: () => void,
    combination?: string,
  ): IconEntry => ({
    key: `command-${key}`,
    section: "commands",
    title,
    icon,
    run,
    ...(combination !== undefined && { keys: combination }),
  });
  const state = ui.getState();
  const pane = focusedPane(state.layout);
  const chatId = pane?.chatId ?? null;
  const unread = rows?.find((row) => row.unread > 0 && row.chatId !== pane?.chatId);
  return [
    ...(unread === undefined
      ? []
      : [
          command("unread", t("command.nextUnread"), <PanelRight size={18} />, () =>
            state.openChat(unread.chatId, false),
          ),
        ]),
    command(
      "new-chat",
      t("command.newChat"),
      <MessageCirclePlus size={18} />,
      () => state.show({ kind: "new-chat" }),
      keys.newChat,
    ),
    command("new-group", t("command.newGroup"), <Users size={18} />, () =>
      state.show({ kind: "new-group" }),
    ),
    ...(chatId === null
      ? []
      : [
          command("details", t("command.details"), <Info size={18} />, () =>
            state.showDetails(chatId),
          ),
          command("drafts", t("drafts.title"), <History size={18} />, () =>
            state.show({ kind: "drafts", chatId }),
          ),
        ]),
    ...pauseCommands(alerts, nowMs, configure).map(({ key, title, icon, run }) =>
      command(key, title, icon, run),
    ),
    ...(pane === undefined
      ? []
      : [
          command(
            "close",
            t("command.closePane"),
            <X size={18} />,
            () => state.panes({ kind: "close", paneId: pane.paneId }),
            keys.closePane,
          ),
        ]),
    command(
      "settings",
      t("command.settings"),
      <Settings size={18} />,
      () => state.show({ kind: "settings", section: "profile" }),
      keys.settings,
    ),
    command(
      "shortcuts",
      t("command.shortcuts"),
      <Keyboard size={18} />,
      () => state.show({ kind: "shortcuts" }),
      "?",
    ),
    command("light", t("command.light"), <Sun size={18} />, () =>
      look.getState().change({ theme: "light" }),
    ),
    command("dark", t("command.dark"), <Moon size={18} />, () =>
      look.getState().change({ theme: "dark" }),
    ),
    command("system", t("command.system"), <SunMoon size={18} />, () =>
      look.getState().change({ theme: "system" }),
    ),
  ];
}

/** V51: what pauses notifications of this device, or ends that. */
function pauseCommands(
  alerts: AlertSettings | null,
  nowMs: number,
  configure: (change: Partial<AlertSettings>) => void,
): { key: string; title: string; icon: ReactNode; run: () => void }[] {
  if (alerts === null) return [];
  if (alerts.doNotDisturb || snoozedUntilMs(alerts, nowMs) !== null) {
    const run = (): void => configure({ doNotDisturb: false, snoozedUntilMs: null });
    return [{ key: "resume", title: t("command.resume"), icon: <Bell size={18} />, run }];
  }
  const run = (): void => configure({ snoozedUntilMs: snoozeEndMs("hour", Date.now()) });
  return [{ key: "pause", title: t("command.pause"), icon: <BellOff size={18} />, run }];
}

/** People of the server for what is typed, without those one talks with already. */
function useFoundPeople(query: string, rows: readonly ChatListRow[]): readonly Person[] {
  const search = usePeopleOfServer();
  const [found, setFound] = useState<{ query: string; people: readonly Person[] }>({
    query: "",
    people: [],
  });
  const typed = query.trim();
  useEffect(() => {
    if (typed === "") return;
    let current = true;
    const timer = setTimeout(() => {
      void search(typed).then((result) => {
        // Without the server the palette still goes to chats and commands.
        if (current && result.ok) setFound({ query: typed, people: result.value });
      });
    }, SEARCH_DELAY_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [typed, search]);
  return useMemo(() => {
    if (typed === "" || found.query !== typed) return [];
    const met = new Set(rows.map((row) => row.peer?.accountId));
    return found.people.filter((person) => !met.has(person.accountId));
  }, [found, typed, rows]);
}

/** The palette over this account's chats, people and commands. */
export function Palette({ open }: { open: boolean }) {
  const { session, ui, keys } = useScope();
  const rows = useChatList(session)?.rows ?? NO_ROWS;
  const show = useUi((state) => state.show);
  const commands = useCommands(open);
  const [query, setQuery] = useState("");
  const people = useFoundPeople(open ? query : "", rows);

  const chats = rows.map((row): IconEntry => {
    const title = chatTitle(row);
    return {
      key: `chat-${row.chatId}`,
      section: "chats",
      title,
      ...(row.peer !== null && { note: `@${row.peer.handle}` }),
      icon: <Avatar {...avatarOf(row)} size="s" />,
      run: (beside) => ui.getState().openChat(row.chatId, beside),
    };
  });
  const others = people.map((person): IconEntry => ({
    key: `person-${person.accountId}`,
    section: "people",
    title: person.name,
    note: `@${person.handle}`,
    icon: <Avatar id={person.accountId} name={person.name} size="s" />,
    run: (beside) =>
      void session.startDirect(person.accountId).then((result) => {
        if (result.ok) ui.getState().openChat(result.value.chatId, beside);
        // The dialog for new chats says what went wrong and offers to try again.
        else show({ kind: "new-chat" });
      }),
  }));
  const entries = open ? [...chats, ...others, ...commands] : NO_ENTRIES;
  const icons = new Map(entries.map((entry) => [entry.key, entry.icon]));

  return (
    <CommandPalette
      open={open}
      entries={entries}
      iconOf={(entry) => icons.get(entry.key)}
      enterKeys={t("key.enter")}
      besideKeys={keys.beside}
      wayOut={useWayOut()}
      onQuery={setQuery}
      onClose={() => {
        setQuery("");
        show(null);
      }}
    />
  );
}

const NO_ROWS: readonly ChatListRow[] = [];
const NO_ENTRIES: readonly IconEntry[] = [];
