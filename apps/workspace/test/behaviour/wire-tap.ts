// A wire between a client and a server that keeps what runs through it.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface WireTap {
  /** Where the client dials, instead of the server's port. */
  readonly port: number;
  readonly fromClient: Buffer[];
  readonly fromServer: Buffer[];
}

export async function tapWire(serverPort: number): Promise<WireTap> {
  const [fromClient, fromServer]: [Buffer[], Buffer[]] = [[], []];
  const listener = createServer((near) => {
    const far = connect({ port: serverPort, host: "localhost" });
    join(near, far, fromClient);
    join(far, near, fromServer);
  }).listen(0, "localhost");
  await once(listener, "listening");
  onTestFinished(() => void listener.close());
  return { port: (listener.address() as AddressInfo).port, fromClient, fromServer };
}

function join(from: Socket, to: Socket, seen: Buffer[]): void {
  from.on("error", () => to.destroy());
  from.on("data", (chunk) => seen.push(chunk));
  from.pipe(to);
}
