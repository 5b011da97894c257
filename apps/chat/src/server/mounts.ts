// The parts that have sockets of their own, each only where the configuration has switched it on.
import type { ChatConfig } from "./config.ts";
import { mountInspector } from "./inspector/mount-inspector.ts";
import { mountLab } from "./lab/mount-lab.ts";
import type { Mount } from "./mount.ts";

export function mounts(config: ChatConfig): readonly { readonly name: string; readonly mount: Mount }[] {
  const parts: { readonly name: string; readonly mount: Mount }[] = [];
  if (config.inspector !== "off") parts.push({ name: "inspector", mount: mountInspector });
  if (config.hasLab) parts.push({ name: "lab", mount: mountLab });
  return parts;
}
