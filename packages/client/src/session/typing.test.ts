import { AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { OthersTyping, OwnTyping } from "./typing.ts";

const chatId = newId(ChatId);
const accountId = newId(AccountId);

function own() {
  const clock = new FakeClock();
  const sent: boolean[] = [];
  return { clock, sent, typing: new OwnTyping(clock, (_chatId, typing) => sent.push(typing)) };
}

function others() {
  const clock = new FakeClock();
  const told: boolean[] = [];
  const typing = new OthersTyping(clock, (_chat, _account, isTyping) => told.push(isTyping));
  return { clock, told, typing };
}

test("S10: keys struck for ten seconds are a signal every three, and its end", async () => {
  const { clock, sent, typing } = own();
  for (let i = 0; i < 50; i++) {
    typing.set("w", chatId, true);
    await clock.advance(200);
  }
  typing.set("w", chatId, false);
  expect(sent).toEqual([true, true, true, true, false]);
  expect(clock.timerCount).toBe(0);
});

test("S10: typing that nobody ends, ends by itself", async () => {
  const { clock, sent, typing } = own();
  typing.set("w", chatId, true);
  await clock.advance(10_000);
  expect(sent).toEqual([true, false]);
  expect(clock.timerCount).toBe(0);
});

test("S10: it goes on while another window types, and ends with the last", () => {
  const { sent, typing } = own();
  typing.set("w", chatId, true);
  typing.set("v", chatId, true);
  typing.windowGone("w");
  expect(sent).toEqual([true]);
  typing.windowGone("v");
  typing.windowGone("v");
  expect(sent).toEqual([true, false]);
});

test("S10: typing of others shows once and expires when the word of its end is lost", async () => {
  const { clock, told, typing } = others();
  typing.set(chatId, accountId, true);
  await clock.advance(3_000);
  typing.set(chatId, accountId, true);
  await clock.advance(5_900);
  expect(told).toEqual([true]);
  await clock.advance(200);
  expect(told).toEqual([true, false]);
  typing.set(chatId, accountId, false);
  expect(told).toEqual([true, false]);
});

test("S10: a lost connection leaves nobody typing and no timer", () => {
  const { clock, told, typing } = others();
  typing.set(chatId, accountId, true);
  typing.clear();
  expect(told).toEqual([true, false]);
  expect(clock.timerCount).toBe(0);
});
