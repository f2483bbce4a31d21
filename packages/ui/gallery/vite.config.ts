import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Draws every screen and state on made-up data: `vite packages/ui/gallery`. For development only. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // As the apps are built: older targets have `:dir()` rewritten.
  build: { cssTarget: ["chrome120", "firefox115", "safari16.4"] },
  server: { host: "127.0.0.1", port: 4460 },
});
