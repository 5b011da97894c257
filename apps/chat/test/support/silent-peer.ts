// Peers that do less than they should: one that answers nothing, neither pings nor the close; and one that asks half of its handshake.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** Opens a connection, and resolves when the server has agreed. */
export async function openSilently(url: string, cookie: string): Promise<Socket> {
  const socket = await dialRaw(url);
  socket.write(requestOf(url, cookie));
  await once(socket, "data");
  return socket;
}

/** Sends the beginning of a handshake. @returns what sends the rest, and resolves with the first line of the answer */
export async function askHalf(url: string, cookie: string): Promise<() => Promise<string>> {
  const socket = await dialRaw(url);
  const request = requestOf(url, cookie);
  socket.write(request.slice(0, 20));
  return async () => {
    socket.write(request.slice(20));
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString().split("\r\n", 1)[0]!;
  };
}

async function dialRaw(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

function requestOf(url: string, cookie: string): string {
  const head = [
    "GET /ws HTTP/1.1",
    `Host: ${new URL(url).host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol: rooms.v1",
    `Cookie: ${cookie}`,
  ];
  return `${head.join("\r\n")}\r\n\r\n`;
}
