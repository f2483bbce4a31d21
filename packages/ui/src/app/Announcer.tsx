import { useEffect, useState } from "react";
import type { TimelineItem } from "../cache/read-models.ts";
import type { MessageItem } from "../features/timeline/build-rows.ts";
import { t } from "../i18n/i18n.ts";

export type AnnouncerProps = {
  items: readonly TimelineItem[] | undefined;
  title: string;
  speak: (item: MessageItem) => string;
};

function newestSeq(items: readonly TimelineItem[]): number {
  const last = items.findLast((item) => item.kind === "event");
  return last?.kind === "event" ? last.seq : 0;
}

/** Reads new messages of others aloud, politely: one by itself, several by their number. */
export function Announcer({ items, title, speak }: AnnouncerProps) {
  const [throughSeq, setThroughSeq] = useState<number | null>(null);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (items === undefined) return;
    const newest = newestSeq(items);
    if (throughSeq === null) {
      // What was there when the chat was opened is not news.
      setThroughSeq(newest);
      return;
    }
    if (newest <= throughSeq) return;
    const news = items.filter(
      (item) =>
        item.kind === "event" && item.seq > throughSeq && !item.mine && item.system === null,
    );
    setThroughSeq(newest);
    const [first] = news;
    if (first?.kind !== "event") return;
    setWords(
      news.length === 1 ? speak(first) : t("timeline.announceMany", { count: news.length, title }),
    );
  }, [items, throughSeq, title, speak]);
  return (
    <div className="vh" aria-live="polite">
      {words}
    </div>
  );
}
