// A WebSocket client over HTTP/2 made of nothing but node:http2, to say exactly what a test wants said.
import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";
import { onTestFinished } from "vitest";
import { Connection } from "@ws/server";

/** Opens a session and waits for the server's settings. */
export async function openSession(
  url: string,
  options: SecureClientSessionOptions = {},
): Promise<ClientHttp2Session> {
  const session = connect(url, options);
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  await once(session, "remoteSettings");
  return session;
}

/** Asks for a WebSocket; fields that are null are left out. */
export function ask(
  session: ClientHttp2Session,
  path = "/",
  more: Readonly<Record<string, string | null>> = {},
  signal?: AbortSignal,
): ClientHttp2Stream {
  const headers: Record<string, string | null> = {
    ":method": "CONNECT",
    ":protocol": "websocket",
    ":scheme": "http",
    ":authority": "localhost",
    ":path": path,
    "sec-websocket-version": "13",
    ...more,
  };
  const given = Object.entries(headers).filter(([, value]) => value !== null);
  const options = { endStream: false, ...(signal && { signal }) };
  const stream = session.request(Object.fromEntries(given) as OutgoingHttpHeaders, options);
  stream.on("error", () => {});
  return stream;
}

/** The header fields of the answer. */
export async function answer(
  stream: ClientHttp2Stream,
): Promise<IncomingHttpHeaders & { ":status": number }> {
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders & { ":status": number }];
  return headers;
}

/** A connection, once the server has said yes. */
export async function open(session: ClientHttp2Session, path = "/"): Promise<Connection> {
  const stream = ask(session, path);
  const { ":status": status } = await answer(stream);
  if (status !== 200) throw new Error(`The server said ${status}`);
  return new Connection(stream, { role: "client" });
}

/** The body of an answer, to its end. */
export async function bodyOf(stream: ClientHttp2Stream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
