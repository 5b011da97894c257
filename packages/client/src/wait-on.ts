// One wait on something that may break meanwhile: a socket, a stream or a session. Whatever ends the wait without a
// result also destroys what was waited on, so no way out of connecting leaves a handle behind.
import type { EventEmitter } from "node:events";
import { ConnectError, type ConnectErrorCode } from "./connect-error.ts";

/** Who is at the other end, for the error. */
export interface Peer {
  readonly code: ConnectErrorCode;
  readonly name: string;
}

export const SERVER: Peer = { code: "NETWORK", name: "the server" };
export const PROXY: Peer = { code: "PROXY", name: "the proxy" };

interface Breakable extends EventEmitter {
  readonly destroyed: boolean;
  readonly errored?: Error | null;
  destroy(): unknown;
}

/** What still goes wrong with what nobody waits on shows when it is used next, or concerns nobody. */
export function ignoreErrors(breakable: EventEmitter): void {
  breakable.on("error", () => {});
}

/**
 * @param start begins the wait; it is given how to end it and returns what undoes its own listeners
 */
export function waitOn<Value>(
  breakable: Breakable,
  peer: Peer,
  signal: AbortSignal,
  start: (resolve: (value: Value) => void, fail: (error: unknown) => void) => () => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = start((value) => {
      release();
      resolve(value);
    }, fail);
    breakable.on("error", onError).on("end", onEnd).on("close", onEnd);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    else if (breakable.errored) onError(breakable.errored);
    else if (breakable.destroyed) onEnd();

    function onError(error: Error): void {
      fail(new ConnectError(peer.code, `Cannot connect: ${messageOf(error)}`, { cause: error }));
    }

    function onEnd(): void {
      fail(
        new ConnectError(peer.code, `Cannot connect: ${peer.name} ended the connection before it answered`),
      );
    }

    function onAbort(): void {
      fail(signal.reason);
    }

    function fail(error: unknown): void {
      release();
      ignoreErrors(breakable);
      breakable.destroy();
      reject(error);
    }

    function release(): void {
      stop();
      breakable.off("error", onError).off("end", onEnd).off("close", onEnd);
      signal.removeEventListener("abort", onAbort);
    }
  });
}

/** Waits for an event, and resolves with the first of its values. */
export function eventOf<Value = void>(
  breakable: Breakable,
  name: string,
  peer: Peer,
  signal: AbortSignal,
): Promise<Value> {
  return waitOn<Value>(breakable, peer, signal, (resolve) => {
    breakable.once(name, resolve);
    return () => breakable.off(name, resolve);
  });
}

/** Where every address of a name was tried in vain, only the errors of each say something. */
function messageOf(error: Error): string {
  if (!(error instanceof AggregateError)) return error.message;
  return (error.errors as Error[]).map(({ message }) => message).join("; ");
}
