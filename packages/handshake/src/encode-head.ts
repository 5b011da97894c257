// A start line and header lines → bytes. The one place where a head is put together, so the last guard against header
// injection stands here, whatever way a line came.

import { Buffer } from "node:buffer";
import { isFieldValue } from "./field-text.ts";
import { assertHeaderLine, type HeaderLine } from "./header-lines.ts";
import { quote } from "./quote.ts";

export function encodeHead(startLine: string, lines: readonly HeaderLine[], body = ""): Uint8Array {
  if (!isFieldValue(startLine))
    throw new TypeError(`Cannot encode head: its first line is ${quote(startLine)}`);
  let head = `${startLine}\r\n`;
  for (const [name, value] of lines) {
    assertHeaderLine(name, value);
    head += `${name}: ${value}\r\n`;
  }
  head += "\r\n";
  return body === ""
    ? Buffer.from(head, "latin1")
    : Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body, "utf8")]);
}
