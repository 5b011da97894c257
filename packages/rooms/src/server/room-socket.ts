// What a server needs of a connection: a `Connection` has it, and so may anything else that carries messages.
import type { Message } from "@ws/connection";
import type { RoomMember } from "../room-member.ts";

/** A connection that speaks `rooms.v1`. */
export interface RoomSocket extends RoomMember {
  /** Ends it: 1008 where the peer did not keep to the protocol, 1011 where we failed. */
  close(code?: number, reason?: string): unknown;
  on(event: "message", listener: (data: Message) => void): unknown;
  on(event: "drain", listener: () => void): unknown;
  on(event: "close", listener: () => void): unknown;
}
