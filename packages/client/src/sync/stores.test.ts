import { cacheStoreSuite } from "./testing/cache-store-suite.ts";
import { journalStoreSuite } from "./testing/journal-store-suite.ts";
import { MemoryCacheData, openMemoryCache } from "./testing/memory-cache-store.ts";
import { MemoryJournalData, openMemoryJournal } from "./testing/memory-journal-store.ts";

cacheStoreSuite("memory", async () => {
  const data = new MemoryCacheData();
  return { open: async () => openMemoryCache(data), drop: () => data.drop() };
});

journalStoreSuite("memory", async () => {
  const data = new MemoryJournalData();
  return () => openMemoryJournal(data);
});
