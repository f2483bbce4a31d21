import type { Result } from "@parley/protocol/errors.ts";
import type { Person } from "@parley/protocol/person.ts";
import { useCallback, useMemo } from "react";
import { useChatList } from "../cache/hooks.ts";
import { useScope } from "./context.ts";

/** People one already talks with, newest first: to be found without asking the server. */
export function useKnownPeople(): readonly Person[] {
  const { session } = useScope();
  const rows = useChatList(session)?.rows;
  return useMemo(
    () => (rows ?? []).flatMap((row) => (row.peer === null ? [] : [row.peer])),
    [rows],
  );
}

/** Searches the server's people, without oneself. */
export function usePeopleOfServer(): (query: string) => Promise<Result<readonly Person[]>> {
  const { session, account } = useScope();
  const me = account.me.accountId;
  return useCallback(
    async (query: string) => {
      const result = await session.searchPeople(query);
      if (!result.ok) return result;
      return { ok: true as const, value: result.value.filter((person) => person.accountId !== me) };
    },
    [session, me],
  );
}
