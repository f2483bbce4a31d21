import { MessageCircle, Plus, Settings } from "lucide-react";
import { t } from "../i18n/i18n.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { IconButton } from "../kit/IconButton.tsx";

export type RailProps = {
  accounts: readonly { key: string; id: string; name: string; active: boolean }[];
  unread: number;
  settingsKeys: string;
  onAccount: (key: string) => void;
  onAddAccount: () => void;
  onChats: () => void;
  onSettings: () => void;
};

/** The narrow bar at the side: accounts, chats, settings. */
export function Rail({
  accounts,
  unread,
  settingsKeys,
  onAccount,
  onAddAccount,
  onChats,
  onSettings,
}: RailProps) {
  return (
    <div className="rail">
      {accounts.map((account) => (
        <IconButton
          key={account.key}
          label={t("common.account", { name: account.name })}
          className={
            account.active && accounts.length > 1 ? "rail-account is-active" : "rail-account"
          }
          {...(account.active && { "aria-current": "true" })}
          onClick={() => onAccount(account.key)}
        >
          <Avatar id={account.id} name={account.name} size="m" />
        </IconButton>
      ))}
      <IconButton
        label={unread > 0 ? t("rail.chatsUnread", { count: unread }) : t("rail.chats")}
        className="rail-item is-active"
        onClick={onChats}
      >
        <MessageCircle size={20} />
        {unread > 0 && <span className="rail-badge">{unread > 99 ? "99+" : unread}</span>}
      </IconButton>
      <span className="rail-space" />
      <IconButton label={t("rail.addAccount")} className="rail-item" onClick={onAddAccount}>
        <Plus size={20} />
      </IconButton>
      <IconButton
        label={t("rail.settings")}
        keys={settingsKeys}
        className="rail-item"
        onClick={onSettings}
      >
        <Settings size={20} />
      </IconButton>
    </div>
  );
}
