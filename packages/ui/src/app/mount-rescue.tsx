import "../styles/tokens.css";
import "../styles/base.css";
import { createRoot } from "react-dom/client";
import { RescueScreen } from "./RescueScreen.tsx";

/** Draws the page that saves what only this device has, without anything else of the app. */
export function mountRescue(root: HTMLElement): void {
  root.classList.add("app-root");
  createRoot(root).render(<RescueScreen />);
}
