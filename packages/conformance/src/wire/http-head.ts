// HTTP/1.1 heads as drafts that a case may spoil, and the heads that come back. Understands no more than a handshake needs.
import { createHash } from "node:crypto";

export type Field = readonly [name: string, value: string];

/** A head about to be written, line by line as given. */
export interface HeadDraft {
  startLine: string;
  fields: Field[];
}

/** A head that was read. */
export interface Head {
  readonly startLine: string;
  readonly fields: readonly Field[];
  /** All values of a field, names compared without case. */
  all(name: string): string[];
  /** The comma-separated members of all values of a field, lower-cased. */
  tokens(name: string): string[];
}

export function encodeHead({ startLine, fields }: HeadDraft): Buffer {
  return Buffer.from(
    `${startLine}\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
    "latin1",
  );
}

export function setField(draft: HeadDraft, name: string, value: string): void {
  removeField(draft, name);
  draft.fields.push([name, value]);
}

export function removeField(draft: HeadDraft, name: string): void {
  draft.fields = draft.fields.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
}

/** The head at the start of `bytes` and how long it is, or `undefined` while its empty line has not come. */
export function parseHead(bytes: Buffer): { head: Head; length: number } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [startLine = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const fields = lines.map((line): Field => {
    const colon = line.indexOf(":");
    return colon === -1 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { head: headOf(startLine, fields), length: end + 4 };
}

export function headOf(startLine: string, fields: readonly Field[]): Head {
  const all = (name: string): string[] =>
    fields.filter(([other]) => other.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  const tokens = (name: string): string[] =>
    all(name).flatMap((value) => value.split(",").map((token) => token.trim().toLowerCase()));
  return { startLine, fields, all, tokens };
}

/** The status of a response head, or `undefined` where the status line is not one. */
export function statusOf(head: Head): number | undefined {
  const match = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(head.startLine);
  return match === null ? undefined : Number(match[1]);
}

/** RFC 6455 §4.2.2: the key and a fixed GUID, hashed. */
export function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, "latin1").digest("base64");
}
