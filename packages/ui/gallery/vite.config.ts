import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Draws every screen and state on made-up data: `vite packages/ui/gallery`. For development only. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { host: "127.0.0.1", port: 4460 },
});
