import { app, dialog, powerMonitor } from "electron";
import type { Container } from "./container.ts";
import { asksBeforeQuit } from "./session/quit-decision.ts";
import { texts } from "./texts.ts";

const STAY = 0;
const QUIT = 1;

/** Asks while messages wait, and ends sessions in order before the app is gone. */
export function quitInOrder(container: Container): void {
  const { host, reports, log } = container;
  let isDecided = false;
  let isStopped = false;
  let isAsking = false;

  async function ask(waiting: number): Promise<boolean> {
    const { response } = await dialog.showMessageBox({
      type: "question",
      message: texts.waitingTitle(waiting),
      detail: texts.waitingDetail,
      buttons: [texts.waitAndStay, texts.quitAnyway],
      defaultId: STAY,
      cancelId: STAY,
      noLink: true,
    });
    return response === QUIT;
  }

  async function proceed(): Promise<void> {
    const { waiting } = reports.total;
    if (asksBeforeQuit({ waiting, isDecided })) {
      if (isAsking) return;
      isAsking = true;
      const quits = await ask(waiting);
      isAsking = false;
      if (!quits) return;
    }
    isDecided = true;
    container.isQuitting = true;
    await host.stop();
    container.stop();
    isStopped = true;
    app.quit();
  }

  app.on("before-quit", (event) => {
    if (isStopped) return;
    event.preventDefault();
    proceed().catch((error: unknown) => {
      log.warn("The sessions could not be ended in order.", { error: String(error) });
      isStopped = true;
      app.quit();
    });
  });
  // S21: the window is hidden, not gone, while the app runs; without one the app ends.
  app.on("window-all-closed", () => app.quit());
  // The system goes down: nobody is there to answer, and what waits is kept.
  powerMonitor.on("shutdown", () => {
    isDecided = true;
    app.quit();
  });
}
