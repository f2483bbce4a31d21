import type { ContextMenuParams, MenuItemConstructorOptions } from "electron";
import { externalLink } from "../windows/external-links.ts";
import { texts } from "../texts.ts";

/** What of a click with the right button decides on its menu. */
export type ContextClick = Pick<
  ContextMenuParams,
  | "isEditable"
  | "selectionText"
  | "linkURL"
  | "mediaType"
  | "srcURL"
  | "misspelledWord"
  | "dictionarySuggestions"
> & {
  editFlags: Pick<
    ContextMenuParams["editFlags"],
    "canCut" | "canCopy" | "canPaste" | "canUndo" | "canRedo" | "canSelectAll"
  >;
};

export type ContextActs = {
  replace: (word: string) => void;
  learn: (word: string) => void;
  copyText: (text: string) => void;
  copyImage: () => void;
  saveImage: (url: string) => void;
};

type Items = MenuItemConstructorOptions[];
const MAX_SUGGESTIONS = 6;
/** Pictures of the app's own pages; nothing else is written to the disk. */
const OWN_PICTURE = /^(?:blob:|data:image\/|app:\/\/parley\/)/;

function spelling(click: ContextClick, acts: ContextActs): Items {
  const { misspelledWord, dictionarySuggestions } = click;
  if (misspelledWord === "") return [];
  const suggested: Items = dictionarySuggestions
    .slice(0, MAX_SUGGESTIONS)
    .map((word) => ({ label: word, click: () => acts.replace(word) }));
  const none: Items = [{ label: texts.contextMenu.noSuggestions, enabled: false }];
  return [
    ...(suggested.length > 0 ? suggested : none),
    { label: texts.contextMenu.addToDictionary, click: () => acts.learn(misspelledWord) },
  ];
}

function editing({ isEditable, selectionText, editFlags }: ContextClick): Items {
  if (!isEditable) return selectionText.trim() === "" ? [] : [{ role: "copy" }];
  return [
    { role: "undo", enabled: editFlags.canUndo },
    { role: "redo", enabled: editFlags.canRedo },
    { type: "separator" },
    { role: "cut", enabled: editFlags.canCut },
    { role: "copy", enabled: editFlags.canCopy },
    { role: "paste", enabled: editFlags.canPaste },
    { role: "selectAll", enabled: editFlags.canSelectAll },
  ];
}

function links({ linkURL }: ContextClick, acts: ContextActs): Items {
  const link = linkURL === "" ? undefined : externalLink(linkURL);
  if (link === undefined) return [];
  return [{ label: texts.contextMenu.copyLink, click: () => acts.copyText(link) }];
}

function pictures({ mediaType, srcURL }: ContextClick, acts: ContextActs): Items {
  if (mediaType !== "image" || !OWN_PICTURE.test(srcURL)) return [];
  return [
    { label: texts.contextMenu.copyImage, click: acts.copyImage },
    { label: texts.contextMenu.saveImage, click: () => acts.saveImage(srcURL) },
  ];
}

/** The menu of a click with the right button; empty where there is nothing to do. */
export function contextMenu(click: ContextClick, acts: ContextActs): Items {
  const groups = [spelling(click, acts), links(click, acts), pictures(click, acts), editing(click)];
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, nth): Items => (nth === 0 ? group : [{ type: "separator" }, ...group]));
}
