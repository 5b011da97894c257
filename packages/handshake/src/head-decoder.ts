// Bytes → the head of an HTTP/1.1 message, however they are cut into chunks (RFC 9112 §2.1). Each byte is looked at once,
// limits are checked before a byte is kept, and a wrong line fails as soon as it ends. Lines are read out of the chunk
// itself; what a chunk begins and does not end is kept. What a start line means is for
// request-decoder.ts and response-decoder.ts; bodies, sockets and deadlines are for others.

import { Buffer } from "node:buffer";
import { fieldValueLength, isSpaceCode, isToken, trimSpaces } from "./field-text.ts";
import { HandshakeError } from "./handshake-error.ts";
import { HeaderFields } from "./header-fields.ts";
import { quote } from "./quote.ts";

const CR = 0x0d;
const LF = 0x0a;
const NOTHING = Buffer.alloc(0);

/** Bounds of one head; what lies behind the empty line does not count. */
export interface HeadLimits {
  /** Bytes of the whole head, line ends and the empty line included. Default 16384 (16 KiB). */
  readonly maxHeaderBytes?: number;
  /** Header fields. Default 100. */
  readonly maxHeaderCount?: number;
}

/** What requests and responses do differently. */
export interface HeadKind<Head> {
  /** Throws a HandshakeError, or returns what completes the head once the fields are known. */
  parseStartLine(line: string): (headers: HeaderFields) => Head;
  readonly skipsLeadingEmptyLines: boolean;
  startLineTooLong(maxHeaderBytes: number): HandshakeError;
}

export class HeadDecoder<Head> {
  readonly #kind: HeadKind<Head>;
  readonly #maxHeaderBytes: number;
  readonly #maxHeaderCount: number;

  /** Of a line that began in an earlier chunk, without its CR. */
  #line = NOTHING;
  #lineLength = 0;
  #afterCr = false;
  #headBytes = 0;

  #complete: ((headers: HeaderFields) => Head) | undefined;
  /** Name, value, name, value… */
  readonly #fields: string[] = [];

  #state: "reading" | "done" | "failed" = "reading";
  #failure: unknown;
  #rest: Uint8Array = NOTHING;

  constructor(kind: HeadKind<Head>, limits: HeadLimits) {
    this.#kind = kind;
    this.#maxHeaderBytes = positiveInteger("maxHeaderBytes", limits.maxHeaderBytes ?? 16_384);
    this.#maxHeaderCount = positiveInteger("maxHeaderCount", limits.maxHeaderCount ?? 100);
  }

  /**
   * The bytes behind the head, as a view of the chunk that completed it: what the peer sent right after its head, often
   * the first frames. Empty until the head is complete.
   */
  get rest(): Uint8Array {
    return this.#rest;
  }

