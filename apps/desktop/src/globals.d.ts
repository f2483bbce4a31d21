/** Names the build (S20); set when the app is built. */
declare const PARLEY_BUILD: string;
