// Connections for tests, and a record of what they do.
import { type CloseResult, Connection, type ConnectionInit, type Message, type Role } from "@ws/connection";
import { Transport } from "./transport.ts";

/** A connection over a transport that the test controls. */
export function open(
  role: Role,
  { transport = new Transport(), ...init }: Partial<ConnectionInit> & { transport?: Transport } = {},
): { connection: Connection; transport: Transport } {
  return { transport, connection: new Connection(transport, { role, ...init }) };
}

export interface Recorder {
  readonly messages: Message[];
  readonly events: string[];
  result: CloseResult | undefined;
}

/** Listens to everything and keeps it: messages as they are, events in short. */
export function record(connection: Connection): Recorder {
  const recorder: Recorder = { messages: [], events: [], result: undefined };
  const note = (name: string, data: Message): void => {
    recorder.events.push(
      `${name} ${typeof data === "string" ? data : `<${Buffer.from(data).toString("hex")}>`}`,
    );
  };
  connection.on("message", (data) => {
    recorder.messages.push(data);
    note("message", data);
  });
  connection.on("ping", (data) => note("ping", data));
  connection.on("pong", (data) => note("pong", data));
  connection.on("drain", () => recorder.events.push("drain"));
  connection.on("close", (result) => {
    recorder.result = result;
    recorder.events.push(`close ${result.code}`);
  });
  return recorder;
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
