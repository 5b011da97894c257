// What the parts of a connection share: its owner has it once, and hands itself to each of them.
import type { Duplex } from "node:stream";
import type { Connection } from "./connection.ts";
import type { ResolvedConnectionOptions } from "./connection-options.ts";
import type { Protocol } from "./protocol.ts";

export interface ConnectionParts {
  /** What diagnostics are told it is. */
  readonly connection: Connection;
  readonly duplex: Duplex;
  readonly protocol: Protocol;
  /** The limits in force. */
  readonly limits: ResolvedConnectionOptions;
}
