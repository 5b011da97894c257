// The opening handshake for a capture: the request as far as it is known here, the answer as it came. Secrets are dots.
import type { HandshakeRecord, HeadField } from "@ws/capture";
import type { ConnectResponse } from "@ws/client";
import type { Target } from "../flags/target-flags.ts";

const SECRETS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
]);
const DOTS = "•••";

export function handshakeRecord(
  { url, options, headers }: Target,
  response: ConnectResponse,
): HandshakeRecord {
  const isHttp2 = response.httpVersion.startsWith("2");
  const { protocols = [], origin } = options;
  const offered = [protocols].flat().join(", ");
  const fields: (readonly [string, string])[] = [
    [isHttp2 ? ":authority" : "Host", url.host],
    ["Sec-WebSocket-Version", "13"],
    ...headers,
  ];
  if (origin !== undefined) fields.push(["Origin", origin]);
  if (offered !== "") fields.push(["Sec-WebSocket-Protocol", offered]);
  return {
    request: {
      method: isHttp2 ? "CONNECT" : "GET",
      target: url.pathname + url.search,
      httpVersion: response.httpVersion,
      fields: fields.map(toField),
    },
    response: { status: response.status, fields: [...response.headers].map(toField) },
  };
}

function toField([name, value]: readonly [string, string]): HeadField {
  return SECRETS.has(name.toLowerCase()) ? { name, value: DOTS, isMasked: true } : { name, value };
}
