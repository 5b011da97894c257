// Where to listen, on the command line: `host:port`, `[::1]:port`, `:port`, or the port alone.
import { InvalidArgumentError } from "commander";

export interface ListenAddress {
  /** Without brackets; `undefined` where none is named. */
  readonly host: string | undefined;
  readonly port: number;
}

const MAX_PORT = 65_535;

export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:(?:\[([\da-f:.]+)\]|([\w.-]*)):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3] ?? NaN);
  if (!(port <= MAX_PORT)) throw new InvalidArgumentError("It is host:port, or a port.");
  return { host: match?.[1] ?? (match?.[2] || undefined), port };
}
