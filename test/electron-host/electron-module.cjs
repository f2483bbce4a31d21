/* oxlint-disable typescript/no-unsafe-assignment -- a global has no type */
// What `require("electron")` answers in main: the module that run-main.ts has made.
module.exports = globalThis[Symbol.for("parley.stand-in.electron")];
