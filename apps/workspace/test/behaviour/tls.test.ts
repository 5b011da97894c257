// What a server and a client do around TLS, seen from the network between them.
import { once } from "node:events";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { type AddressInfo, connect as connectTcp } from "node:net";
import type { TLSSocket } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect } from "@ws/client";
import { WebSocketServer } from "@ws/server";
import { certificate } from "./certificate.ts";
import { tapWire } from "./wire-tap.ts";

/** An echo server over TLS on a free port. */
async function serve(): Promise<{ listener: HttpsServer; port: number; ca: string }> {
  const { key, cert } = await certificate();
  const listener = createHttpsServer({ key, cert });
  const server = new WebSocketServer({ server: listener });
  server.on("connection", (connection) => connection.on("message", (data) => connection.send(data)));
  listener.listen(0, "localhost");
  await once(listener, "listening");
  onTestFinished(async () => {
    await server.shutdown();
    listener.close();
  });
  return { listener, port: (listener.address() as AddressInfo).port, ca: cert };
}

/** Opens a connection, has a message echoed and closes. */
async function converse(port: number, ca: string): Promise<void> {
  const connection = await connect(`wss://localhost:${port}/secret-path`, { tls: { ca } });
  connection.send("secret message");
  for await (const message of connection) {
    expect(message).toBe("secret message");
    break;
  }
  expect(await connection.close()).toMatchObject({ wasClean: true });
}

describe("over TLS", () => {
  it("the client names the host it dials (RFC 6455 §4.1)", async () => {
    const { listener, port, ca } = await serve();
    const accepted = once(listener, "secureConnection") as Promise<[TLSSocket & { servername?: string }]>;
    await converse(port, ca);
    const [socket] = await accepted;
    expect(socket.servername).toBe("localhost");
  });

  it("nothing of a handshake is readable on the wire, nor of a message (RFC 6455 §4.1, §4.2.2, §10.6)", async () => {
    const { port, ca } = await serve();
    const wire = await tapWire(port);
    await converse(wire.port, ca);
    const bytes = Buffer.concat([...wire.fromClient, ...wire.fromServer]).toString("latin1");
    expect(bytes.length).toBeGreaterThan(500);
    expect(bytes).not.toMatch(/HTTP\/1\.1|[Ww]ebsocket|Upgrade|secret/);
  });

  it("a server ends a connection whose TLS handshake fails, and serves the next (RFC 6455 §4.2.2)", async () => {
    const { port, ca } = await serve();
    const plain = connectTcp({ port, host: "localhost" });
    plain.on("error", () => {});
    plain.write("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    const chunks: Buffer[] = [];
    plain.on("data", (chunk) => chunks.push(chunk));
    await once(plain, "close");
    expect(Buffer.concat(chunks).toString("latin1")).not.toContain("101");
    await converse(port, ca);
  });
});
