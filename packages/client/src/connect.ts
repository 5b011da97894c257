// Opens a WebSocket (RFC 6455 §4.1): the way to the server, the handshake, and redirects around both, all under one
// deadline. Tells of the outcome, and knows none of the parts.
import { channel } from "node:diagnostics_channel";
import { Connection } from "@ws/connection";
import type { Refused } from "@ws/handshake";
import { isSecure, withoutCredentials } from "./address.ts";
import { ConnectError } from "./connect-error.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { type ConnectPlan, resolvePlan } from "./connect-plan.ts";
import { Deadline } from "./deadline.ts";
import { dial } from "./dial.ts";
import { shakeHandsOverHttp1 } from "./http1-handshake.ts";
import { shakeHandsOverHttp2 } from "./http2-handshake.ts";
import { isRedirect, redirect, type Target } from "./redirect.ts";

const accepted = channel("ws:handshake:accepted");
const rejected = channel("ws:handshake:rejected");

/**
 * Opens a WebSocket.
 *
 * @param url `ws:`, `wss:`, `http:` or `https:`; credentials in it become an `Authorization` header
 * @throws ConnectError when it could not be opened: see {@link ConnectErrorCode}
 * @throws TypeError or RangeError, before anything is dialled, for a URL or options that make no sense
 *
 * @example
 * ```ts
 * const connection = await connect("wss://example.org/chat", { protocols: "chat" });
 * connection.send("hello");
 * for await (const message of connection) console.log(message);
 * ```
 */
export async function connect(url: string | URL, options: ConnectOptions = {}): Promise<Connection> {
  const plan = resolvePlan(url, options);
  options.signal?.throwIfAborted();
  const deadline = new Deadline(plan.network.handshakeTimeoutMs, options.signal);
  try {
    const connection = await follow(plan, deadline.signal);
    if (deadline.signal.aborted) {
      // It was called off by somebody who had seen the answer.
      connection.terminate();
      throw deadline.signal.reason;
    }
    if (accepted.hasSubscribers)
      accepted.publish({ role: "client", url: withoutCredentials(plan.target.url), connection });
    return connection;
  } catch (error) {
    if (rejected.hasSubscribers)
      rejected.publish({ role: "client", url: withoutCredentials(plan.target.url), error });
    throw error;
  } finally {
    deadline.release();
  }
}

async function follow(plan: ConnectPlan, signal: AbortSignal): Promise<Connection> {
  let { target } = plan;
  for (let redirects = 0; ; redirects++) {
    const result = await shakeHands(target, plan, signal);
    if (result instanceof Connection) return result;
    if (plan.maxRedirects === 0 || !isRedirect(result.status)) {
      throw new ConnectError(result.code, result.message, { response: result });
    }
    if (redirects === plan.maxRedirects) {
      const message = `Cannot connect: the server redirects more often than maxRedirects, which is ${redirects}`;
      throw new ConnectError("TOO_MANY_REDIRECTS", message, { response: result });
    }
    target = redirect(target, result);
  }
}

async function shakeHands(
  target: Target,
  plan: ConnectPlan,
  signal: AbortSignal,
): Promise<Connection | Refused> {
  const { url, tls } = target;
  if (plan.http2 === "only" || (plan.http2 === "auto" && isSecure(url))) {
    return shakeHandsOverHttp2(target, plan, signal);
  }
  const socket = await dial(url, tls, ["http/1.1"], plan.network, signal);
  return shakeHandsOverHttp1(socket, target, plan, signal);
}
