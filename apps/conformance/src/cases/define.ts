// Short ways to write a case down.
import {
  bothRoles,
  type CaseText,
  type ClientCase,
  type ConnectionCase,
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

export function onClient(
  one: CaseText & Pick<ClientCase, "run" | "protocols" | "urlSuffix" | "mayNotCall">,
): ClientCase {
  return { on: "client", ...one };
}
