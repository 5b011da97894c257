// For people: everything on one screen, above the line that is being typed. What the peer sent is shown, never obeyed.
import type { CloseResult, Message } from "@ws/client";
import { type CommandIo, note, type Palette, paletteFor } from "../command-io.ts";
import { frameLine } from "../frames/frame-line.ts";
import type { WatchedFrame } from "../frames/frame-watch.ts";
import { hexPreview, printable, printableLine } from "../terminal-text.ts";
import { describeClose, type EventOutput, type Opened } from "./event-output.ts";

/** So much of a binary message is shown. */
const SHOWN_BYTES = 256;

/** The line that is being typed, which others write above. */
export interface Prompt {
  clear(): void;
  draw(): void;
}

export class ScreenOutput implements EventOutput {
  showsFrames: boolean;
  /** What is being typed, once somebody types. */
  prompt: Prompt | undefined;
  readonly palette: Palette;
  readonly #io: CommandIo;
  /** Pings that somebody typed and wants to see answered: those of keep-alive are not shown. */
  #awaitedPongs = 0;

  constructor(io: CommandIo, showsFrames: boolean) {
    this.#io = io;
    this.showsFrames = showsFrames;
    this.palette = paletteFor(io.stdout, io.env);
  }

  opened({ url, protocol, extensions }: Opened): void {
    const agreed = [protocol, extensions].filter((text) => text !== "").join("; ");
    this.note(`connected to ${url}${agreed === "" ? "" : ` (${agreed})`}; /help lists the commands`);
  }

  message(data: Message): Promise<void> {
    const text =
      typeof data === "string"
        ? printable(data)
        : `binary, ${data.length} bytes: ${hexPreview(data, SHOWN_BYTES)}`;
    this.line(`${this.palette.cyan("<")} ${text}`);
    return Promise.resolve();
  }

  frame(frame: WatchedFrame): void {
    if (this.showsFrames) this.line(frameLine(frame, this.palette));
  }

  pinged(data: Uint8Array): void {
    this.note(data.length === 0 ? "ping" : `ping ${printableLine(new TextDecoder().decode(data))}`);
  }

  ponged(_data: Uint8Array, roundTripMs: number | undefined): void {
    if (this.#awaitedPongs === 0) return;
    this.#awaitedPongs--;
    this.note(roundTripMs === undefined ? "pong" : `pong after ${roundTripMs.toFixed(1)} ms`);
  }

  awaitPong(): void {
    this.#awaitedPongs++;
  }

  waiting(_attempt: number, delayMs: number, why: string): void {
    this.note(`${why}; connecting again in ${Math.round(delayMs)} ms`);
  }

  note(text: string): void {
    this.line(this.palette.dim(printable(text)));
  }

  closed(result: CloseResult): void {
    this.note(describeClose(result));
  }

  /** Writes a line above the prompt. */
  line(text: string): void {
    this.prompt?.clear();
    note(this.#io.stdout, text);
    this.prompt?.draw();
  }
}
