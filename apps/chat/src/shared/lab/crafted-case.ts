// What a frame to try is, and what several of them have in common.
import { type CraftedFrame, craft } from "./crafted-frame.ts";

export interface CraftedCase {
  readonly id: string;
  readonly title: string;
  readonly rule: string;
  /** `6455` or `7692`. */
  readonly rfc: 6455 | 7692;
  readonly section: string;
  /** Of the close frame that answers. */
  readonly closeCode: number;
  /** Whether permessage-deflate is agreed on before. */
  readonly compress?: boolean;
  readonly frames: readonly CraftedFrame[];
}

export interface CraftedGroup {
  readonly title: string;
  readonly cases: readonly CraftedCase[];
}

export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;

export const RESERVED_OPCODES =
  "Opcodes 3–7 and 11–15 are reserved. An endpoint that receives one fails the connection.";
export const RESERVED_BITS =
  "RSV1, RSV2 and RSV3 are 0 unless an extension that was agreed on gives them a meaning.";
export const CLOSE_CODES =
  "A close frame carries 1000–1003, 1007–1014 or 3000–4999; other codes are reserved, or never on the wire.";
export const UTF8 =
  "Text is UTF-8, all of it. Whoever receives something else fails the connection with 1007.";
export const MINIMAL = "The length is written in the fewest octets that it fits in.";

export function closeWith(code: number): readonly CraftedFrame[] {
  return [craft(CLOSE, [code >> 8, code & 0xff])];
}

export function wrongCode(code: number, why: string): CraftedCase {
  return {
    id: `close-${code}`,
    title: `Close code ${code}, ${why}`,
    rule: CLOSE_CODES,
    rfc: 6455,
    section: "7.4",
    closeCode: 1002,
    frames: closeWith(code),
  };
}
