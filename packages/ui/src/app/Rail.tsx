import { MessageCircle, Plus, Settings } from "lucide-react";
import { t } from "../i18n/i18n.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { IconButton } from "../kit/IconButton.tsx";

type RailAccount = { key: string; id: string; name: string; active: boolean; unread: number };

export type RailProps = {
  accounts: readonly RailAccount[];
  /** Of the account on the screen. */
  unread: number;
  settingsKeys: string;
  onAccount: (key: string) => void;
  onAddAccount: () => void;
  onChats: () => void;
  onSettings: () => void;
};

function Badge({ count }: { count: number }) {
  return <span className="rail-badge">{count > 99 ? "99+" : count}</span>;
}

/** What is unread in the account on the screen stands at its chats. */
function accountLabel({ name, active, unread }: RailAccount): string {
  return active || unread === 0
    ? t("common.account", { name })
    : t("common.accountUnread", { name, count: unread });
}

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
          label={accountLabel(account)}
          className={
            account.active && accounts.length > 1 ? "rail-account is-active" : "rail-account"
          }
          {...(account.active && { "aria-current": "true" })}
          onClick={() => onAccount(account.key)}
        >
          <Avatar id={account.id} name={account.name} size="m" />
          {!account.active && account.unread > 0 && <Badge count={account.unread} />}
        </IconButton>
      ))}
      <IconButton
        label={unread > 0 ? t("rail.chatsUnread", { count: unread }) : t("rail.chats")}
        className="rail-item is-active"
        onClick={onChats}
      >
        <MessageCircle size={20} />
        {unread > 0 && <Badge count={unread} />}
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
