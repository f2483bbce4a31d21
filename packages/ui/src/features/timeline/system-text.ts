import type { ChatKind } from "@parley/protocol/chat.ts";
import type { SystemContent } from "@parley/protocol/event.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { EventItem, People } from "../../cache/read-models.ts";
import { joinNames } from "../../i18n/format.ts";
import { t } from "../../i18n/i18n.ts";
import { personName } from "../../state/names.ts";

/** The accounts that a system line names. */
export function peopleOfSystem(system: SystemContent): readonly AccountId[] {
  switch (system.kind) {
    case "created":
    case "added":
      return system.accountIds;
    case "removed":
    case "left":
    case "role":
    case "owner":
      return [system.accountId];
    case "title":
      return [];
  }
}

/** S17: what happened to the chat, in words: "Mina added Elif Hansen". */
export function systemText(
  item: EventItem & { system: SystemContent },
  people: People,
  me: AccountId,
  kind: ChatKind,
): string {
  const nameOf = (id: AccountId): string =>
    id === me ? t("common.youInside") : personName(people.get(id));
  const subjectOf = (id: AccountId): string => (id === me ? t("common.you") : nameOf(id));
  const actor = subjectOf(item.senderId);
  const { system } = item;
  switch (system.kind) {
    case "created":
      if (kind !== "group") return t("system.createdDirect");
      return system.title === null
        ? t("system.created", { actor })
        : t("system.createdTitle", { actor, title: system.title });
    case "added":
      return t("system.added", { actor, names: joinNames(system.accountIds.map(nameOf)) });
    case "removed":
      return t("system.removed", { actor, name: nameOf(system.accountId) });
    case "left":
      return t("system.left", { name: subjectOf(system.accountId) });
    case "title":
      return t("system.title", { actor, title: system.title });
    case "role": {
      const name = nameOf(system.accountId);
      return system.role === "admin"
        ? t("system.admin", { actor, name })
        : t("system.member", { actor, name });
    }
    case "owner":
      return t("system.owner", { actor, name: nameOf(system.accountId) });
  }
}
