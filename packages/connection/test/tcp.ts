// Two ends of a real TCP connection on the loopback interface.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** The ends of a fresh connection: one as an http server hands it over after an upgrade, the other raw. */
export async function tcpPair(): Promise<{ ours: Socket; theirs: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted: Promise<Socket[]> = once(server, "connection");
  const theirs = connect({
    port: (server.address() as AddressInfo).port,
    host: "127.0.0.1",
    allowHalfOpen: true,
  });
  const [ours] = await accepted;
  if (theirs.connecting) await once(theirs, "connect");
  server.close();
  return { ours: ours!, theirs };
}

/** Everything that the socket receives until the peer ends; rejects when the connection is reset. */
export async function readToEnd(socket: Socket): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "end");
  return Uint8Array.from(Buffer.concat(chunks));
}
