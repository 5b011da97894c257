// WebSockets over HTTP/2 (RFC 8441), over plain TCP, several to a session.
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import type { Channel, Listener, Target } from "./target.ts";

const STREAMS_PER_SESSION = 10;
const sessions: ClientHttp2Session[] = [];

export async function openHttp2(target: Target, index: number, listener: Listener): Promise<Channel> {
  const session = (sessions[Math.floor(index / STREAMS_PER_SESSION)] ??= connect(
    `http://127.0.0.1:${target.port}`,
  ));
  if (!session.remoteSettings?.enableConnectProtocol) await once(session, "remoteSettings");
  const stream = session.request(
    {
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":scheme": "http",
      ":authority": `127.0.0.1:${target.port}`,
      ":path": "/",
      "sec-websocket-version": "13",
    },
    { endStream: false },
  );
  stream.on("error", (error) => listener.onEnd(error));
  const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
  if (headers[":status"] !== 200)
    throw new Error(`Cannot open a connection over HTTP/2: ${String(headers[":status"])}`);
  stream.on("data", (chunk: Buffer) => listener.onBytes(chunk));
  stream.on("close", () => listener.onEnd());
  return {
    write: (bytes) => void stream.write(bytes),
    destroy: () => {
      stream.destroy();
      session.destroy();
    },
  };
}
