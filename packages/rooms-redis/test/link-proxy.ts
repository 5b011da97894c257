// A TCP proxy in the way to a server, which can do to a link what networks do: cut it, or let nothing through any more.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface LinkProxy extends AsyncDisposable {
  readonly url: string;
  /** Ends all connections, and refuses new ones. */
  cut(): void;
  /** Keeps all connections, and those that come, and passes nothing on. */
  stall(): void;
  /** What is new passes again; what was stalled is lost. */
  restore(): void;
}

export async function startLinkProxy(port: number): Promise<LinkProxy> {
  type State = "passing" | "cut" | "stalled";
  let state: State = "passing";
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (state === "cut") {
      near.resetAndDestroy();
      return;
    }
    sockets.add(near);
    near.on("error", () => {});
    if (state === "stalled") {
      near.pause();
      return;
    }
    const far = connect(port, "127.0.0.1");
    sockets.add(far);
    far.on("error", () => near.destroy());
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    near.on("data", (chunk) => state === "passing" && far.write(chunk));
    far.on("data", (chunk) => state === "passing" && near.write(chunk));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const end = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      state = "cut";
      end();
    },
    stall() {
      state = "stalled";
    },
    restore() {
      if (state === "stalled") end();
      state = "passing";
    },
    async [Symbol.asyncDispose]() {
      end();
      server.close();
      await once(server, "close");
    },
  };
}
