// States of messages and chats that somebody changed, for screenshots.ts.
import { expect, type Page } from "@playwright/test";

import { chatRow, composer, conversation, messages, type Person, say } from "./support/person.ts";
import type { TcpProxy } from "./support/tcp-proxy.ts";

export type ChangesStage = {
  take: (page: Page, name: string) => Promise<void>;
  proxy: TcpProxy;
  /** A group of both, owned by the first. */
  group: string;
};

function withText(page: Page, title: string, text: string) {
  return messages(page, title).filter({ hasText: text }).last();
}

async function menuOf(page: Page, title: string, text: string): Promise<void> {
  await withText(page, title, text).click({ button: "right" });
  await expect(page.getByRole("menu")).toBeVisible();
}

async function react(page: Page, title: string, text: string, emoji: string): Promise<void> {
  await menuOf(page, title, text);
  await page.getByRole("menuitemcheckbox", { name: `React with ${emoji}` }).click();
  await expect(withText(page, title, text).getByRole("button", { name: emoji })).toBeVisible();
}

async function chatMenu(page: Page, title: string): Promise<void> {
  await conversation(page, title).getByRole("button", { name: "Chat menu" }).click();
  await expect(page.getByRole("menu")).toBeVisible();
}

async function inMenu(page: Page, ...lines: string[]): Promise<void> {
  for (const name of lines) await page.getByRole("menuitem", { name, exact: true }).click();
}

async function inMessages({ take, group }: ChangesStage, me: Person, other: Person): Promise<void> {
  const { page } = me;
  await chatRow(page, group).click();
  await chatRow(other.page, group).click();
  const box = composer(page, group);
  await box.pressSequentially("Who has the key? @");
  await expect(page.getByRole("listbox", { name: "People to mention" })).toBeVisible();
  await take(page, "mention-list");
  await box.pressSequentially(other.name.slice(0, 3));
  await box.press("Enter");
  await box.press("Enter");
  await say(page, group, "The delivery comes at eigth");
  await say(other.page, group, `Me, and @${me.name} has the second one`);
  await say(other.page, group, "Wrong group, sorry");
  await say(other.page, group, "I will be there at eight.");
  await expect(withText(page, group, "I will be there at eight.")).toBeVisible();
  await react(other.page, group, "The delivery comes", "👍");
  await react(page, group, "I will be there", "❤️");
  await react(page, group, "I will be there", "🙏");
  await react(other.page, group, "I will be there", "🙏");

  await menuOf(page, group, "The delivery comes");
  await take(page, "message-menu-own");
  await inMenu(page, "Edit");
  await box.fill("The delivery comes at eight");
  await take(page, "composer-edit");
  await box.press("Enter");
  await expect(withText(page, group, "comes at eight")).toHaveAccessibleName(/Edited/);

  await menuOf(page, group, "Wrong group");
  await inMenu(page, "Delete for everyone");
  await expect(page.getByRole("dialog")).toBeVisible();
  await take(page, "delete-confirm");
  await page.getByRole("dialog").getByRole("button", { name: "Delete for everyone" }).click();
  await expect(withText(page, group, "was deleted by you")).toBeVisible();
  await say(page, group, "Meant for someone else");
  await menuOf(page, group, "Meant for someone else");
  await inMenu(page, "Delete for everyone");
  await page.getByRole("dialog").getByRole("button", { name: "Delete for everyone" }).click();
  await expect(withText(page, group, "Meant for someone else")).toHaveCount(0);
  await withText(page, group, "I will be there").getByRole("button", { name: "🙏" }).hover();
  await expect(page.locator(".tooltip")).toBeVisible();
  await take(page, "changed-messages");
  await take(other.page, "changed-messages-other");

  await menuOf(page, group, "The delivery comes");
  await inMenu(page, "Info");
  await expect(
    page
      .getByRole("dialog")
      .getByText(/read it|received it/)
      .first(),
  ).toBeVisible();
  await take(page, "message-info-changed");
  await page.keyboard.press("Escape");
}