  /**
   * Takes the next bytes and returns the head once its empty line has arrived, undefined before. Keeps no reference to
   * the chunk, except through {@link rest}.
   *
   * @throws HandshakeError when the bytes are no head or cross a limit; every later call throws it again.
   * @throws TypeError when the head was already complete.
   */
  push(chunk: Uint8Array): Head | undefined {
    if (this.#state === "failed") throw this.#failure;
    if (this.#state === "done") throw new TypeError("Cannot push into head decoder: its head is complete");
    try {
      return this.#read(chunk);
    } catch (error) {
      this.#state = "failed";
      this.#failure = error;
      throw error;
    }
  }

  #read(chunk: Uint8Array): Head | undefined {
    const bytes = Buffer.isBuffer(chunk)
      ? chunk
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const end = Math.min(bytes.length, this.#maxHeaderBytes - this.#headBytes);
    let start = 0;
    while (start < end) {
      const lineFeed = bytes.indexOf(LF, start);
      if (lineFeed === -1 || lineFeed >= end) {
        this.#keep(this.#checked(bytes.toString("latin1", start, end), false));
        break;
      }
      const head = this.#endLine(this.#checked(bytes.toString("latin1", start, lineFeed), true));
      start = lineFeed + 1;
      if (head === undefined) continue;
      this.#state = "done";
      this.#rest = chunk.subarray(start);
      return head;
    }
    this.#headBytes += end;
    if (end < bytes.length) throw this.#tooLarge();
    return undefined;
  }

  /**
   * What a chunk has of a line, without the CR at its end.
   *
   * @param isEnded whether an LF follows
   */
  #checked(part: string, isEnded: boolean): string {
    const text = this.#afterCr ? `\r${part}` : part;
    const length = fieldValueLength(text);
    const next = length < text.length ? text.charCodeAt(length) : LF;
    const hasCr = next === CR && length === text.length - 1;
    this.#afterCr = hasCr && !isEnded;
    if (hasCr) return text.slice(0, length);
    if (length === text.length && !isEnded) return text;
    if (next === CR) throw new HandshakeError("MALFORMED_LINE", 400, "a CR is not followed by LF");
    // RFC 9112 §2.2 lets a recipient take a single LF as a line end. Two parsers that disagree on this are how requests
    // are smuggled, and no WebSocket client sends it: refused, like every other control character.
    const hex = next.toString(16).padStart(2, "0");
    throw new HandshakeError("MALFORMED_LINE", 400, `a line holds the control character 0x${hex}`);
  }

  #keep(part: string): void {
    const length = this.#lineLength + part.length;
    if (length > this.#line.length) {
      const grown = Buffer.alloc(Math.max(256, 2 * length));
      grown.set(this.#line.subarray(0, this.#lineLength));
      this.#line = grown;
    }
    this.#line.write(part, this.#lineLength, "latin1");
    this.#lineLength = length;
  }

  #endLine(end: string): Head | undefined {
    const line = this.#lineLength === 0 ? end : this.#line.toString("latin1", 0, this.#lineLength) + end;
    this.#lineLength = 0;
    if (this.#complete === undefined) {
      if (line === "" && this.#kind.skipsLeadingEmptyLines) return undefined;
      this.#complete = this.#kind.parseStartLine(line);
      return undefined;
    }
    if (line === "") return this.#complete(HeaderFields.fromRaw(this.#fields));
    if (this.#fields.length === 2 * this.#maxHeaderCount) {
      const reason = `it has more header fields than maxHeaderCount, which is ${this.#maxHeaderCount}`;
      throw new HandshakeError("TOO_MANY_HEADERS", 431, reason);
    }
    this.#addField(line);
    return undefined;
  }

  #addField(line: string): void {
    // RFC 9112 §5.2: "A sender MUST NOT generate a message that includes line folding"
    if (isSpaceCode(line.charCodeAt(0))) {
      throw new HandshakeError(
        "MALFORMED_HEADER",
        400,
        `a header line starts with whitespace: ${quote(line)}`,
      );
    }
    const colon = line.indexOf(":");
    if (colon === -1) {
      throw new HandshakeError("MALFORMED_HEADER", 400, `a header line has no colon: ${quote(line)}`);
    }
    const name = line.slice(0, colon);
    // RFC 9112 §5.1: "No whitespace is allowed between the field name and colon"
    if (!isToken(name)) {
      throw new HandshakeError("MALFORMED_HEADER", 400, `a header name is not a token: ${quote(name)}`);
    }
    this.#fields.push(name, trimSpaces(line.slice(colon + 1)));
  }

  #tooLarge(): HandshakeError {
    if (this.#complete === undefined) return this.#kind.startLineTooLong(this.#maxHeaderBytes);
    const reason = `it has more bytes than maxHeaderBytes, which is ${this.#maxHeaderBytes}`;
    return new HandshakeError("HEAD_TOO_LARGE", 431, reason);
  }
}

function positiveInteger(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`Cannot limit heads: ${option} must be a positive integer, not ${value}`);
}
