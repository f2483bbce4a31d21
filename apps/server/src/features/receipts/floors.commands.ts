import type { ChatId } from "@parley/protocol/ids.ts";
import { accept, type Command, type CommandSpec } from "../../storage/command.ts";
import {
  floorPublications,
  floorsOf,
  isShownDifferently,
  showsMinima,
} from "../../stream/group-floors.ts";

type Nothing = Record<string, never>;

/** S8, V43: brings the lowest marks of a large group up to date and tells them. */
export interface TellFloors extends Command<Nothing> {
  readonly kind: "receipt.floors";
  readonly chatId: ChatId;
}

/** Writes and tells nothing unless somebody is shown something else. */
export const tellFloors: CommandSpec<TellFloors, Nothing> = {
  kind: "receipt.floors",
  reads: ({ chatId }) => [
    { table: "chat", chatId },
    { table: "members", chatId },
  ],
  decide(state, { chatId }, { change }) {
    const chat = state.chat(chatId);
    if (!chat || !showsMinima(chat.memberCount)) return accept({});
    const members = state.members(chatId);
    const floors = floorsOf(members);
    const moved =
      isShownDifferently(chat.deliveredFloor, floors.deliveredFloor) ||
      isShownDifferently(chat.readFloor, floors.readFloor);
    if (!moved) return accept({});
    const row = { ...chat, ...floors, rev: change, change };
    return accept({}, [{ put: "chat", row }], floorPublications(row, members));
  },
};
