import { mountRescue } from "@parley/ui/app/mount-rescue.tsx";

const root = document.getElementById("root");
if (root) mountRescue(root);
