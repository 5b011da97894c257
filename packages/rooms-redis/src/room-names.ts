// What a room is called in Redis. All that belongs to one room has the same part in braces, so that on a Cluster it lies in
// one slot, and so does its channel.
import { createHash } from "node:crypto";
import { escapeName } from "@ws/rooms/engine";
import { slotOf } from "./slot.ts";
import type { RoomKeys } from "./room-state.ts";

const MAX_READABLE_LENGTH = 64;

export interface RoomNames {
  readonly keys: RoomKeys;
  /** The hash of who is present. */
  readonly presence: string;
  readonly channel: string;
  readonly slot: number;
}

/** Long names become hashes; `=` and a letter that is no hexadecimal digit never begin what is escaped. */
export function roomNames(prefix: string, room: string): RoomNames {
  const escaped = escapeName(room);
  const tag =
    escaped.length <= MAX_READABLE_LENGTH
      ? escaped
      : `=h${createHash("sha256").update(escaped).digest("base64url")}`;
  const name = (part: string): string => `${prefix}{${tag}}:${part}`;
  return {
    keys: { state: name("state"), log: name("log"), ids: name("ids"), olderIds: name("ids:older") },
    presence: name("presence"),
    channel: name("channel"),
    slot: slotOf(tag),
  };
}

/** The key that says that a node is alive. */
export function leaseName(prefix: string, node: string): { readonly key: string; readonly slot: number } {
  return { key: `${prefix}{${node}}:lease`, slot: slotOf(node) };
}
