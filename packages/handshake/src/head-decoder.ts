// Bytes → the head of an HTTP/1.1 message, however they are cut into chunks (RFC 9112 §2.1). Each byte is looked at once,
// limits are checked before a byte is kept, and a wrong line fails as soon as it ends. What a start line means is for
// request-decoder.ts and response-decoder.ts; bodies, sockets and deadlines are for others.

import { Buffer } from "node:buffer";
import { isSpaceCode, isFieldValueCode, isToken, trimSpaces } from "./field-text.ts";
import { HandshakeError } from "./handshake-error.ts";
import { HeaderFields } from "./header-fields.ts";
import { quote } from "./quote.ts";

const CR = 0x0d;
const LF = 0x0a;

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

  #line: Buffer = Buffer.alloc(256);
  #lineLength = 0;
  #afterCr = false;
  #headBytes = 0;

  #complete: ((headers: HeaderFields) => Head) | undefined;
  readonly #fields: [string, string][] = [];

  #state: "reading" | "done" | "failed" = "reading";
  #failure: unknown;
  #rest: Uint8Array = new Uint8Array(0);

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
    for (let i = 0; i < chunk.length; i++) {
      if (this.#headBytes === this.#maxHeaderBytes) throw this.#tooLarge();
      this.#headBytes++;
      const byte = chunk[i] as number;
      if (this.#afterCr) {
        if (byte !== LF) throw new HandshakeError("MALFORMED_LINE", 400, "a CR is not followed by LF");
        this.#afterCr = false;
        const head = this.#endLine();
        if (head === undefined) continue;
        this.#state = "done";
        this.#rest = chunk.subarray(i + 1);
        return head;
      }
      if (byte === CR) this.#afterCr = true;
      else this.#keep(byte);
    }
    return undefined;
  }

  #keep(byte: number): void {
    // RFC 9112 §2.2 lets a recipient take a single LF as a line end. Two parsers that disagree on this are how requests
    // are smuggled, and no WebSocket client sends it: refused, like every other control character.
    if (!isFieldValueCode(byte)) {
      const hex = byte.toString(16).padStart(2, "0");
      throw new HandshakeError("MALFORMED_LINE", 400, `a line holds the control character 0x${hex}`);
    }
    if (this.#lineLength === this.#line.length) {
      const grown = Buffer.alloc(this.#line.length * 2);
      grown.set(this.#line);
      this.#line = grown;
    }
    this.#line[this.#lineLength++] = byte;
  }

  #endLine(): Head | undefined {
    const line = this.#line.toString("latin1", 0, this.#lineLength);
    this.#lineLength = 0;
    if (this.#complete === undefined) {
      if (line === "" && this.#kind.skipsLeadingEmptyLines) return undefined;
      this.#complete = this.#kind.parseStartLine(line);
      return undefined;
    }
    if (line === "") return this.#complete(new HeaderFields(this.#fields));
    if (this.#fields.length === this.#maxHeaderCount) {
      const reason = `it has more header fields than maxHeaderCount, which is ${this.#maxHeaderCount}`;
      throw new HandshakeError("TOO_MANY_HEADERS", 431, reason);
    }
    this.#fields.push(parseFieldLine(line));
    return undefined;
  }

  #tooLarge(): HandshakeError {
    if (this.#complete === undefined) return this.#kind.startLineTooLong(this.#maxHeaderBytes);
    const reason = `it has more bytes than maxHeaderBytes, which is ${this.#maxHeaderBytes}`;
    return new HandshakeError("HEAD_TOO_LARGE", 431, reason);
  }
}

function parseFieldLine(line: string): [string, string] {
  // RFC 9112 §5.2: "A sender MUST NOT generate a message that includes line folding"
  if (isSpaceCode(line.charCodeAt(0))) {
    throw new HandshakeError("MALFORMED_HEADER", 400, `a header line starts with whitespace: ${quote(line)}`);
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
  return [name, trimSpaces(line.slice(colon + 1))];
}

function positiveInteger(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`Cannot limit heads: ${option} must be a positive integer, not ${value}`);
}
