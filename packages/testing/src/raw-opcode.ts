// The opcodes of RFC 6455 §5.2, once more: nothing that lays or reads raw frames uses the packages it is to judge.

/** What a frame is (RFC 6455 §5.2). Raw frames take any number from 0 to 15. */
export const RawOpcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;
