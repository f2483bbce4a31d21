import type { ErrorCode, Result } from "@parley/protocol/errors.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Person } from "@parley/protocol/person.ts";
import { useCallback, useEffect, useState } from "react";
import { matchesQuery } from "../state/names.ts";

export type PeopleSearch = {
  /** People to show: those known here at once, those of the server when they arrive. */
  people: readonly Person[];
  state: "idle" | "searching" | "done" | "failed";
  code: ErrorCode | null;
  retry: () => void;
};

const SEARCH_DELAY_MS = 200;

type Answer = { query: string; people: readonly Person[]; code: ErrorCode | null };

/** Merges people by account, the first list first. */
export function mergePeople(first: readonly Person[], second: readonly Person[]): Person[] {
  const known = new Set(first.map((person) => person.accountId));
  return [...first, ...second.filter((person) => !known.has(person.accountId))];
}

/** Searches people: among those known here without asking anybody, and on the server. */
export function usePeopleSearch(
  query: string,
  known: readonly Person[],
  search: (query: string) => Promise<Result<readonly Person[]>>,
): PeopleSearch {
  const typed = query.trim().slice(0, LIMITS.searchUnits);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (typed === "") return;
    let current = true;
    const timer = setTimeout(() => {
      void search(typed).then((result) => {
        if (!current) return;
        setAnswer(
          result.ok
            ? { query: typed, people: result.value, code: null }
            : { query: typed, people: [], code: result.error.code },
        );
      });
    }, SEARCH_DELAY_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [typed, search, attempt]);

  const retry = useCallback(() => {
    setAnswer(null);
    setAttempt((before) => before + 1);
  }, []);

  if (typed === "") return { people: known, state: "idle", code: null, retry };
  const local = known.filter((person) => matchesQuery(`${person.name} ${person.handle}`, typed));
  if (answer?.query !== typed) return { people: local, state: "searching", code: null, retry };
  return {
    people: mergePeople(local, answer.people),
    state: answer.code === null ? "done" : "failed",
    code: answer.code,
    retry,
  };
}
