// One case: everything that a target needs to do the same again. It is what a corpus file holds.
import type { Role } from "@ws/frame";
import type { Agreement } from "@ws/deflate";
import { fromHex, toHex } from "./bytes.ts";

/** What the application under test does when so many bytes of the input have arrived. */
export interface Action {
  readonly at: number;
  readonly do: ActionName;
}

export const ACTIONS = [
  "sendText",
  "sendBinary",
  "sendLarge",
  "ping",
  "close",
  "holdPongs",
  "releasePongs",
  "pause",
  "resume",
  "read",
  "leave",
  "blockPeer",
  "unblockPeer",
  "terminate",
] as const;
export type ActionName = (typeof ACTIONS)[number];

/** How the target is set up; each takes what it knows. */
export interface CaseOptions {
  /** Who reads the input. */
  readonly role?: Role;
  /** The limit of a frame or a message. */
  readonly maxBytes?: number;
  readonly reservedBits?: number;
  readonly partial?: boolean;
  readonly compression?: Agreement;
  readonly actions?: readonly Action[];
  /** How many bytes come with the opening handshake. */
  readonly headBytes?: number;
  readonly maxHeaderBytes?: number;
  readonly maxHeaderCount?: number;
  /** Nothing in the input is wrong: it has to be accepted. */
  readonly valid?: boolean;
}

export interface FuzzCase {
  readonly input: Uint8Array;
  /** The sizes of the chunks in which the input arrives; what they leave over is the last one. */
  readonly cut: readonly number[];
  readonly options: CaseOptions;
}

/** A case as a file: with the target it is for, and a sentence that says why it is kept. */
export interface KeptCase {
  readonly target: string;
  readonly note: string;
  readonly case: FuzzCase;
}

export function encodeCase({ target, note, case: { input, cut, options } }: KeptCase): string {
  return `${JSON.stringify({ target, note, options, cut, input: toHex(input) }, undefined, 2)}\n`;
}

/** @throws TypeError when the text is not a case */
export function decodeCase(text: string): KeptCase {
  const { target, note, options, cut, input } = JSON.parse(text) as Record<string, unknown>;
  if (typeof target !== "string" || typeof note !== "string" || typeof input !== "string") {
    throw new TypeError("Cannot read the case: target, note and input must be strings");
  }
  if (!Array.isArray(cut) || !cut.every((size) => Number.isInteger(size) && size > 0)) {
    throw new TypeError("Cannot read the case: cut must be a list of positive sizes");
  }
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Cannot read the case: options must be an object");
  }
  return { target, note, case: { input: fromHex(input), cut: cut as number[], options } };
}
