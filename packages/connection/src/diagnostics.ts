// What happens on connections, told to whoever subscribes by name through node:diagnostics_channel: metrics, tracing and
// inspectors hang there. While nobody has subscribed it costs a look at a property.
import { type Channel, channel } from "node:diagnostics_channel";
import type { Role } from "@ws/frame";
import type { StreamSource } from "./chunk-source.ts";
import type { CloseResult } from "./close-result.ts";
import type { Connection } from "./connection.ts";
import type { FrameObserver, ObservedFrame } from "./frame-observer.ts";
import type { Message } from "./message-assembly.ts";
import type { MessageStream } from "./message-stream.ts";

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
  /** `chunk`: bytes as they are on the wire; only valid during the call */
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

/** What happens on one connection. */
export class Diagnostics implements FrameObserver {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  opened(role: Role): void {
    if (channels.open.hasSubscribers) channels.open.publish({ connection: this.#connection, role });
  }

  closed(result: CloseResult): void {
    if (channels.close.hasSubscribers) channels.close.publish({ connection: this.#connection, result });
  }

  get wantsFrames(): boolean {
    return channels.frameReceived.hasSubscribers || channels.frameSent.hasSubscribers;
  }

  onFrame(frame: ObservedFrame): void {
    const name = frame.direction === "sent" ? channels.frameSent : channels.frameReceived;
    if (name.hasSubscribers) name.publish({ connection: this.#connection, frame });
  }

  messageReceived(data: Message | MessageStream): void {
    if (!channels.messageReceived.hasSubscribers) return;
    channels.messageReceived.publish({ connection: this.#connection, data });
  }

  messageSent(data: Message | StreamSource): void {
    if (!channels.messageSent.hasSubscribers) return;
    channels.messageSent.publish({ connection: this.#connection, data });
  }

  chunkReceived(chunk: Uint8Array): void {
    if (!channels.transportReceived.hasSubscribers) return;
    channels.transportReceived.publish({ connection: this.#connection, chunk });
  }

  get wantsWrites(): boolean {
    return channels.transportSent.hasSubscribers;
  }

  chunkSent(chunk: Uint8Array): void {
    channels.transportSent.publish({ connection: this.#connection, chunk });
  }

  stalled(isStalled: boolean): void {
    this.#tell(isStalled ? channels.queueStalled : channels.queueResumed);
  }

  backedUp(isBackedUp: boolean): void {
    this.#tell(isBackedUp ? channels.queueBackedUp : channels.queueDrained);
  }

  limitExceeded(limit: string, error?: Error): void {
    if (!channels.limitExceeded.hasSubscribers) return;
    channels.limitExceeded.publish({ connection: this.#connection, limit, error });
  }

  #tell(name: Channel): void {
    if (name.hasSubscribers) name.publish({ connection: this.#connection });
  }
}
