// Drives a Protocol: chunks in; events, and the frames of its output, out.
import { Protocol, type ProtocolEvent, type Role } from "@ws/connection";
import { concat, describeFrames } from "./wire.ts";

export function createProtocol(role: Role, maxMessageBytes = 1024 * 1024): Protocol {
  return new Protocol({ role, maxMessageBytes });
}

/** Takes the events that are ready. */
export function drain(protocol: Protocol): ProtocolEvent[] {
  const events: ProtocolEvent[] = [];
  for (let event = protocol.next(); event !== undefined; event = protocol.next()) events.push(event);
  return events;
}

/** Receives the chunks one by one, each as a copy: a protocol owns what it receives. */
export function receive(protocol: Protocol, ...chunks: Uint8Array[]): ProtocolEvent[] {
  return chunks.flatMap((chunk) => {
    protocol.receive(new Uint8Array(chunk));
    return drain(protocol);
  });
}

/** The bytes that are to be written, taken from the protocol. */
export function output(protocol: Protocol): Uint8Array {
  return concat(...protocol.output.take());
}

/** The frames that are to be written, in short. */
export function outputFrames(protocol: Protocol): string[] {
  return describeFrames(output(protocol));
}

/** Events in short, such as `message hello` or `error RESERVED_BITS`. */
export function describeEvents(events: readonly ProtocolEvent[]): string[] {
  return events.map((event) => {
    if (event.type === "error") return `error ${event.error.code}`;
    if (event.type === "close") return `close ${event.code} ${event.reason}`.trimEnd();
    const { data } = event;
    return `${event.type} ${typeof data === "string" ? data : `<${Buffer.from(data).toString("hex")}>`}`;
  });
}
