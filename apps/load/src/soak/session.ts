// What a session is: one connection, or what could have become one, from its beginning to its end. It rejects when the
// server did not do what it must. One file for each idea; a new one joins the others in sessions.ts.
import { connect, type ConnectOptions, type Connection } from "@ws/client";
import { type Address, HOST } from "../wire/address.ts";

export type Session = (address: Address) => Promise<void>;

export function open({ port, path }: Address, options: ConnectOptions = {}): Promise<Connection> {
  return connect(`ws://${HOST}:${port}${path}`, options);
}

/** @throws Error with both, unless they are the same */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)}, not ${String(expected)}`);
}
