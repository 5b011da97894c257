// Connections that come and go: handshake, closing handshake, end of TCP; then the next.
import type { Load } from "../loads/load.ts";
import { closeFrame } from "../wire/frame.ts";
import { openChannel } from "../wire/open.ts";
import type { Channel, Target } from "../wire/target.ts";
import { Driver } from "./driver.ts";

/** The first octets of an unmasked close frame with code 1000; some servers add no reason, none may add another code. */
const CLOSED = Buffer.of(0x03, 0xe8);

export class HandshakeDriver extends Driver {
  readonly #load: Load;
  readonly #target: Target;
  readonly #open = new Set<Channel>();
  #index = 0;

  constructor(load: Load, target: Target) {
    super();
    this.#load = load;
    this.#target = target;
  }

  async start(): Promise<void> {
    await this.#once();
    for (let i = 0; i < this.#load.inFlight; i++) void this.#loop();
  }

  async #loop(): Promise<void> {
    try {
      while (!this.isStopped && this.failure === undefined) await this.#once();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  async #once(): Promise<void> {
    const begun = performance.now();
    let received = Buffer.alloc(0);
    let onEnd!: () => void;
    const ended = new Promise<void>((resolve) => {
      onEnd = resolve;
    });
    const channel = await openChannel(this.#target, this.#index++, {
      onBytes: (chunk) => {
        received = Buffer.concat([received, chunk]);
      },
      onEnd,
    });
    this.#open.add(channel);
    if (this.isStopped) channel.destroy();
    channel.write(closeFrame);
    await ended;
    this.#open.delete(channel);
    if (this.isStopped) return;
    if (received[0] !== 0x88 || !received.subarray(2, 4).equals(CLOSED))
      throw new Error(`The answer to a close frame is ${received.toString("hex") || "nothing"}`);
    this.latencies.record(performance.now() - begun);
    this.count++;
  }

  protected release(): void {
    for (const channel of this.#open) channel.destroy();
  }
}
