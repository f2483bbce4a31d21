import type { Role } from "@parley/protocol/chat.ts";
import { EllipsisVertical } from "lucide-react";
import type { RosterRow } from "../../cache/read-models.ts";
import { t } from "../../i18n/i18n.ts";
import { ActionMenu, type MenuAction } from "../../kit/ActionMenu.tsx";
import { Avatar } from "../../kit/Avatar.tsx";
import { personName } from "../../state/names.ts";
import type { MemberAction } from "./ChatDetailsView.tsx";
import { memberRights } from "./details-rules.ts";

export type MemberRowProps = {
  row: RosterRow;
  myRole: Role;
  left: boolean;
  online: boolean;
  onAction: (action: MemberAction) => void;
};

const ROLE_TEXT: Partial<Record<Role, () => string>> = {
  owner: () => t("details.owner"),
  admin: () => t("details.admin"),
};

/** One member: name, role, and what may be done with them. */
export function MemberRow({ row, myRole, left, online, onAction }: MemberRowProps) {
  const name = row.mine ? t("common.you") : personName(row.person);
  const rights = memberRights(myRole, row.role, row.mine, left);
  const role = ROLE_TEXT[row.role]?.();
  const lines: MenuAction[] = row.mine
    ? []
    : [
        { label: t("details.message", { name }), onAction: () => onAction("message") },
        ...(rights.makeAdmin
          ? [{ label: t("details.makeAdmin"), onAction: () => onAction("makeAdmin") }]
          : []),
        ...(rights.makeMember
          ? [{ label: t("details.removeAdmin"), onAction: () => onAction("makeMember") }]
          : []),
        ...(rights.makeOwner
          ? [{ label: t("details.makeOwner"), onAction: () => onAction("makeOwner") }]
          : []),
        ...(rights.remove
          ? [
              "line" as const,
              { label: t("details.remove"), danger: true, onAction: () => onAction("remove") },
            ]
          : []),
      ];
  return (
    <li className="details-member">
      <Avatar id={row.accountId} name={personName(row.person)} size="m" online={online} />
      <span className="details-member-names">
        <bdi className="details-member-name ellipsis">{name}</bdi>
        {row.person !== null && <bdi className="details-handle ellipsis">@{row.person.handle}</bdi>}
      </span>
      {role !== undefined && <span className="details-role">{role}</span>}
      {lines.length > 0 && (
        <ActionMenu
          label={t("details.memberMenu", { name })}
          trigger={
            <button type="button" className="icon-btn">
              <EllipsisVertical size={18} aria-hidden="true" />
            </button>
          }
          actions={lines}
        />
      )}
    </li>
  );
}
