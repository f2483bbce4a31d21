// `npm run dev`: the server restarts and the app reloads as the sources change.
//   npm run dev -- [options of the server]
import { createServer } from "vite";

import { fromRoot } from "../support/paths.ts";
import { runServer } from "../support/server-child.ts";

const SERVER_PORT = 8384;
const APP_PORT = 8383;
const target = `http://127.0.0.1:${SERVER_PORT}`;

const vite = await createServer({
  root: fromRoot("apps/web"),
  server: {
    host: "127.0.0.1",
    port: APP_PORT,
    strictPort: true,
    proxy: {
      "/api": { target },
      "/socket.io": { target, ws: true },
    },
  },
});
await vite.listen();

const url = `http://127.0.0.1:${APP_PORT}`;
process.exitCode = await runServer({
  nodeArgs: ["--watch", "--watch-preserve-output"],
  args: [
    `--port=${SERVER_PORT}`,
    `--data-dir=${fromRoot("node_modules/.parley-dev-data")}`,
    ...process.argv.slice(2),
  ],
  onReady: () => console.log(`The app, with reload: ${url}`),
});
await vite.close();
