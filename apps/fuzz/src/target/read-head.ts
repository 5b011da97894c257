// Drives a decoder of heads: chunks in; a head, an error or nothing out, and what lay behind the head.
import { HandshakeError, type HeaderFields, type HeadLimits } from "@ws/handshake";
import { cutInto, toHex } from "../bytes.ts";
import { check } from "../oracle/finding.ts";

export interface HeadDecoderUnderTest<Head> {
  readonly rest: Uint8Array;
  push(chunk: Uint8Array): Head | undefined;
}

/** What came of the bytes. */
export interface ReadHead<Head> {
  readonly head: Head | undefined;
  readonly error: HandshakeError | undefined;
  /** What has not been read of the input. */
  readonly rest: Uint8Array;
}

const STATUSES: Readonly<Record<string, number>> = {
  MALFORMED_LINE: 400,
  MALFORMED_START_LINE: 400,
  MALFORMED_HEADER: 400,
  UNSUPPORTED_HTTP_VERSION: 505,
  TARGET_TOO_LONG: 414,
  HEAD_TOO_LARGE: 431,
  TOO_MANY_HEADERS: 431,
};

export function readHead<Head extends { readonly headers: HeaderFields }>(
  decoder: HeadDecoderUnderTest<Head>,
  input: Uint8Array,
  cut: readonly number[],
  { maxHeaderBytes = 16_384, maxHeaderCount = 100 }: HeadLimits,
): ReadHead<Head> {
  let at = 0;
  for (const chunk of cutInto(input, cut)) {
    at += chunk.length;
    try {
      const head = decoder.push(chunk);
      if (head === undefined) continue;
      const rest = new Uint8Array([...decoder.rest, ...input.subarray(at)]);
      const fields = [...head.headers];
      check(
        "invariant",
        fields.length <= maxHeaderCount,
        `${fields.length} fields: maxHeaderCount is ${maxHeaderCount}`,
      );
      const size = input.length - rest.length;
      check(
        "invariant",
        size <= maxHeaderBytes,
        `a head of ${size} bytes: maxHeaderBytes is ${maxHeaderBytes}`,
      );
      for (const [name, value] of fields) {
        const line = name + value;
        check("invariant", !/[\r\n\0]/.test(line), `a field holds a line break: ${JSON.stringify(line)}`);
      }
      return { head, error: undefined, rest };
    } catch (thrown) {
      if (!(thrown instanceof HandshakeError)) throw thrown;
      check(
        "invariant",
        STATUSES[thrown.code] === thrown.status,
        `${thrown.code} has the status ${thrown.status}`,
      );
      checkStaysFailed(decoder, thrown);
      return { head: undefined, error: thrown, rest: new Uint8Array(0) };
    }
  }
  return { head: undefined, error: undefined, rest: new Uint8Array(0) };
}

/** A head in short: all that is in it, to be compared. */
export function shortenHead(read: ReadHead<{ readonly headers: HeaderFields }>): unknown {
  if (read.head === undefined) return read.error && [read.error.code, read.error.message];
  const { headers, ...start } = read.head;
  return [start, [...headers], toHex(read.rest)];
}

function checkStaysFailed(decoder: HeadDecoderUnderTest<unknown>, error: HandshakeError): void {
  let again: unknown;
  try {
    decoder.push(Uint8Array.of(0x0d));
  } catch (thrown) {
    again = thrown;
  }
  check("invariant", again === error, "after an error the decoder went on");
}
