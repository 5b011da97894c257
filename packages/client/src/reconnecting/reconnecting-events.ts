// What a reconnecting client tells.
import type { CloseResult, Message } from "@ws/connection";
import type { ClientConnection } from "../client-connection.ts";
import type { ConnectionEnd } from "./retry-policy.ts";

/** What has changed, and why. */
export type StateChange =
  /** An attempt begins; `attempt` counts from 1, anew after each connection that lasted `minUptimeMs`. */
  | { readonly state: "connecting"; readonly attempt: number }
  | { readonly state: "open"; readonly attempt: number; readonly connection: ClientConnection }
  /** The next attempt, number `attempt`, begins in `delayMs` milliseconds. */
  | {
      readonly state: "waiting";
      readonly attempt: number;
      readonly delayMs: number;
      readonly end: ConnectionEnd;
    }
  /** There will be no further attempt: the application closed, or `end` was not to be retried. */
  | { readonly state: "closed"; readonly end?: ConnectionEnd };

/** How a {@link ReconnectingConnection} stands. */
export type ReconnectingState = StateChange["state"];

/** The events of a {@link ReconnectingConnection}. */
export interface ReconnectingEvents {
  /** A whole message, whichever connection it came by: text as a string, binary as bytes. */
  message: [data: Message];
  /** It is in another state, which it says, too. */
  statechange: [change: StateChange];
  /** The end; nothing comes after it. */
  close: [result: CloseResult];
}
