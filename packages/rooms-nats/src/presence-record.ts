// Who is present, as a message: the data as they are, the person in a header. Untrusted when read.
import { headers, type MsgHdrs } from "@nats-io/transport-node";
import type { PresenceRecord } from "@ws/rooms";
import { escapeName, unescapeName } from "@ws/rooms/engine";

const PERSON = "Room-Person";
const NODE = "Room-Node";
/** A node's name, as all engines make it. */
const NODE_NAME = /^[\w-]{22,64}$/;

export function recordHeaders(node: string, person: string): MsgHdrs {
  const head = headers();
  head.set(NODE, node);
  head.set(PERSON, escapeName(person));
  return head;
}

/** @returns `undefined` for what no node of ours has published */
export function decodeRecord(head: MsgHdrs | undefined, data: Uint8Array): PresenceRecord | undefined {
  const node = head?.get(NODE) ?? "";
  const person = unescapeName(head?.get(PERSON) ?? "");
  if (!isNodeName(node) || person === undefined || person === "") return undefined;
  return { node, person, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

export function isNodeName(text: string): boolean {
  return NODE_NAME.test(text);
}
