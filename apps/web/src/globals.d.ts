/** Id of the build, put in by the bundler. In the page it stands in a meta element instead. */
declare const PARLEY_BUILD: string;
/** Addresses that the service worker keeps for use without a network. */
declare const PARLEY_PRECACHE: readonly string[];
