// The parts that have sockets of their own, each only where the configuration has switched it on.
import { mountInspector } from "./inspector/mount-inspector.ts";
import { mountLab } from "./lab/mount-lab.ts";
import type { MountContext, Mounted } from "./mount.ts";

/** @param context whose logger is the process's: each part gets a child of it */
export function mountParts(context: MountContext): readonly Mounted[] {
  const { config, log } = context;
  const parts: Mounted[] = [];
  if (config.inspector !== "off") {
    parts.push(mountInspector({ ...context, log: log.child({ part: "inspector" }) }));
  }
  if (config.hasLab) parts.push(mountLab({ ...context, log: log.child({ part: "lab" }) }));
  return parts;
}
