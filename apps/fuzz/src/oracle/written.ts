// What an endpoint wrote, judged as its peer would: whole frames of its role, one close frame at most and no data behind
// it, no event of the peer an error.
import { type MessageCompression, Protocol, type Role } from "@ws/connection";
import { toHex } from "../bytes.ts";
import { type ReadFrame, readFrames } from "../reference/frame-reader.ts";
import { check } from "./finding.ts";

/** Frames in short, without the masking key that differs each time. */
export type WrittenFrame = readonly [first: number, payload: string];

/**
 * @param writer who wrote
 * @param compression what the peer agreed on
 * @param isCutOff whether the end of the transport may have cut the last frame in two
 */
export function judgeWritten(
  bytes: Uint8Array,
  writer: Role,
  compression?: MessageCompression,
  isCutOff = false,
): WrittenFrame[] {
  const reader = writer === "server" ? "client" : "server";
  const { frames, error } = readFrames(bytes, { reader, reservedBits: 4, maxPayload: 1n << 40n });
  check(
    "output",
    error === undefined,
    () => `a frame breaks the rule ${error}: ${toHex(bytes).slice(0, 400)}`,
  );
  const size = frames.reduce((sum, frame) => sum + wireSize(frame, writer), 0);
  check("output", isCutOff || size === bytes.length, "the last frame is not whole");
  const first = frames.findIndex(({ opcode }) => opcode === 8);
  // RFC 6455 §5.5.1 forbids data behind a close frame; a ping may still be answered (§5.5.2).
  const behind = first === -1 ? [] : frames.slice(first + 1);
  check(
    "output",
    behind.every(({ opcode }) => opcode === 10),
    () => `behind the close frame follow the opcodes ${behind.map(({ opcode }) => opcode).join(", ")}`,
  );

  const peer = new Protocol({
    role: reader,
    maxMessageBytes: 1 << 30,
    ...(compression !== undefined && { compression }),
  });
  peer.receive(Uint8Array.from(bytes));
  for (let event = peer.next(); event !== undefined; event = peer.next()) {
    const wrong = event.type === "error" ? event.error.message : undefined;
    check("output", wrong === undefined, () => `its peer fails with: ${wrong}`);
  }
  return frames.map(({ fin, rsv, opcode, payload }) => [
    (fin ? 0x80 : 0) | (rsv << 4) | opcode,
    payload.length > 400 ? `${payload.length} bytes` : toHex(payload),
  ]);
}

function wireSize({ payload, length, isWhole }: ReadFrame, writer: Role): number {
  if (!isWhole) return 0;
  return payload.length + (length < 126n ? 2 : length < 65_536n ? 4 : 10) + (writer === "client" ? 4 : 0);
}
