// The tiny endpoint as a client that loops over a list of cases on one session of HTTP/2.
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { get } from "node:https";
import type { ListedCase } from "../src/suite/client-listener.ts";
import { TinyEndpoint } from "./tiny-endpoint.ts";

export type Http2ClientFault =
  | "believes any status"
  | "believes any choice"
  | "demands an accept value"
  | "no version"
  | "another path"
  | "sends a key"
  | "never gives up"
  | "speaks HTTP/1.1";

/** Plays every case of the list, one after another, and says that it is done. */
export async function tinyHttp2Client(
  listUrl: string,
  ca: string,
  faults: readonly Http2ClientFault[] = [],
): Promise<void> {
  const { cases, done } = JSON.parse(await fetchText(listUrl, ca)) as { cases: ListedCase[]; done: string };
  if (faults.includes("speaks HTTP/1.1")) {
    for (const { url } of cases) await fetchText(url.replace("wss", "https"), ca).catch(() => {});
  } else {
    const session = connect(new URL(listUrl).origin, { ca });
    await once(session, "remoteSettings");
    for (const { url } of cases) await play(session, new URL(url), faults);
    session.destroy();
  }
  await fetchText(done, ca);
}

async function play(
  session: ClientHttp2Session,
  url: URL,
  faults: readonly Http2ClientFault[],
): Promise<void> {
  const has = (fault: Http2ClientFault): boolean => faults.includes(fault);
  const stream = session.request(
    {
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":scheme": "https",
      ":path": has("another path") ? `${url.pathname}?` : url.pathname,
      ":authority": url.host,
      ...(!has("no version") && { "sec-websocket-version": "13" }),
      ...(has("sends a key") && { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" }),
    },
    { endStream: false },
  );
  stream.on("error", () => {});
  const closed = once(stream, "close");
  const [headers] = await once(stream, "response");
  const status: number = headers[":status"];
  const chosen = headers["sec-websocket-protocol"] ?? headers["sec-websocket-extensions"];
  const isWrong =
    (!has("believes any status") && (status < 200 || status > 299)) ||
    (!has("believes any choice") && chosen !== undefined) ||
    (has("demands an accept value") && headers["sec-websocket-accept"] !== undefined);
  if (!isWrong) {
    const endpoint = new TinyEndpoint(stream, { role: "client" });
    stream.on("data", (data: Buffer) => endpoint.receive(data));
  } else if (has("never gives up")) stream.resume();
  else stream.close();
  await closed;
}

async function fetchText(url: string, ca: string): Promise<string> {
  const [response] = await once(get(url, { ca }), "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}
