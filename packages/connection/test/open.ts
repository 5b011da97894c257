// Connections for tests, and what their listeners throw.
import { Connection, type ConnectionInit, type Role } from "@ws/connection";
import { TestTransport } from "@ws/testing";

/** A connection over a transport that the test controls. */
export function open(
  role: Role,
  { transport = new TestTransport(), ...init }: Partial<ConnectionInit> & { transport?: TestTransport } = {},
): { connection: Connection; transport: TestTransport } {
  return { transport, connection: new Connection(transport, { role, ...init }) };
}

/** Errors that listeners threw, caught where Node reports them; what the process does otherwise is to end. */
export async function catchUncaught(action: () => Promise<void>): Promise<unknown[]> {
  const errors: unknown[] = [];
  const others = process.listeners("uncaughtException");
  const keep = (error: unknown): void => void errors.push(error);
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", keep);
  try {
    await action();
  } finally {
    process.removeListener("uncaughtException", keep);
    for (const listener of others) process.on("uncaughtException", listener);
  }
  return errors;
}
