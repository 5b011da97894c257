// A link that can break: a TCP proxy in front of a port, which ends connections, refuses them, or lets nothing through for a
// while. What it held back then arrives late, as it does where packets were lost and are sent again.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Random } from "./random.ts";

const HOST = "127.0.0.1";

type State = "passing" | "cut" | "stalled";

export class Link implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #state: State = "passing";
  #target: number | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (near: Socket) => this.#onConnection(near));
  }

  static async open(): Promise<Link> {
    const server = createServer({ pauseOnConnect: true });
    server.listen(0, HOST);
    await once(server, "listening");
    return new Link(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Where it leads from now on; nowhere while there is nobody. */
  lead(target: number | undefined): void {
    this.#target = target;
  }

  cut(): void {
    this.#state = "cut";
    this.#end(() => true);
  }

  stall(): void {
    this.#state = "stalled";
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** Ends about half of the connections. */
  thin(random: Random): void {
    this.#end(() => random.next() < 0.5);
  }

  restore(): void {
    this.#state = "passing";
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #onConnection(near: Socket): void {
    near.on("error", () => {});
    if (this.#state === "cut" || this.#target === undefined) return reset(near);
    const far = connect({ port: this.#target, host: HOST, noDelay: true });
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    near.setNoDelay();
    this.#forward(near, far);
    this.#forward(far, near);
    near.on("close", () => this.#pairs.delete(pair));
    if (this.#state === "passing") near.resume();
    else far.pause();
  }

  #forward(from: Socket, to: Socket): void {
    from.on("error", () => {});
    from.on("data", (chunk) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on("drain", () => {
      if (this.#state !== "stalled") from.resume();
    });
    // An orderly end keeps what is still under way; anything else is a reset, as it was here.
    from.on("end", () => to.end());
    from.on("close", (hadError) => (hadError ? reset(to) : void to.end()));
  }

  #end(isChosen: () => boolean): void {
    for (const pair of this.#pairs) if (isChosen()) pair.forEach(reset);
  }
}

function reset(socket: Socket): void {
  // In the midst of an orderly end Node 20 loses the handle on the way, and the process never ends.
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
