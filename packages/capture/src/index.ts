export type {
  Capture,
  CapturedConnection,
  CapturedFrame,
  CapturedMessage,
  ConnectionEnd,
  ConnectionFacts,
  Direction,
  HandshakeRecord,
  HeadField,
  LengthBits,
  StateChange,
} from "./capture.ts";
export { type Har, type HarEntry, type HarMessage, toHar } from "./har.ts";
export { readJsonLines, toJsonLines } from "./jsonl.ts";
export { toPcapng } from "./pcapng.ts";
export { frameBytes, handshakeBytes } from "./wire-bytes.ts";
