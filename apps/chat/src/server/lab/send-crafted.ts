// Sends bytes that somebody made up over a TCP connection of their own: a real handshake, then the bytes, then it listens
// and writes everything down. It talks to our own echo and to nobody else; what it keeps, and how long it stays, is bounded.
import { connect, type Socket } from "node:net";
import { encodeClosePayload, encodeFrame, Opcode } from "@ws/frame";
import { type ClientRequest, createRequest, ResponseDecoder, verifyResponse } from "@ws/handshake";
import { toHex } from "../../shared/lab/hex.ts";
import { LabPath } from "../../shared/lab/lab-paths.ts";
import type { TcpEnd, Transcript, TranscriptEntry } from "../../shared/lab/transcript.ts";
import { type OwnAddress, ownUrl } from "./own-address.ts";

export interface SendCraftedOptions {
  readonly own: OwnAddress;
  /** Who asks, for the echo's door; the transcript does not show them. */
  readonly secretHeaders: Readonly<Record<string, string>>;
  /** Whether permessage-deflate is agreed on. */
  readonly compress: boolean;
  readonly bytes: Uint8Array;
  readonly signal: AbortSignal;
}

/** Silence after which we close, and then after which we hang up. */
const QUIET_MS = 250;
const PATIENCE_MS = 1000;
const DEADLINE_MS = 8000;
const MAX_KEPT_BYTES = 64 * 1024;

/** @throws Error when it is called off, or our own server does not shake hands */
export function sendCrafted(options: SendCraftedOptions): Promise<Transcript> {
  return new CraftedExchange(options).transcript;
}

class CraftedExchange {
  readonly transcript: Promise<Transcript>;
  readonly #options: SendCraftedOptions;
  readonly #socket: Socket;
  readonly #request: ClientRequest;
  readonly #startedAt = performance.now();
  readonly #entries: TranscriptEntry[] = [];
  readonly #head = new ResponseDecoder();
  #isOpen = false;
  #keptBytes = 0;
  #leftOutBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SendCraftedOptions) {
    const { own, secretHeaders, compress, signal } = options;
    this.#options = options;
    const path = compress ? LabPath.compressedEcho : LabPath.echo;
    this.#request = createRequest({
      url: ownUrl(own, path),
      headers: secretHeaders,
      ...(compress && { extensions: "permessage-deflate" }),
    });
    this.#socket = connect({ host: own.host, port: own.port, noDelay: true });
    this.transcript = new Promise((resolve, reject) => {
      const deadline = setTimeout(() => end("gave-up"), DEADLINE_MS);
      const finish = (): void => {
        clearTimeout(deadline);
        clearTimeout(this.#timer);
        signal.removeEventListener("abort", onAbort);
        this.#socket.destroy();
      };
      const end = (how: TcpEnd): void => {
        finish();
        const leftOutBytes = this.#leftOutBytes;
        resolve({ entries: this.#entries, leftOutBytes, end: { how, atMs: this.#now() } });
      };
      const fail = (error: Error): void => {
        finish();
        reject(error);
      };
      const onAbort = (): void => fail(new Error("It was called off"));
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      this.#socket.on("connect", () => this.#sayHello());
      this.#socket.on("data", (chunk) => {
        try {
          this.#receive(chunk, () => end("gave-up"));
        } catch (error) {
          fail(error as Error);
        }
      });
      this.#socket.on("end", () => end("fin"));
      this.#socket.on("error", (error) => (this.#isOpen ? end("reset") : fail(error)));
    });
  }

  #sayHello(): void {
    this.#socket.write(this.#request.head);
    this.#note({ direction: "sent", what: "request" }, this.#shownRequest());
  }

  #receive(chunk: Uint8Array, giveUp: () => void): void {
    if (this.#isOpen) {
      this.#note({ direction: "received", what: "frames" }, chunk);
      this.#waitFor(giveUp);
      return;
    }
    const response = this.#head.push(chunk);
    if (response === undefined) return;
    const rest = this.#head.rest;
    this.#note({ direction: "received", what: "response" }, chunk.subarray(0, chunk.length - rest.length));
    const verified = verifyResponse(this.#request, response);
    if (!verified.accepted) throw new Error(`Our own echo refused the handshake: ${verified.message}`);
    this.#isOpen = true;
    this.#socket.write(this.#options.bytes);
    this.#note({ direction: "sent", what: "crafted" }, this.#options.bytes);
    if (rest.length > 0) this.#note({ direction: "received", what: "frames" }, rest);
    this.#waitFor(giveUp);
  }

  /** A server that found nothing wrong would wait for ever: once it is silent, we close as is proper, and then hang up. */
  #waitFor(giveUp: () => void): void {
    clearTimeout(this.#timer);
    const hasClosed = this.#entries.some(({ what }) => what === "close");
    this.#timer = setTimeout(
      () => {
        if (hasClosed) return giveUp();
        const close = encodeFrame("client", Opcode.close, encodeClosePayload(1000));
        this.#socket.write(close);
        this.#note({ direction: "sent", what: "close" }, close);
        this.#waitFor(giveUp);
      },
      hasClosed ? PATIENCE_MS : QUIET_MS,
    );
  }

  #note(entry: Pick<TranscriptEntry, "direction" | "what">, bytes: Uint8Array): void {
    const kept = bytes.subarray(0, MAX_KEPT_BYTES - this.#keptBytes);
    this.#keptBytes += kept.length;
    this.#leftOutBytes += bytes.length - kept.length;
    if (kept.length === 0) return;
    this.#entries.push({ ...entry, atMs: this.#now(), bytes: toHex(kept) } as TranscriptEntry);
  }

  /** The request without what proves who asks: the page is not to see its own cookie. */
  #shownRequest(): Uint8Array {
    const names = Object.keys(this.#options.secretHeaders).map((name) => `${name.toLowerCase()}:`);
    const lines = Buffer.from(this.#request.head).toString("latin1").split("\r\n");
    const shown = lines.map((line) => {
      const name = names.find((candidate) => line.toLowerCase().startsWith(candidate));
      return name === undefined ? line : `${line.slice(0, name.length)} (not shown)`;
    });
    return Buffer.from(shown.join("\r\n"), "latin1");
  }

  #now(): number {
    return performance.now() - this.#startedAt;
  }
}
