// What went wrong with something that we said, in words for the person who said it. Known by its code; the library's own sentence is
// for those who write the application.
import { RoomError } from "@ws/rooms/client";

const SENTENCES: ReadonlyMap<string, string> = new Map([
  ["QUEUE_FULL", "Too much waits to be sent already."],
  ["TIMEOUT", "The server has not confirmed it."],
  ["DISCONNECTED", "There is no connection."],
  ["CLOSED", "The chat was left before it was sent."],
  ["NOT_JOINED", "You are no longer in this room."],
  ["KICKED", "You are no longer in this room."],
  ["SESSION_EXPIRED", "Your session has ended."],
  ["TOO_LARGE", "It is too large."],
  ["FILES_FULL", "The server takes no more files today."],
  ["PUBLISH_FORBIDDEN", "That is not allowed here."],
  ["TOO_MANY_ROOMS", "You are in as many rooms as one can be."],
  ["ENGINE_DOWN", "The server cannot keep messages at the moment."],
  ["OVERLOADED", "The server is busy."],
]);

export function sentenceFor(error: unknown): string {
  const code = error instanceof RoomError ? error.code : "";
  const known = SENTENCES.get(code);
  if (known !== undefined) return known;
  // Codes of the chat's own come with a sentence for people.
  return error instanceof RoomError && code === "NAME_INVALID" ? error.message : "That did not work.";
}
