// The protocol by itself, as PROTOCOL.md describes it: for tools, tests, and whoever writes another half. Nothing it reaches
// imports Node.
export { RoomError, type RoomErrorCode } from "./room-error.ts";
export { decode, decodeBytes, encode, encodeBytes, type Frame } from "./wire/codec.ts";
export {
  MAX_BATCH,
  readAnnouncement,
  readClientMessage,
  readPresence,
  readServerMessage,
  readStoredEntry,
  VERSION,
} from "./wire/message-shapes.ts";
export type * from "./wire/messages.ts";
export { MAX_ERROR_LENGTH, MAX_MESSAGE_ID_LENGTH, MAX_NAME_LENGTH } from "./wire/names.ts";
export type { Decoded } from "./wire/wire-error.ts";
export { CLIENT_LIMITS, SERVER_LIMITS, type WireLimits } from "./wire/wire-limits.ts";
