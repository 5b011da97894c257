// Where packets get lost. Two ways: a relay in user space, for everybody, that stops forwarding and keeps its sockets open;
// or, in a network of our own, a route that leads nowhere: the kernel itself drops what comes from there or goes there.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { isInOwnNetwork } from "../../process/namespace.ts";
import { type Address, HOST } from "../../wire/address.ts";
import { dial } from "../../wire/raw-client.ts";

export interface Abyss {
  /** Dial this, to be lost later. */
  readonly address: Address;
  /** From now on nothing arrives, in either direction. */
  open(): void;
  close(): void;
}

const LOST_ADDRESS = "127.0.1.1";

const relays = new Map<number, Promise<Abyss>>();

/** One for all who dial the same port: they vanish together. */
export function abyss(address: Address): Promise<Abyss> {
  let made = relays.get(address.port);
  if (made === undefined) {
    made = isInOwnNetwork() ? Promise.resolve(route(address)) : openRelay(address);
    relays.set(address.port, made);
  }
  return made;
}

function route(address: Address): Abyss {
  let isOpen = false;
  return {
    address: { ...address, localAddress: LOST_ADDRESS },
    open: () => {
      if (!isOpen) execFileSync("ip", ["route", "add", "blackhole", LOST_ADDRESS, "table", "local"]);
      isOpen = true;
    },
    close: () => {},
  };
}

async function openRelay(address: Address): Promise<Abyss> {
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (near) => void forward(near));
  async function forward(near: Socket): Promise<void> {
    const far = await dial(address);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {});
      from.on("close", () => sockets.delete(from));
      from.on("data", (chunk) => to.write(chunk));
      from.on("end", () => to.end());
    }
    near.resume();
  }
  server.listen(0, HOST);
  await once(server, "listening");
  return {
    address: { ...address, port: (server.address() as AddressInfo).port },
    open: () => {
      for (const socket of sockets) socket.pause();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
