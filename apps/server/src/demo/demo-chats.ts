import type { DemoChat } from "./demo-types.ts";
import { MARA_CHATS } from "./mara-chats.ts";
import { OFFICE_CHATS } from "./office-chats.ts";
import { SIDE_CHATS } from "./side-chats.ts";

/** Everything that is said in the demo. */
export const DEMO_CHATS: readonly DemoChat[] = [...OFFICE_CHATS, ...MARA_CHATS, ...SIDE_CHATS];
