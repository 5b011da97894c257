// What a measured client does, whoever's it is: keeps so many messages under way on each connection, and compares all that
// comes back with what went out.
import { Latencies } from "../generator/latencies.ts";
import type { Load } from "../loads/load.ts";
import { differentMessages, payloadOf } from "../loads/payload.ts";
import type { PeerModule, Send } from "./peer.ts";

export class ClientDrive {
  readonly latencies: Latencies = new Latencies();
  count = 0;
  readonly #load: Load;
  readonly #connect: NonNullable<PeerModule["connect"]>;
  readonly #messages: readonly Buffer[];
  #failure: Error | undefined;

  constructor(load: Load, connect: NonNullable<PeerModule["connect"]>) {
    this.#load = load;
    this.#connect = connect;
    this.#messages = Array.from({ length: differentMessages(load) }, (_, i) => payloadOf(load, i));
  }

  async start(url: string): Promise<void> {
    for (let i = 0; i < this.#load.connections; i++) await this.#open(url);
  }

  assertSound(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #open(url: string): Promise<void> {
    const messages = this.#messages;
    const { inFlight } = this.#load;
    const sentAt = new Float64Array(inFlight);
    let sent = 0;
    let answered = 0;
    const next = (send: Send): void => {
      sentAt[sent % inFlight] = performance.now();
      send(messages[sent++ % messages.length]!);
    };
    const first = await this.#connect(url, (message, send) => {
      if (Buffer.compare(message, messages[answered % messages.length]!) !== 0) {
        this.#failure ??= new Error("Something else came back");
        return;
      }
      this.latencies.record(performance.now() - sentAt[answered++ % inFlight]!);
      this.count++;
      next(send);
    });
    for (let i = 0; i < inFlight; i++) next(first);
  }
}
