// What an opcode is called (RFC 6455 §5.2).

const NAMES: Readonly<Record<number, string>> = {
  0x0: "continuation",
  0x1: "text",
  0x2: "binary",
  0x8: "close",
  0x9: "ping",
  0xa: "pong",
};

export function opcodeName(opcode: number): string {
  return NAMES[opcode] ?? (opcode < 8 ? "reserved, data" : "reserved, control");
}
