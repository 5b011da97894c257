// Header lines → the object that node:http2 sends as a field block. The one place where such an object is put together,
// so the last guard against header injection stands here, as encode-head.ts is for HTTP/1.1.

import { isConnectionField } from "./connection-fields.ts";
import { trimSpaces } from "./field-text.ts";
import { assertHeaderLine, type HeaderLine } from "./header-lines.ts";
import { quote } from "./quote.ts";

/** Fields by lower-case name, without a prototype; the values of a repeated field are a list. `:status` is a number. */
export type Http2Headers = Record<string, string | string[] | number>;

/** The fields behind the given pseudo-header fields, which must have been validated. */
export function http2Headers(pseudo: Http2Headers, lines: readonly HeaderLine[]): Http2Headers {
  const regular = new Map<string, string | string[]>();
  for (const [line, value] of lines) {
    assertHeaderLine(line, value);
    // RFC 8441 §5: "Note that HTTP/1 header field names were case insensitive, whereas HTTP/2 requires they be encoded"
    const name = line.toLowerCase();
    // RFC 9113 §8.2.2: "An endpoint MUST NOT generate an HTTP/2 message containing connection-specific header fields."
    if (isConnectionField(name)) {
      throw new TypeError(`Cannot set header ${quote(line)}: it has no place in HTTP/2`);
    }
    // RFC 9113 §8.2.1: "A field value MUST NOT start or end with an ASCII whitespace character"
    const trimmed = trimSpaces(value);
    const before = regular.get(name);
    regular.set(name, before === undefined ? trimmed : [before, trimmed].flat());
  }
  // A header may be called __proto__, which is a name like any other where there is no prototype.
  const headers = Object.create(null) as Http2Headers;
  for (const [name, value] of [...Object.entries(pseudo), ...regular]) headers[name] = value;
  return headers;
}
