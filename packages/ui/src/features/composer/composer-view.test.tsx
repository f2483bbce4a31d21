// @vitest-environment happy-dom
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { AccountId, newId } from "@parley/protocol/ids.ts";
import { cleanup, configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { ComposerTask, EditStanding } from "./ComposerBanner.tsx";
import { ComposerView, type ComposerViewProps } from "./ComposerView.tsx";

// On a busy machine what follows a key may take longer than the second that is usual.
configure({ asyncUtilTimeout: 30_000 });

afterEach(cleanup);

function draw(part: Partial<ComposerViewProps> = {}) {
  const props: ComposerViewProps = {
    title: "Mina",
    draft: "",
    caret: null,
    draftTaken: 0,
    task: null,
    people: null,
    region: { locale: "en-GB", timeZone: "UTC" },
    enterSends: true,
    needsCheck: () => false,
    onText: vi.fn<ComposerViewProps["onText"]>(),
    onCaret: () => undefined,
    onBlur: () => undefined,
    onCancelTask: () => undefined,
    onEditLast: vi.fn<ComposerViewProps["onEditLast"]>(),
    onMention: () => undefined,
    onSend: vi.fn<ComposerViewProps["onSend"]>(() => Promise.resolve(success(undefined))),
    ...part,
  };
  const { rerender } = render(<ComposerView {...props} />);
  const box = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message Mina" });
  return {
    box,
    props,
    type: (value: string) => fireEvent.change(box, { target: { value } }),
    enter: () => fireEvent.keyDown(box, { key: "Enter" }),
    show: (next: Partial<ComposerViewProps>) => rerender(<ComposerView {...props} {...next} />),
  };
}

describe("drafts", () => {
  test("a draft that is read late fills an empty field, and not one that was written in meanwhile", () => {
    const first = draw({ draft: undefined });
    first.show({ draft: "kept" });
    expect(first.box.value).toBe("kept");
    cleanup();
    const second = draw({ draft: undefined });
    second.box.focus();
    second.type("typed");
    second.show({ draft: "kept" });
    expect(second.box.value).toBe("typed");
  });

  test("the caret stays where one writes when the draft is read late", () => {
    const { box, type, show } = draw({ draft: undefined, caret: { start: 0, end: 0 } });
    box.focus();
    type("Wri");
    box.setSelectionRange(3, 3);
    show({ draft: "", caret: { start: 1, end: 1 } });
    expect(box.selectionStart).toBe(3);
  });

  test("the draft of a text that was just sent does not come back into the field", () => {
    const { box, type, enter, show } = draw();
    box.focus();
    type("first");
    enter();
    expect(box.value).toBe("");
    show({ draft: "first" });
    expect(box.value).toBe("");
    box.blur();
    show({ draft: "first" });
    expect(box.value).toBe("");
    show({ draft: "" });
    expect(box.value).toBe("");
  });

  test("the same text typed again stays when the end of the first one's draft is told late", () => {
    const { box, type, enter, show } = draw();
    box.focus();
    type("again");
    show({ draft: "again" });
    enter();
    type("again");
    show({ draft: "" });
    expect(box.value).toBe("again");
  });

  test("the same text typed again stays when both draft and end of the first one are told late", () => {
    const { box, type, enter, show } = draw();
    box.focus();
    type("again");
    enter();
    type("again");
    show({ draft: "again" });
    show({ draft: "" });
    expect(box.value).toBe("again");
  });

  test("S1: a draft that another device cleared goes from the field", () => {
    const { box, type, show } = draw();
    box.focus();
    type("unsent");
    show({ draft: "unsent" });
    show({ draft: "" });
    expect(box.value).toBe("");
  });

  test("a draft from another window shows unless one is writing here", () => {
    const { box, type, show } = draw();
    show({ draft: "from elsewhere" });
    expect(box.value).toBe("from elsewhere");
    box.focus();
    type("mine");
    show({ draft: "from elsewhere again" });
    expect(box.value).toBe("mine");
  });

  test("S1: a field that was left keeps its last state while the journal writes an earlier one", () => {
    const { box, type, show } = draw();
    box.focus();
    type("re");
    type("r");
    box.blur();
    show({ draft: "re" });
    expect(box.value).toBe("r");
    box.focus();
    show({ draft: "r" });
    expect(box.value).toBe("r");
  });
});

describe("sending", () => {
  test("what was typed while a message was being saved is kept as the new draft", async () => {
    let finish: (result: Result<unknown>) => void = () => undefined;
    const sending = new Promise<Result<unknown>>((resolve) => {
      finish = resolve;
    });
    const { box, type, enter, props } = draw({ onSend: () => sending });
    box.focus();
    type("first");
    enter();
    type("second");
    finish(success(undefined));
    await waitFor(() => expect(props.onText).toHaveBeenCalledTimes(3));
    expect(vi.mocked(props.onText).mock.calls.at(-1)).toEqual(["second"]);
    expect(box.value).toBe("second");
  });

  test("a message that could not be saved stays in the field, before what was typed since", async () => {
    const { box, type, enter } = draw({
      onSend: () => Promise.resolve(failure("bridge_failed", "")),
    });
    box.focus();
    type("first");
    enter();
    type("second");
    await waitFor(() => expect(box.value).toBe("first\nsecond"));
    screen.getByText(/could not be saved on this device/);
  });

  test("the mis-send guard asks before Enter sends, and writing on takes the question back", () => {
    const { box, type, enter, props } = draw({ needsCheck: () => true });
    box.focus();
    type("secret");
    enter();
    expect(props.onSend).not.toHaveBeenCalled();
    screen.getByRole("alertdialog");
    type("secret!");
    expect(screen.queryByRole("alertdialog")).toBeNull();
    enter();
    fireEvent.click(screen.getByRole("button", { name: "Send to Mina" }));
    expect(props.onSend).toHaveBeenCalledWith("secret!", []);
  });

  test("blanks alone are not sent", () => {
    const { type, enter, props } = draw();
    type("  \n ");
    enter();
    expect(props.onSend).not.toHaveBeenCalled();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
  });
});

describe("mentions", () => {
  const people = ["Jonas Okafor", "Joana", "Mina Park"].map((name) => ({
    accountId: newId(AccountId),
    name,
  }));

  test("the list is filtered as one types, Tab takes the chosen name, and sending says where it stands", async () => {
    const { box, type, enter, props } = draw({ people });
    box.focus();
    type("see @Jo");
    expect(screen.getAllByRole("option").map((one) => one.textContent)).toHaveLength(2);
    fireEvent.keyDown(box, { key: "ArrowDown" });
    fireEvent.keyDown(box, { key: "Tab" });
    expect(box.value).toBe("see @Jonas Okafor ");
    expect(screen.queryByRole("listbox")).toBeNull();
    enter();
    await waitFor(() => expect(props.onSend).toHaveBeenCalled());
    const [jonas] = people;
    expect(props.onSend).toHaveBeenCalledWith("see @Jonas Okafor ", [
      { kind: "mention", at: 4, length: 13, accountId: jonas?.accountId },
    ]);
  });

  test("Enter takes a name instead of sending; Escape closes the list, and then Enter sends", () => {
    const { box, type, enter, props } = draw({ people });
    box.focus();
    type("@Mi");
    enter();
    expect(box.value).toBe("@Mina Park ");
    expect(props.onSend).not.toHaveBeenCalled();
    type("@Mi");
    fireEvent.keyDown(box, { key: "Escape" });
    expect(screen.queryByRole("listbox")).toBeNull();
    enter();
    expect(props.onSend).toHaveBeenCalledWith("@Mi", []);
  });
});

function editing(standing: EditStanding, part: Partial<ComposerTask> = {}): ComposerTask {
  return {
    kind: "edit",
    text: "old",
    standing,
    onToDraft: () => undefined,
    onCopy: () => undefined,
    ...part,
  } as ComposerTask;
}

describe("editing", () => {
  test("Up in an empty field asks for the last own message; in one with text it moves the caret", () => {
    const { box, type, props } = draw();
    fireEvent.keyDown(box, { key: "ArrowUp" });
    expect(props.onEditLast).toHaveBeenCalledTimes(1);
    type("a");
    fireEvent.keyDown(box, { key: "ArrowUp" });
    expect(props.onEditLast).toHaveBeenCalledTimes(1);
  });

  test("Escape leaves an edit; its button saves", () => {
    const onCancelTask = vi.fn<ComposerViewProps["onCancelTask"]>();
    const { box } = draw({ draft: "old", task: editing({ kind: "same" }), onCancelTask });
    expect(screen.getByText("Editing your message")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Save" })).toBeTruthy();
    fireEvent.keyDown(box, { key: "Escape" });
    expect(onCancelTask).toHaveBeenCalledTimes(1);
  });

  test("S21: an edit whose message was deleted meanwhile says so, is never sent, and its text can be used", () => {
    const onToDraft = vi.fn<() => void>();
    const onCopy = vi.fn<() => void>();
    const task = editing({ kind: "gone" }, { onToDraft, onCopy });
    const { box, type, enter, props } = draw({ draft: "old", task });
    expect(screen.getByRole("status").textContent).toMatch(/was deleted.*Your text is kept/);
    box.focus();
    type("new words");
    enter();
    expect(props.onSend).not.toHaveBeenCalled();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true);
    expect(box.value).toBe("new words");
    fireEvent.click(screen.getByRole("button", { name: "Use as draft" }));
    fireEvent.click(screen.getByRole("button", { name: "Copy" }));
    expect([onToDraft, onCopy].map((one) => one.mock.calls.length)).toEqual([1, 1]);
  });

  test("S21: an edit whose message was changed meanwhile shows the new text and can still be saved", async () => {
    const { box, type, enter, props } = draw({
      draft: "old",
      task: editing({ kind: "changed", text: "theirs" }),
    });
    expect(screen.getByRole("status").textContent).toMatch(/changed meanwhile.*theirs/);
    box.focus();
    type("mine");
    enter();
    await waitFor(() => expect(props.onSend).toHaveBeenCalledWith("mine", []));
  });
});

describe("earlier drafts", () => {
  test("a text that is put back shows, also where it is the one that was sent last", () => {
    const { box, type, enter, show } = draw();
    box.focus();
    type("again");
    enter();
    expect(box.value).toBe("");
    show({ draft: "again", draftTaken: 1 });
    expect(box.value).toBe("again");
  });

  test("what is typed while a message could not be saved is kept together with it", async () => {
    const onText = vi.fn<ComposerViewProps["onText"]>();
    const { box, type, enter } = draw({
      onText,
      onSend: () => Promise.resolve(failure("bridge_failed", "")),
    });
    box.focus();
    type("first");
    enter();
    type("second");
    await waitFor(() => expect(box.value).toBe("first\nsecond"));
    expect(onText).toHaveBeenLastCalledWith("first\nsecond");
  });
});
