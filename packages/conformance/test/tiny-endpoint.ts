// A WebSocket endpoint of the simplest kind, for either role, that echoes. Honest by default: the suite finds nothing
// wrong with it. Each fault makes it break one rule, so that a test can show that the suite notices.
import { createHash, randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { inspectUtf8 } from "../src/wire/utf8.ts";

export type Fault =
  | "accepts unmasked"
  | "accepts masked"
  | "accepts RSV"
  | "echoes RSV"
  | "accepts reserved opcodes"
  | "accepts long lengths"
  | "accepts long control frames"
  | "accepts fragmented control frames"
  | "accepts lone continuations"
  | "accepts any close"
  | "validates late"
  | "never validates"
  | "strips BOM"
  | "ignores pings"
  | "answers pings late"
  | "wrong pong payload"
  | "reverses pongs"
  | "closes with 1000"
  | "closes with 1011"
  | "drops"
  | "never closes TCP"
  | "closes TCP first"
  | "echoes after close"
  | "closes twice"
  | "ignores close"
  | "sends long lengths"
  | "fragments pongs"
  | "masks wrongly"
  | "one masking key"
  | "counting masking keys"
  | "text as binary"
  | "loses the last octet"
  | "uses a larger window"
  | "keeps its context"
  | "limit of 1000 bytes";

export interface TinyOptions {
  readonly role: "server" | "client";
  readonly faults?: readonly Fault[];
  /** permessage-deflate was agreed, with these bits and takeover for what we send, and takeover for what we receive. */
  readonly deflate?:
    | { readonly windowBits: number; readonly takeover: boolean; readonly takeoverOfPeer: boolean }
    | undefined;
}

export class TinyEndpoint {
  readonly #socket: Duplex;
  readonly #server: boolean;
  readonly #faults: ReadonlySet<Fault>;
  readonly #deflate: TinyOptions["deflate"];
  #buffer: Buffer = Buffer.alloc(0);
  #opcode = 0;
  #compressed = false;
  #parts: Buffer[] = [];
  #pongs: Buffer[] = [];
  #failed = false;
  #closed = false;
  #key = 0x01020304;
  #inWindow: Buffer = Buffer.alloc(0);
  #outWindow: Buffer = Buffer.alloc(0);

  constructor(socket: Duplex, { role, faults = [], deflate }: TinyOptions) {
    this.#socket = socket;
    this.#server = role === "server";
    this.#faults = new Set(faults);
    this.#deflate = deflate;
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
  }

  receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    while (!this.#failed && this.#take());
    if (this.#pongs.length > 0) {
      const pongs = this.#has("reverses pongs") ? this.#pongs.toReversed() : this.#pongs;
      for (const payload of pongs) this.#send(0xa, payload);
      this.#pongs = [];
    }
  }

  #has(fault: Fault): boolean {
    return this.#faults.has(fault);
  }

  /** One frame off the buffer, or a failure, or `false` for want of bytes. */
  #take(): boolean {
    const bytes = this.#buffer;
    if (bytes.length < 2) return false;
    const [first, second] = bytes as unknown as [number, number];
    const fin = first >= 0x80;
    const rsv = (first >> 4) & 7;
    const opcode = first & 0xf;
    const masked = second >= 0x80;
    const short = second & 0x7f;
    const problem = this.#headerProblem(fin, rsv, opcode, masked, short);
    if (problem) return this.#fail(1002);

    const keyAt = short === 127 ? 10 : short === 126 ? 4 : 2;
    const head = keyAt + (masked ? 4 : 0);
    if (bytes.length < head) return false;
    const length =
      short === 127
        ? bytes.readBigUInt64BE(2)
        : short === 126
          ? BigInt(bytes.readUInt16BE(2))
          : BigInt(short);
    if (!this.#has("accepts long lengths") && short > 125 && length < (short === 126 ? 126n : 65_536n))
      return this.#fail(1002);
    if (length > 0x7fffffffffffffffn) return this.#fail(1002);
    if (length > (this.#has("limit of 1000 bytes") ? 1000n : 2n ** 25n)) return this.#fail(1009);

    const there = bytes.subarray(head, head + Number(length));
    const payload = Buffer.from(there);
    if (masked)
      for (let i = 0; i < payload.length; i++)
        payload[i] = (payload[i] as number) ^ (bytes[keyAt + (i & 3)] as number);
    if (opcode < 8 && !this.#textIsFine(opcode, rsv, payload, fin && payload.length === Number(length)))
      return this.#fail(1007);
    if (there.length < Number(length)) return false;

    this.#buffer = bytes.subarray(head + Number(length));
    return opcode >= 8 ? this.#control(opcode, payload, fin) : this.#data(opcode, rsv, fin, payload);
  }

  #headerProblem(fin: boolean, rsv: number, opcode: number, masked: boolean, short: number): boolean {
    const mid = this.#parts.length > 0;
    const mayRsv1 = this.#deflate !== undefined && (opcode === 1 || opcode === 2);
    if ((mayRsv1 ? rsv & 3 : rsv) !== 0 && !this.#has("accepts RSV") && !this.#has("echoes RSV")) return true;
    if (this.#server && !masked && !this.#has("accepts unmasked")) return true;
    if (!this.#server && masked && !this.#has("accepts masked")) return true;
    if (![0, 1, 2, 8, 9, 10].includes(opcode) && !this.#has("accepts reserved opcodes")) return true;
    if (opcode >= 8) {
      if (short > 125 && !this.#has("accepts long control frames") && !this.#has("accepts long lengths"))
        return true;
      return !fin && !this.#has("accepts fragmented control frames");
    }
    if (this.#has("accepts lone continuations")) return false;
    return (opcode === 0) !== mid;
  }

  #textIsFine(opcode: number, rsv: number, payload: Buffer, whole: boolean): boolean {
    const type = opcode === 0 ? this.#opcode : opcode;
    if (type !== 1 || this.#has("never validates")) return true;
    if (opcode === 0 ? this.#compressed : (rsv & 4) !== 0 && this.#deflate !== undefined) return true;
    if (this.#has("validates late") && !whole) return true;
    const { invalidAt, truncated } = inspectUtf8(
      Buffer.concat([...(opcode === 0 ? this.#parts : []), payload]),
    );
    return invalidAt === undefined && !(whole && truncated);
  }

  #data(opcode: number, rsv: number, fin: boolean, payload: Buffer): boolean {
    if (opcode !== 0) {
      this.#opcode = opcode;
      this.#compressed = this.#deflate !== undefined && (rsv & 4) !== 0;
    }
    this.#parts.push(payload);
    if (!fin) return true;
    let whole: Buffer = Buffer.concat(this.#parts);
    this.#parts = [];
    if (this.#compressed) {
      try {
        whole = this.#inflate(whole);
      } catch {
        return this.#fail(1007);
      }
      if (this.#opcode === 1 && inspectUtf8(whole).invalidAt !== undefined) return this.#fail(1007);
    }
    if (this.#closed) {
      if (this.#has("echoes after close")) this.#write(this.#opcode, whole);
      return true;
    }
    this.#echo(whole, rsv);
    return true;
  }

  #echo(whole: Buffer, rsv: number): void {
    let out = whole;
    if (this.#has("strips BOM") && out.subarray(0, 3).equals(Buffer.from("efbbbf", "hex")))
      out = out.subarray(3);
    if (this.#has("loses the last octet") && out.length > 1000) out = out.subarray(0, -1);
    const opcode = this.#has("text as binary") ? 2 : this.#opcode;
    if (this.#compressed) this.#send(opcode, this.#compress(out), 4);
    else this.#send(opcode, out, this.#has("echoes RSV") ? rsv : 0);
  }

  #control(opcode: number, payload: Buffer, _fin: boolean): boolean {
    if (opcode === 9 && !this.#has("ignores pings") && !this.#closed) {
      if (this.#has("answers pings late") && this.#parts.length > 0) return true;
      this.#pongs.push(this.#has("wrong pong payload") ? Buffer.from("pong") : payload);
    }
    if (opcode !== 8 || this.#closed) return true;
    if (this.#has("ignores close")) return true;
    if (!this.#has("accepts any close")) {
      const code = payload.length >= 2 ? payload.readUInt16BE(0) : undefined;
      if (payload.length === 1 || (code !== undefined && !legalCode(code))) return this.#fail(1002);
      const { invalidAt, truncated } = inspectUtf8(payload.subarray(2));
      if (invalidAt !== undefined || truncated) return this.#fail(1007);
    }
    this.#send(8, payload.subarray(0, 2));
    if (this.#has("closes twice")) this.#write(8, payload.subarray(0, 2));
    this.#closed = true;
    if ((this.#server || this.#has("closes TCP first")) && !this.#has("never closes TCP")) this.#socket.end();
    return true;
  }

  #fail(code: number): false {
    this.#failed = true;
    if (this.#has("closes with 1000")) code = 1000;
    if (this.#has("closes with 1011")) code = 1011;
    if (!this.#has("drops")) this.#send(8, Buffer.from([code >> 8, code & 255]));
    this.#closed = true;
    if (!this.#has("never closes TCP")) this.#socket.end();
    return false;
  }

  #send(opcode: number, payload: Buffer, rsv = 0): void {
    if (!this.#closed) this.#write(opcode, payload, rsv);
  }

  #write(opcode: number, payload: Buffer, rsv = 0): void {
    if (!this.#socket.writable) return;
    const long = this.#has("sends long lengths");
    const size = payload.length < 126 && !long ? 0 : payload.length < 65_536 ? 2 : 8;
    const masked = this.#server === this.#has("masks wrongly");
    const head = Buffer.alloc(2 + size);
    const fin = !(opcode === 10 && this.#has("fragments pongs"));
    head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
    head[1] = (masked ? 0x80 : 0) | (size === 0 ? payload.length : size === 2 ? 126 : 127);
    if (size === 2) head.writeUInt16BE(payload.length, 2);
    if (size === 8) head.writeBigUInt64BE(BigInt(payload.length), 2);
    const key = masked ? this.#nextKey() : Buffer.alloc(0);
    const body = masked ? Buffer.from(payload.map((octet, i) => octet ^ (key[i & 3] as number))) : payload;
    this.#socket.write(Buffer.concat([head, key, body]));
  }

  #nextKey(): Buffer {
    if (!this.#has("one masking key") && !this.#has("counting masking keys")) return randomBytes(4);
    const key = Buffer.alloc(4);
    key.writeUInt32BE(this.#key);
    if (this.#has("counting masking keys")) this.#key++;
    return key;
  }

  #inflate(payload: Buffer): Buffer {
    const whole = inflateRawSync(Buffer.concat([payload, Buffer.from([0, 0, 255, 255])]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#inWindow.length > 0 && { dictionary: this.#inWindow }),
    });
    if (this.#deflate?.takeoverOfPeer === false) return whole;
    this.#inWindow = Buffer.from(Buffer.concat([this.#inWindow, whole]).subarray(-32_768));
    return whole;
  }

  #compress(payload: Buffer): Buffer {
    const { windowBits, takeover } = this.#deflate ?? { windowBits: 15, takeover: true };
    const bytes = deflateRawSync(payload, {
      finishFlush: constants.Z_SYNC_FLUSH,
      windowBits: this.#has("uses a larger window") ? 15 : Math.max(9, windowBits),
      ...(this.#outWindow.length > 0 && { dictionary: this.#outWindow }),
    });
    if (takeover || this.#has("keeps its context")) {
      this.#outWindow = Buffer.from(Buffer.concat([this.#outWindow, payload]).subarray(-(2 ** windowBits)));
    }
    return bytes.subarray(0, -4);
  }
}

function legalCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code < 5000)
  );
}

export function acceptFor(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}
