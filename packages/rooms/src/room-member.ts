// What a room needs of a member: less than a connection, so that anything that can be sent to can be in a room.
import type { Message, PreparedMessage } from "@ws/connection";

/** Anything that messages can be sent to and that ends one day; a `Connection` is one. */
export interface RoomMember {
  /**
   * Sends one message. Must not throw for a member that has ended: it may not have left its rooms yet.
   *
   * @returns `false` when the message was taken and no more should be sent before `drain`; anything else is a yes
   */
  send(data: Message | PreparedMessage): unknown;
  /** Encodes a message that goes to many; what it returns is handed to their `send`. Without it they get the message. */
  prepare?(data: Message): PreparedMessage;
  /** `"closing"`, then `"closed"`: it joins no room once it has ended. A member without a state is taken as alive. */
  readonly state?: string;
  /** Closes it, where it is too slow for a room. Without it the message is dropped instead. */
  close?(code: number, reason: string): unknown;
  /** Tells when the member has ended: it then leaves its rooms by itself. */
  on(event: "close", listener: () => void): unknown;
  /** Tells when there is room again, after `send` returned `false`. Without it a member is never slow. */
  once?(event: "drain", listener: () => void): unknown;
}
