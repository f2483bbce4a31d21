// @vitest-environment happy-dom
import { type Result, success } from "@parley/protocol/errors.ts";
import { ClientId, newId } from "@parley/protocol/ids.ts";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { createRef } from "react";
import { afterEach, expect, test } from "vitest";
import { fakeSession } from "../../gallery/fake-session.ts";
import { account, lighthouse } from "../../gallery/sample.ts";
import { createValue } from "../cache/live-value.ts";
import { createLookStore } from "../state/look-store.ts";
import { createChatPlaces } from "../state/places.ts";
import { forgetfulMemory } from "../state/remembered.ts";
import { createUiStore } from "../state/ui-store.ts";
import type { ComposerHandle } from "../features/composer/ComposerView.tsx";
import { ChatComposer } from "./ChatComposer.tsx";
import { AccountContext, type AccountScope } from "./context.ts";
import { fakeBridge } from "./testing/fake-bridge.ts";
import { useReply } from "./use-reply.ts";

afterEach(cleanup);

const answered = newId(ClientId);
const { chatId } = lighthouse.row;

function Composer({ handle }: { handle: React.RefObject<ComposerHandle | null> }) {
  const reply = useReply(chatId, handle);
  return (
    <>
      <button type="button" onClick={() => reply.choose(answered)}>
        answer
      </button>
      <ChatComposer
        handle={handle}
        chat={lighthouse.view}
        paneId="p"
        reply={reply}
        edit={{ target: null, start: () => undefined, stop: () => undefined }}
        onSent={() => undefined}
        onEditLast={() => undefined}
        say={() => undefined}
      />
    </>
  );
}

test("S1: what is typed while a reply leaves answers nothing any more", async () => {
  const sending = Promise.withResolvers<Result<{ clientId: ClientId }>>();
  const saved: { text: string; replyTo: unknown }[] = [];
  const made = fakeSession({ chats: [] });
  const none = createValue(null);
  const session = {
    ...made,
    reads: { ...made.reads, draft: () => none },
    sendText: () => sending.promise,
    saveDraft: (_chatId: unknown, text: string, replyTo: unknown) => saved.push({ text, replyTo }),
  };
  const memory = forgetfulMemory();
  const scope = {
    bridge: fakeBridge({}).bridge,
    account,
    session,
    region: { locale: "en-GB", timeZone: "UTC" },
    places: createChatPlaces(),
    ui: createUiStore(memory, "view"),
    look: createLookStore(memory),
  };
  render(
    <AccountContext value={scope as unknown as AccountScope}>
      <Composer handle={createRef()} />
    </AccountContext>,
  );
  const box = screen.getByRole<HTMLTextAreaElement>("textbox");
  fireEvent.click(screen.getByRole("button", { name: "answer" }));
  fireEvent.change(box, { target: { value: "yes" } });
  expect(saved.at(-1)).toEqual({ text: "yes", replyTo: answered });
  fireEvent.keyDown(box, { key: "Enter" });
  await waitFor(() => expect(box.value).toBe(""));
  fireEvent.change(box, { target: { value: "and" } });
  await act(async () => {
    sending.resolve(success({ clientId: newId(ClientId) }));
    await sending.promise;
  });
  expect(saved.at(-1)).toEqual({ text: "and", replyTo: null });
});