/** Earlier drafts, and edits whose message was changed or deleted meanwhile; `phone` is the same person. */
export async function inDrafts(
  { take, group }: Pick<ChangesStage, "take" | "group">,
  me: Person,
  phone: Person,
): Promise<void> {
  const { page } = me;
  for (const each of [page, phone.page]) await chatRow(each, group).click();
  const box = composer(page, group);
  const earlier = page.getByRole("dialog", { name: "Earlier drafts" });
  const open = async () => {
    await chatMenu(page, group);
    await inMenu(page, "Earlier drafts");
  };
  await open();
  await expect(earlier.getByText("No earlier drafts")).toBeVisible();
  await take(page, "earlier-drafts-empty");
  await page.keyboard.press("Escape");
  const texts = [
    "Could somebody bring the long ladder on Saturday? Mine is at my brother's.",
    `For the list:\n${Array.from({ length: 9 }, (_, i) => `- thing number ${i + 1}`).join("\n")}`,
    "\u05e0\u05d9\u05e4\u05d2\u05e9 \u05d1\u05e9\u05de\u05d5\u05e0\u05d4",
  ];
  for (const text of texts) {
    await box.fill(text);
    await box.fill("");
  }
  await say(page, group, "The paint arrives on Thurdsay");
  await menuOf(page, group, "The paint arrives");
  await inMenu(page, "Edit");
  await box.fill("The paint arrives on Thursday, and the");
  await box.press("Escape");
  await take(page, "edit-left");
  await open();
  await expect(earlier.getByRole("listitem")).toHaveCount(4);
  await take(page, "earlier-drafts");
  await page.keyboard.press("Escape");

  await menuOf(page, group, "The paint arrives");
  await inMenu(page, "Edit");
  await box.fill("The paint arrives on Thursday, and the brushes too");
  const phoneBox = composer(phone.page, group);
  await menuOf(phone.page, group, "The paint arrives");
  await inMenu(phone.page, "Edit");
  await phoneBox.fill("The paint arrives on Friday");
  await phoneBox.press("Enter");
  await expect(page.getByText("changed meanwhile")).toBeVisible();
  await take(page, "edit-changed");
  await menuOf(phone.page, group, "The paint arrives on Friday");
  await inMenu(phone.page, "Delete for everyone");
  await phone.page.getByRole("dialog").getByRole("button", { name: "Delete for everyone" }).click();
  await expect(page.getByText("was deleted", { exact: false }).last()).toBeVisible();
  await expect(page.getByText("The message you were editing was deleted")).toBeVisible();
  await take(page, "edit-gone");
  await box.press("Escape");
}

async function inChats({ take, group }: ChangesStage, me: Person, other: Person): Promise<void> {
  const { page } = me;
  await chatMenu(page, group);
  await page.getByRole("menuitem", { name: "Mute" }).hover();
  await expect(page.getByRole("menuitem", { name: "For 8 hours" })).toBeVisible();
  await take(page, "chat-menu-mute");
  await inMenu(page, "For 8 hours");
  await chatRow(page, group).click({ button: "right" });
  await take(page, "row-menu");
  await inMenu(page, "Pin");
  await expect(chatRow(page, group)).toHaveAccessibleName(/pinned/);
  await chatRow(page, "Sunday hikers").click({ button: "right" });
  await inMenu(page, "Archive");
  await expect(page.getByRole("button", { name: /archived chat/ })).toBeVisible();
  await chatRow(page, other.name).click();
  // In a pane beside it would be read at once.
  const beside = conversation(page, group).getByRole("button", { name: "Close this chat" });
  if (await beside.isVisible()) await beside.click();
  await expect(conversation(page, group)).toBeHidden();
  await say(other.page, group, "A word into the muted chat");
  await expect(chatRow(page, group)).toHaveAccessibleName(/unread/);
  await take(page, "list-flags");
  await page.getByRole("button", { name: /archived chat/ }).click();
  await take(page, "archive");
  await page.getByRole("button", { name: "Back to all chats" }).click();
  await chatRow(page, group).click();
  await conversation(page, group).getByRole("heading").click();
  await expect(page.getByText(/Verified #/)).toBeVisible();
  await take(page, "details-verified");
  await page.keyboard.press("Escape");

  await chatRow(page, other.name).click();
  await chatMenu(page, other.name);
  await inMenu(page, "Block");
  await expect(page.getByRole("dialog")).toBeVisible();
  await take(page, "block-confirm");
  await page.getByRole("dialog").getByRole("button", { name: "Block", exact: true }).click();
  await expect(conversation(page, other.name).getByText(/You blocked/)).toBeVisible();
  await take(page, "blocked");
  await chatRow(other.page, me.name).click();
  await say(other.page, me.name, "Are you there?");
  await expect(withText(other.page, me.name, "Are you there?")).toHaveAccessibleName(/Failed/);
  await take(other.page, "blocked-other");
  await conversation(page, other.name).getByRole("button", { name: "Unblock" }).click();
  await expect(composer(page, other.name)).toBeVisible();
}

async function waiting({ take, proxy }: ChangesStage, me: Person, other: Person): Promise<void> {
  const { page } = me;
  await proxy.cut();
  await expect(page.getByRole("status", { name: "Connection" })).not.toHaveText("");
  await say(page, other.name, "Does this arrive?");
  await say(page, other.name, "And this one?");
  // It says so only after ten seconds.
  const late = { timeout: 30_000 };
  await expect(page.getByText(/Waiting for the connection/).first()).toBeVisible(late);
  await take(page, "waiting-reason");
  await menuOf(page, other.name, "And this one?");
  await inMenu(page, "Info");
  await expect(page.getByRole("dialog").getByText(/Waiting for the connection/)).toBeVisible();
  await take(page, "message-info-waiting");
  await page.keyboard.press("Escape");
  await proxy.restore();
  await expect(withText(page, other.name, "And this one?")).toHaveAccessibleName(
    /Sent|Delivered|Read/,
    { timeout: 30_000 },
  );
}

/** Edits, deletions, reactions, mentions; mute, pin, archive, block; what waits and why. */
export async function changes(stage: ChangesStage, me: Person, other: Person): Promise<void> {
  await inMessages(stage, me, other);
  await inChats(stage, me, other);
  await waiting(stage, me, other);
}
