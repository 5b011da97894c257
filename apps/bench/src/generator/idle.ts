// Connections that are opened in portions and stay; where they compress, each has sent and got one message.
import type { Load } from "../loads/load.ts";
import { payloadOf } from "../loads/payload.ts";
import { frameOf, maskKeyOf, Opcode } from "../wire/frame.ts";
import { inTurns, openChannel } from "../wire/open.ts";
import type { Channel, Target } from "../wire/target.ts";
import { CompressedReplies, CompressedText } from "./compressed-replies.ts";
import { Driver } from "./driver.ts";

export class IdleDriver extends Driver {
  readonly #target: Target;
  readonly #channels: Channel[] = [];
  readonly #text: CompressedText | undefined;

  constructor(load: Load, target: Target) {
    super();
    this.#target = target;
    if (load.compression !== undefined) this.#text = new CompressedText([payloadOf(load, 0)], false);
  }

  async start(): Promise<void> {}

  /** So many more. */
  async open(count: number): Promise<void> {
    await inTurns(count, (index) => this.#open(index), this.#channels.length);
    if (this.failure !== undefined) throw this.failure;
  }

  async #open(index: number): Promise<void> {
    const replies = this.#text && new CompressedReplies(this.#text);
    let onReply!: () => void;
    const replied = new Promise<void>((resolve) => {
      onReply = resolve;
    });
    const channel = await openChannel(this.#target, index, {
      onBytes: (chunk) => {
        if (replies === undefined) this.fail(new Error("Something came without being asked for"));
        else if (replies.take(chunk) > 0) onReply();
      },
      onEnd: (error) => this.fail(error ?? new Error("A connection ended")),
    });
    this.#channels.push(channel);
    this.count++;
    if (this.#text === undefined) return;
    const [message] = this.#text.compress();
    channel.write(frameOf(Opcode.binary, message!, { maskKey: maskKeyOf(0), rsv1: true }));
    await replied;
  }

  protected release(): void {
    for (const channel of this.#channels) channel.destroy();
  }
}
