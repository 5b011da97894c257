// A tunnel through an HTTP proxy (RFC 9110 §9.3.6), on a socket that is connected to it.
import type { Socket } from "node:net";
import { type Address, authorityOf } from "./address.ts";
import { ConnectError } from "./connect-error.ts";
import type { Proxy } from "./proxy.ts";
import { readResponse } from "./read-response.ts";
import { PROXY } from "./wait-on.ts";

export async function openTunnel(
  socket: Socket,
  { credentials }: Proxy,
  to: Address,
  signal: AbortSignal,
): Promise<void> {
  // A host out of a URL holds nothing that could end a line, and base64 neither.
  const authority = authorityOf(to);
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (credentials !== undefined) {
    const { username, password } = credentials;
    lines.push(`Proxy-Authorization: Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`);
  }
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const { response, rest } = await readResponse(socket, PROXY, signal);
  if (response.status < 200 || response.status > 299) {
    socket.destroy();
    const message = `Cannot connect: the proxy answered CONNECT with ${response.status}`;
    throw new ConnectError("PROXY", message, { response });
  }
  // What follows the head comes from the far end already.
  if (rest.length > 0) socket.unshift(rest);
}
