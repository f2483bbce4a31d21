import { registry } from "../registry.ts";

type MessageBox = {
  message: string;
  title?: string;
  detail?: string;
  buttons?: string[];
  defaultId?: number;
  cancelId?: number;
};

/** Questions to the user: noted, and answered with what the test has put ready. */
export class Dialog {
  async showMessageBox(
    first: object,
    second?: MessageBox,
  ): Promise<{ response: number; checkboxChecked: boolean }> {
    return { response: ask(second ?? (first as MessageBox)), checkboxChecked: false };
  }

  showMessageBoxSync(first: object, second?: MessageBox): number {
    return ask(second ?? (first as MessageBox));
  }

  showErrorBox(title: string, message: string): void {
    registry.dialogs.push({ kind: "error", title, message, detail: "", buttons: [] });
  }

  async showOpenDialog(): Promise<{ canceled: boolean; filePaths: string[] }> {
    registry.dialogs.push({ kind: "open", title: "", message: "", detail: "", buttons: [] });
    return { canceled: true, filePaths: [] };
  }

  async showSaveDialog(): Promise<{ canceled: boolean; filePath: string }> {
    registry.dialogs.push({ kind: "save", title: "", message: "", detail: "", buttons: [] });
    return { canceled: true, filePath: "" };
  }
}

function ask(box: MessageBox): number {
  const buttons = box.buttons ?? ["OK"];
  registry.dialogs.push({
    kind: "message",
    title: box.title ?? "",
    message: box.message,
    detail: box.detail ?? "",
    buttons,
  });
  return registry.dialogAnswers.shift() ?? box.cancelId ?? box.defaultId ?? 0;
}
