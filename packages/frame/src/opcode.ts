// The opcodes of RFC 6455 §5.2 and the one question everybody asks of them.

/** What a frame is: the low four bits of its first octet (RFC 6455 §5.2). */
export const Opcode = {
  /** More of the message that an earlier text or binary frame began. */
  continuation: 0x0,
  /** Begins (or is) a message of UTF-8 text. */
  text: 0x1,
  /** Begins (or is) a message of bytes. */
  binary: 0x2,
  /** Begins or answers the closing handshake. */
  close: 0x8,
  /** Asks for a pong with the same payload. */
  ping: 0x9,
  /** Answers a ping, or is an unsolicited heartbeat. */
  pong: 0xa,
} as const;
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Whether frames of this opcode are control frames: the high bit of the four (RFC 6455 §5.5). */
export function isControlOpcode(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}

/** Whether RFC 6455 defines this opcode; 3–7 and 11–15 are reserved (§5.2). */
export function isKnownOpcode(opcode: number): opcode is Opcode {
  return opcode === (opcode & 0xf) && (opcode & 0x7) <= 0x2;
}
