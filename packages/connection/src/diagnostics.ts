// What happens on connections, told to whoever subscribes by name through node:diagnostics_channel: metrics, tracing and
// inspectors hang there. While nobody has subscribed it costs a look at a property.
import { type Channel, channel } from "node:diagnostics_channel";
import type { Role } from "@ws/frame";
import type { StreamSource } from "./chunk-source.ts";
import type { CloseResult } from "./close-result.ts";
import type { Connection } from "./connection.ts";
import type { ObservedFrame } from "./frame-observer.ts";
import type { Message } from "./message-assembly.ts";
import type { MessageStream } from "./message-stream.ts";
import { PreparedMessage } from "./prepared-message.ts";

/** The channels and what their messages hold besides `connection`. */
const channels: {
  readonly open: Channel;
  readonly close: Channel;
  readonly frameReceived: Channel;
  readonly frameSent: Channel;
  readonly messageReceived: Channel;
  readonly messageSent: Channel;
  readonly transportReceived: Channel;
  readonly transportSent: Channel;
  readonly queueStalled: Channel;
  readonly queueResumed: Channel;
  readonly queueBackedUp: Channel;
  readonly queueDrained: Channel;
  readonly limitExceeded: Channel;
} = {
  /** `role` */
  open: channel("ws:connection:open"),
  /** `result` */
  close: channel("ws:connection:close"),
  /** `frame`: an `ObservedFrame`, whose payload must not be kept or changed */
  frameReceived: channel("ws:frame:received"),
  frameSent: channel("ws:frame:sent"),
  /** `data`: the message; of one that is streamed the stream, or what it is sent from: not to be read here */
  messageReceived: channel("ws:message:received"),
  messageSent: channel("ws:message:sent"),
  /**
   * `chunk`: bytes as they are on the wire, only valid during the call; `isFrameStart`: whether its first byte is known to
   * begin a frame, so that whoever comes late knows where to begin
   */
  transportReceived: channel("ws:transport:received"),
  transportSent: channel("ws:transport:sent"),
  /** nobody takes the messages: the transport is not read, or is again */
  queueStalled: channel("ws:queue:stalled"),
  queueResumed: channel("ws:queue:resumed"),
  /** more than `highWaterMarkBytes` wait for the peer, or no longer do */
  queueBackedUp: channel("ws:queue:backed-up"),
  queueDrained: channel("ws:queue:drained"),
  /** `limit`: the name of the option; `error` where it ends the connection */
  limitExceeded: channel("ws:limit:exceeded"),
};

// Functions only: an object with accessors of its own is a dictionary to V8, and each call a search.
/** What happens on connections; each is named with what it tells. */
export const diagnostics = {
  opened(connection: Connection, role: Role): void {
    if (channels.open.hasSubscribers) channels.open.publish({ connection, role });
  },

  closed(connection: Connection, result: CloseResult): void {
    if (channels.close.hasSubscribers) channels.close.publish({ connection, result });
  },

  wantsReceivedFrames(): boolean {
    return channels.frameReceived.hasSubscribers;
  },

  wantsSentFrames(): boolean {
    return channels.frameSent.hasSubscribers;
  },

  frame(connection: Connection, frame: ObservedFrame): void {
    const name = frame.direction === "sent" ? channels.frameSent : channels.frameReceived;
    name.publish({ connection, frame });
  },

  messageReceived(connection: Connection, data: Message | MessageStream): void {
    if (channels.messageReceived.hasSubscribers) channels.messageReceived.publish({ connection, data });
  },

  messageSent(connection: Connection, message: Message | PreparedMessage | StreamSource): void {
    if (!channels.messageSent.hasSubscribers) return;
    const data = message instanceof PreparedMessage ? message.data : message;
    channels.messageSent.publish({ connection, data });
  },

  wantsReads(): boolean {
    return channels.transportReceived.hasSubscribers;
  },

  chunkReceived(connection: Connection, chunk: Uint8Array, isFrameStart: boolean): void {
    channels.transportReceived.publish({ connection, chunk, isFrameStart });
  },

  wantsWrites(): boolean {
    return channels.transportSent.hasSubscribers;
  },

  chunkSent(connection: Connection, chunk: Uint8Array, isFrameStart: boolean): void {
    channels.transportSent.publish({ connection, chunk, isFrameStart });
  },

  stalled(connection: Connection, isStalled: boolean): void {
    tell(isStalled ? channels.queueStalled : channels.queueResumed, connection);
  },

  backedUp(connection: Connection, isBackedUp: boolean): void {
    tell(isBackedUp ? channels.queueBackedUp : channels.queueDrained, connection);
  },

  limitExceeded(connection: Connection, limit: string, error?: Error): void {
    if (channels.limitExceeded.hasSubscribers) channels.limitExceeded.publish({ connection, limit, error });
  },
};

function tell(name: Channel, connection: Connection): void {
  if (name.hasSubscribers) name.publish({ connection });
}
