import { lazy } from "react";

/*
 * What the first frame does not need comes right after it, in files of its own: the browser reads less
 * before it draws.
 */

const overlays = () => import("./Overlays.tsx");
const details = () => import("./DetailsDrawer.tsx");
const deletion = () => import("./DeleteMessage.tsx");
const info = () => import("./MessageInfo.tsx");
const offers = () => import("../features/timeline/OfferedBar.tsx");
const signIn = () => import("../features/sign-in/SignIn.tsx");

export const LazyOverlays = lazy(async () => ({ default: (await overlays()).Overlays }));
export const LazyDetailsDrawer = lazy(async () => ({ default: (await details()).DetailsDrawer }));
export const LazyDeleteMessage = lazy(async () => ({
  default: (await deletion()).DeleteMessage,
}));
export const LazyMessageInfo = lazy(async () => ({ default: (await info()).MessageInfo }));
export const LazyOfferedBar = lazy(async () => ({ default: (await offers()).OfferedBar }));
export const LazySignIn = lazy(async () => ({ default: (await signIn()).SignIn }));

/**
 * Fetches the parts that are opened later. Soon after the start, while the server surely still has the
 * files of this build.
 */
export async function fetchLaterParts(): Promise<void> {
  // One that fails is asked for again when it is opened, and says so then.
  await Promise.allSettled([overlays(), details(), deletion(), info(), offers(), signIn()]);
}
