// One JSON object a line for each event, on standard output: for programs. Bytes are base64, times milliseconds since 1970.
import type { CloseResult, Message } from "@ws/client";
import { type CommandIo, write } from "../command-io.ts";
import { frameObject } from "../frames/frame-line.ts";
import type { WatchedFrame } from "../frames/frame-watch.ts";
import type { EventOutput, Opened } from "./event-output.ts";
import { jsonLine } from "../terminal-text.ts";

export class JsonOutput implements EventOutput {
  readonly #io: CommandIo;

  constructor(io: CommandIo) {
    this.#io = io;
  }

  opened({ url, protocol, extensions }: Opened): void {
    this.#tell("open", { url, protocol, extensions });
  }

  message(data: Message): Promise<void> {
    const body = typeof data === "string" ? { type: "text", data } : { type: "binary", base64: base64(data) };
    return this.#write("message", body);
  }

  frame(frame: WatchedFrame): void {
    this.#tell("frame", frameObject(frame));
  }

  pinged(data: Uint8Array): void {
    this.#tell("ping", { base64: base64(data) });
  }

  ponged(data: Uint8Array, roundTripMs: number | undefined): void {
    this.#tell("pong", { base64: base64(data), ...(roundTripMs !== undefined && { roundTripMs }) });
  }

  waiting(attempt: number, delayMs: number, why: string): void {
    this.#tell("reconnecting", { attempt, delayMs, why });
  }

  note(text: string): void {
    this.#tell("note", { text });
  }

  closed({ code, reason, wasClean, error }: CloseResult): void {
    this.#tell("close", { code, reason, wasClean, ...(error !== undefined && { error: error.message }) });
  }

  #tell(event: string, body: Record<string, unknown>): void {
    // A reader that has left is noticed where a message is written.
    this.#write(event, body).catch(() => {});
  }

  #write(event: string, body: Record<string, unknown>): Promise<void> {
    return write(this.#io.stdout, jsonLine({ event, time: Date.now(), ...body }));
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
