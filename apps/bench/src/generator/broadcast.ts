// One connection asks, all get the answer; when the last has it, it asks again.
import { setTimeout as sleep } from "node:timers/promises";
import type { Load } from "../loads/load.ts";
import { payloadOf } from "../loads/payload.ts";
import { askEvent, askFrame, eventOf, frameOf, Opcode } from "../wire/frame.ts";
import { inTurns, openChannel } from "../wire/open.ts";
import type { Channel, Target } from "../wire/target.ts";
import { CompressedReplies, CompressedText } from "./compressed-replies.ts";
import { Driver } from "./driver.ts";
import { ExactReplies, ExpectedText, type Replies } from "./replies.ts";

const SETTLE_MS = 200;

export class BroadcastDriver extends Driver {
  readonly #load: Load;
  readonly #target: Target;
  readonly #channels: Channel[] = [];
  readonly #repliesOf: () => Replies;
  #askedAt = 0;
  /** Deliveries that this round still owes. */
  #due = 0;

  constructor(load: Load, target: Target) {
    super();
    this.#load = load;
    this.#target = target;
    const payload = payloadOf(load, 0);
    if (load.compression === undefined) {
      const message = target.wire === "socket.io" ? eventOf("message", payload.toString()) : payload;
      const expected = new ExpectedText([frameOf(load.text ? Opcode.text : Opcode.binary, message)]);
      this.#repliesOf = () => new ExactReplies(expected);
    } else {
      const text = new CompressedText([payload], false);
      this.#repliesOf = () => new CompressedReplies(text);
    }
  }

  async start(): Promise<void> {
    await inTurns(this.#load.connections, (index) => this.#open(index));
    // TCP alone is open before the server has heard of it.
    if (this.#target.wire === "raw") await sleep(SETTLE_MS);
    this.#ask();
  }

  async #open(index: number): Promise<void> {
    const replies = this.#repliesOf();
    const channel = await openChannel(this.#target, index, {
      onBytes: (chunk) => this.#onBytes(replies, chunk),
      onEnd: (error) => this.fail(error ?? new Error("A connection ended")),
    });
    this.#channels.push(channel);
  }

  #onBytes(replies: Replies, chunk: Buffer): void {
    if (this.isStopped || this.failure !== undefined) return;
    try {
      const delivered = replies.take(chunk);
      this.count += delivered;
      this.#due -= delivered;
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    if (this.#due > 0) return;
    if (this.#due < 0) {
      this.fail(new Error("More was delivered than was sent"));
      return;
    }
    this.latencies.record(performance.now() - this.#askedAt);
    this.#ask();
  }

  #ask(): void {
    this.#due = this.#load.perTick! * this.#channels.length;
    this.#askedAt = performance.now();
    this.#channels[0]!.write(this.#target.wire === "socket.io" ? askEvent : askFrame);
  }

  protected release(): void {
    for (const channel of this.#channels) channel.destroy();
  }
}
