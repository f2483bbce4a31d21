import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { Result } from "@parley/protocol/errors.ts";
import { useState } from "react";
import { useStore } from "zustand";
import type { AccountSession } from "../../cache/account-session.ts";
import { useLive } from "../../cache/hooks.ts";
import { NO_LIVE } from "../../cache/live.ts";
import { t } from "../../i18n/i18n.ts";
import { Avatar } from "../../kit/Avatar.tsx";
import { Button } from "../../kit/Button.tsx";
import type { LiveStore } from "../../state/live-store.ts";
import { connectionText, serverName } from "./account-rules.ts";
import { SettingRow } from "./SettingRow.tsx";
import { SignOutConfirm } from "./SignOutConfirm.tsx";

/** An account of this app, what it keeps here, and how it stands with its server. */
export type AccountHere = {
  account: HostedAccount;
  /** Undefined until it is opened, and where it cannot be. */
  session: AccountSession | undefined;
  live: LiveStore;
};

export type AccountsSectionProps = {
  accounts: readonly AccountHere[];
  /** The one on the screen. */
  activeKey: string;
  /** Null where this window stays with its one account. */
  onSwitch: ((accountKey: string) => void) | null;
  /** Opens the way to sign in with one more; null where this window has none. */
  onAdd: (() => void) | null;
  onSignOut: (account: HostedAccount, everywhere: boolean) => Promise<Result<unknown>>;
};

type LineProps = Pick<AccountsSectionProps, "onSwitch" | "onSignOut"> &
  AccountHere & {
    /** Whether it is the one of several that is on the screen. */
    isShown: boolean;
  };

function AccountLine({ account, session, live, isShown, onSwitch, onSignOut }: LineProps) {
  const connection = useStore(live, (state) => state.connection);
  const outbox = useLive(session === undefined ? NO_LIVE : session.reads.outbox());
  const [leaving, setLeaving] = useState(false);
  const { accountKey, me, serverUrl } = account;
  const facts = { name: me.name, server: serverName(serverUrl) };
  return (
    <li className="account-line">
      <Avatar id={me.accountId} name={me.name} size="m" />
      <div className="setting-text">
        <span>
          <bdi>{me.name}</bdi>
          {isShown && <span className="account-mark">{t("settings.accountShown")}</span>}
        </span>
        <small>
          <bdi>{t("settings.accountOf", { handle: me.handle, server: facts.server })}</bdi>
        </small>
        <small role="status">{connectionText(connection)}</small>
      </div>
      <div className="account-acts">
        {onSwitch !== null && (
          <Button
            kind="link"
            aria-label={t("settings.accountSwitchTo", facts)}
            onClick={() => onSwitch(accountKey)}
          >
            {t("settings.accountSwitch")}
          </Button>
        )}
        <Button
          kind="link"
          aria-label={t("settings.accountSignOutOf", facts)}
          onClick={() => setLeaving(true)}
        >
          {t("settings.accountSignOut")}
        </Button>
      </div>
      <SignOutConfirm
        asking={leaving ? "here" : null}
        name={me.name}
        waiting={(outbox?.waiting ?? 0) + (outbox?.failed ?? 0)}
        onSignOut={(everywhere) => onSignOut(account, everywhere)}
        onClose={() => setLeaving(false)}
      />
    </li>
  );
}

/** The accounts that are signed in in this app, and the ways to one more and one less (S19). */
export function AccountsSection(props: AccountsSectionProps) {
  const { accounts, activeKey, onSwitch, onAdd, onSignOut } = props;
  return (
    <>
      <h3 className="settings-title">{t("settings.accounts")}</h3>
      <p className="settings-lead">{t("settings.accountsLead")}</p>
      <SettingRow
        id="accountsHere"
        below={
          <ul className="setting-lines" aria-label={t("settings.accountsHere")}>
            {accounts.map((each) => {
              const isActive = each.account.accountKey === activeKey;
              return (
                <AccountLine
                  key={each.account.accountKey}
                  {...each}
                  isShown={isActive && accounts.length > 1}
                  onSwitch={isActive ? null : onSwitch}
                  onSignOut={onSignOut}
                />
              );
            })}
          </ul>
        }
      />
      <SettingRow
        id="addAccount"
        {...(onAdd === null && { hint: t("settings.addAccountElsewhere") })}
      >
        {onAdd !== null && <Button onClick={onAdd}>{t("settings.addAccountDo")}</Button>}
      </SettingRow>
    </>
  );
}
