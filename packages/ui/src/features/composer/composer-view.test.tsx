// @vitest-environment happy-dom
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ComposerView, type ComposerViewProps } from "./ComposerView.tsx";

afterEach(cleanup);

function draw(part: Partial<ComposerViewProps> = {}) {
  const props: ComposerViewProps = {
    title: "Mina",
    draft: "",
    caret: null,
    replyingTo: null,
    region: { locale: "en-GB", timeZone: "UTC" },
    needsCheck: () => false,
    onText: vi.fn<ComposerViewProps["onText"]>(),
    onCaret: () => undefined,
    onBlur: () => undefined,
    onCancelReply: () => undefined,
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

  test("a draft from another window shows unless one is writing here", () => {
    const { box, type, show } = draw();
    show({ draft: "from elsewhere" });
    expect(box.value).toBe("from elsewhere");
    box.focus();
    type("mine");
    show({ draft: "from elsewhere again" });
    expect(box.value).toBe("mine");
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
    expect(props.onSend).toHaveBeenCalledWith("secret!");
  });

  test("blanks alone are not sent", () => {
    const { type, enter, props } = draw();
    type("  \n ");
    enter();
    expect(props.onSend).not.toHaveBeenCalled();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
  });
});
