// Short ways to write a case down.
import {
  bothRoles,
  type CaseText,
  type ClientCase,
  type ConnectionCase,
  type Http2ClientCase,
  type Http2ServerCase,
  type ServerCase,
} from "../suite/case.ts";

export function onConnection(
  one: CaseText & Pick<ConnectionCase, "run"> & Partial<Pick<ConnectionCase, "roles" | "compression">>,
): ConnectionCase {
  return { on: "connection", roles: bothRoles, ...one };
}

export function onServer(one: CaseText & Pick<ServerCase, "run">): ServerCase {
  return { on: "server", ...one };
}

export function onHttp2Server(one: CaseText & Pick<Http2ServerCase, "run">): Http2ServerCase {
  return { on: "http2-server", ...one };
}

export function onHttp2Client(one: CaseText & Pick<Http2ClientCase, "run">): Http2ClientCase {
  return { on: "http2-client", ...one };
}

export function onClient(
  one: CaseText & Pick<ClientCase, "run" | "protocols" | "urlSuffix" | "mayNotCall">,
): ClientCase {
  return { on: "client", ...one };
}
