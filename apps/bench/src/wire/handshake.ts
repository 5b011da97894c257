// The opening handshake that everybody is asked for, and its answer.
import { createHash } from "node:crypto";

export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const ACCEPT: string = createHash("sha1")
  .update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  .digest("base64");

/** What a server says that agrees to nothing but WebSocket. */
export const SWITCHING: Buffer = Buffer.from(
  [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${ACCEPT}`,
    "\r\n",
  ].join("\r\n"),
);
