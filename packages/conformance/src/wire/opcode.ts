// Opcodes of RFC 6455 §5.2 and how a report calls them. Reserved ones are plain numbers: sending them is a case.

export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(Opcode).map(([name, opcode]) => [opcode, name]),
);

export function opcodeName(opcode: number): string {
  return names.get(opcode) ?? `reserved opcode 0x${opcode.toString(16)}`;
}

/** Control opcodes have their highest bit set (RFC 6455 §5.5), reserved ones too. */
export function isControl(opcode: number): boolean {
  return opcode >= 0x8;
}
