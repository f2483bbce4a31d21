// Main of the measured app: notes when it begins, answers what it holds, and runs the real main.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const startedAtMs = performance.timeOrigin + performance.now();
writeFileSync(process.env.BENCH_STARTED_FILE, String(startedAtMs));

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
createServer((socket) => {
  collect();
  // Finalisers and the sockets' own buffers go in the turns after a collection.
  setTimeout(() => {
    collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    socket.end(JSON.stringify({ heapUsed, external, rss, cpuMs: (user + system) / 1000 }));
  }, 100);
})
  .listen(process.env.BENCH_PIPE)
  .unref();

createRequire(import.meta.url)("./dist/main/index.cjs");
