import { expect, test } from "vitest";
import { type ContextActs, type ContextClick, contextMenu } from "./context-menu.ts";

const nothing: ContextClick = {
  isEditable: false,
  selectionText: "",
  linkURL: "",
  mediaType: "none",
  srcURL: "",
  misspelledWord: "",
  dictionarySuggestions: [],
  editFlags: {
    canUndo: false,
    canRedo: false,
    canCut: false,
    canCopy: false,
    canPaste: true,
    canSelectAll: true,
  },
};
const done: string[] = [];
const acts: ContextActs = {
  replace: (word) => void done.push(`replace ${word}`),
  learn: (word) => void done.push(`learn ${word}`),
  copyText: (text) => void done.push(`copy ${text}`),
  copyImage: () => void done.push("copy picture"),
  saveImage: (url) => void done.push(`save ${url}`),
};
const names = (click: Partial<ContextClick>) =>
  contextMenu({ ...nothing, ...click }, acts).map(({ label, role, type }) => label ?? role ?? type);

test("where there is nothing to do, no menu opens", () => {
  expect(names({})).toEqual([]);
});

test("a misspelt word gets suggestions, and can be learnt", () => {
  const click = {
    isEditable: true,
    misspelledWord: "helo",
    dictionarySuggestions: ["hello", "help"],
  };
  expect(names(click).slice(0, 4)).toEqual(["hello", "help", "Add to dictionary", "separator"]);
  expect(names({ ...click, dictionarySuggestions: [] })[0]).toBe("No suggestions");
});

test("text is copied, and edited where it can be", () => {
  expect(names({ selectionText: "some" })).toEqual(["copy"]);
  expect(names({ isEditable: true })).toEqual([
    "undo",
    "redo",
    "separator",
    "cut",
    "copy",
    "paste",
    "selectAll",
  ]);
});

test("links are copied as they would be opened; those that deceive are not offered", () => {
  expect(names({ linkURL: "https://example.org/a" })).toEqual(["Copy link"]);
  expect(names({ linkURL: "javascript:alert(1)" })).toEqual([]);
  expect(names({ linkURL: "app://parley/index.html" })).toEqual([]);
});

test("only the app's own pictures are written to the disk", () => {
  const picture = { mediaType: "image" } as const;
  expect(names({ ...picture, srcURL: "blob:app://parley/1" })).toEqual([
    "Copy picture",
    "Save picture as…",
  ]);
  expect(names({ ...picture, srcURL: "file:///etc/passwd" })).toEqual([]);
  expect(names({ ...picture, srcURL: "https://example.org/a.png" })).toEqual([]);
});
