// One tab's connection, from its first event to its last: reads events one after the other, and answers what is none.
import { CloseCode, type Connection } from "@ws/server";
import { decodeClientEvent } from "../shared/decode.ts";
import { type Chat, tell } from "./chat.ts";
import type { Member } from "./member.ts";
import { TokenBucket } from "@ws/connection";

/** Events of any kind. A page that is used by a human never comes near; whoever exceeds it is cut off. */
const EVENT_BURST = 120;
const EVENTS_PER_SECOND = 30;

export async function serveConnection(connection: Connection, member: Member, chat: Chat): Promise<void> {
  const limit = new TokenBucket(EVENT_BURST, EVENTS_PER_SECOND);
  await chat.welcome(member, connection);
  // The loop is the backpressure: the next event is read when this one is done.
  for await (const data of connection) {
    if (limit.take() > 0) break;
    const event = typeof data === "string" ? decodeClientEvent(data) : undefined;
    if (event === undefined) {
      tell(connection, { type: "error", code: "malformed", reason: "This is not an event of the chat." });
      continue;
    }
    try {
      await chat.receive(member, connection, event);
    } catch {
      tell(connection, { type: "error", code: "internal", reason: "That did not work. Try again." });
    }
  }
  // After the loop, so that the rest of a flood is thrown away unread; where the connection has ended this does nothing.
  void connection.close(CloseCode.policyViolation, "Too many events");
}
