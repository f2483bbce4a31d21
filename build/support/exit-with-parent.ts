// Loaded into a child before its own code: when the parent is gone without a word, even by a signal
// it could not pass on, the child stops as if it had been asked to.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
// Listening alone would keep the child alive after it has finished.
process.channel?.unref();
