// What is agreed on in the handshake is what is done with frames, seen from the network between them.
import { once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { type Connection, connect } from "@ws/client";
import { WebSocketServer } from "@ws/server";
import { tapWire } from "./wire-tap.ts";

it.each([
  { accepts: false, first: 0x81 },
  { accepts: true, first: 0xc1 },
])(
  "an extension that was offered and not accepted is not used (RFC 6455 §9.1): $accepts, $first",
  async ({ accepts, first }) => {
    const server = new WebSocketServer({ port: 0, perMessageDeflate: accepts });
    await once(server, "listening");
    onTestFinished(() => server.shutdown());
    const wire = await tapWire(server.address()!.port);
    const accepted = once(server, "connection") as Promise<[Connection]>;
    const client = await connect(`ws://localhost:${wire.port}/`, { perMessageDeflate: true });
    const [connection] = await accepted;

    const text = "the same again, ".repeat(200);
    client.send(text);
    for await (const message of connection) {
      expect(message).toBe(text);
      break;
    }
    const bytes = Buffer.concat(wire.fromClient);
    const end = bytes.indexOf("\r\n\r\n");
    expect(bytes.toString("latin1", 0, end)).toContain("permessage-deflate");
    expect(bytes[end + 4]).toBe(first);
    await client.close();
  },
);
