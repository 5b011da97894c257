// A record of what a connection tells.
import type { CloseResult, Connection, Message } from "@ws/connection";

/** What a connection has told so far. */
export interface Recorder {
  readonly messages: Message[];
  /** All events in order and in short: `message hello`, `message <0102>`, `ping <>`, `drain`, `close 1000`. */
  readonly events: string[];
  /** How it ended, once it has. */
  result: CloseResult | undefined;
}

/** Listens to everything that a connection tells, and keeps it. As a consumer of its messages it keeps it reading. */
export function record(connection: Connection): Recorder {
  const recorder: Recorder = { messages: [], events: [], result: undefined };
  const note = (name: string, data: Message): void => {
    const short = typeof data === "string" ? data : `<${Buffer.from(data).toString("hex")}>`;
    recorder.events.push(`${name} ${short}`);
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
