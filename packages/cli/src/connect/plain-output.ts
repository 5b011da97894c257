// For pipes: messages on standard output as they came, and nothing else; all that is said about them on standard error.
// Text is a line each. Where standard output is a terminal nevertheless, it is not obeyed.
import type { CloseResult, Message } from "@ws/client";
import { type CommandIo, note, type Palette, paletteFor, write } from "../command-io.ts";
import { frameLine } from "../frames/frame-line.ts";
import type { WatchedFrame } from "../frames/frame-watch.ts";
import { printable } from "../terminal-text.ts";
import { describeClose, type EventOutput, type Opened } from "./event-output.ts";

export class PlainOutput implements EventOutput {
  readonly #io: CommandIo;
  readonly #isBinary: boolean;
  readonly #palette: Palette;

  /** @param isBinary pass every message on as its bytes, with nothing between them */
  constructor(io: CommandIo, isBinary: boolean) {
    this.#io = io;
    this.#isBinary = isBinary;
    this.#palette = paletteFor(io.stderr, io.env);
  }

  opened(_opened: Opened): void {}

  async message(data: Message): Promise<void> {
    const { stdout } = this.#io;
    if (this.#isBinary) return write(stdout, data);
    if (typeof data === "string") return write(stdout, `${stdout.isTTY === true ? printable(data) : data}\n`);
    this.note(`a binary message of ${data.length} bytes is not text: see --binary and --json`);
  }

  frame(frame: WatchedFrame): void {
    note(this.#io.stderr, frameLine(frame, this.#palette));
  }

  pinged(_data: Uint8Array): void {}

  ponged(_data: Uint8Array, _roundTripMs: number | undefined): void {}

  waiting(_attempt: number, delayMs: number, why: string): void {
    this.note(`${why}; connecting again in ${Math.round(delayMs)} ms`);
  }

  note(text: string): void {
    note(this.#io.stderr, printable(text));
  }

  closed(result: CloseResult): void {
    if (!result.wasClean || result.code > 1001) this.note(describeClose(result));
  }
}
