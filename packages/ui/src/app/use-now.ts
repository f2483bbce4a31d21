import { useEffect, useState } from "react";

/** The time, renewed every minute: labels of days and "last seen" follow it. */
export function useMinute(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}

/** Whether the window is in view and has the user's attention. */
export function useAttention(): { focused: boolean; visible: boolean } {
  const read = (): { focused: boolean; visible: boolean } => ({
    focused: document.hasFocus(),
    visible: document.visibilityState === "visible",
  });
  const [attention, setAttention] = useState(read);
  useEffect(() => {
    const update = (): void =>
      setAttention((before) => {
        const now = read();
        return now.focused === before.focused && now.visible === before.visible ? before : now;
      });
    window.addEventListener("focus", update);
    window.addEventListener("blur", update);
    document.addEventListener("visibilitychange", update);
    return () => {
      window.removeEventListener("focus", update);
      window.removeEventListener("blur", update);
      document.removeEventListener("visibilitychange", update);
    };
  }, []);
  return attention;
}

/** Width of an element, followed. */
export function useWidth(element: HTMLElement | null): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
