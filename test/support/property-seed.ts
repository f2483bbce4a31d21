// Loaded before every test file. A commit's tests give the same answer each time they run, so property
// tests begin from one seed. PARLEY_SEED=random (or a number that a failure named) looks elsewhere, and
// so does every run of the soak.
import fc from "fast-check";

const SEED = 20_261_122;

const given = process.env["PARLEY_SEED"] ?? "";
if (given !== "random") {
  const seed = given === "" ? SEED : Number(given);
  if (!Number.isInteger(seed)) {
    throw new Error(`PARLEY_SEED is "${given}"; it has to be a whole number or "random".`);
  }
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
}
