import { useCallback, useEffect, useState } from "react";

export type Permission = "granted" | "default" | "denied" | "unsupported";

function read(): Permission {
  return typeof Notification === "undefined" ? "unsupported" : Notification.permission;
}

/** The browser's permission for notifications as it is now, and how to ask for it. */
export function usePermission(): [permission: Permission, ask: () => void] {
  const [permission, setPermission] = useState(read);
  useEffect(() => {
    const look = (): void => setPermission(read());
    // It may be changed in the browser's own settings meanwhile; the user comes back by focus.
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, []);
  const ask = useCallback(() => {
    void Notification.requestPermission().then(setPermission);
  }, []);
  return [permission, ask];
}
