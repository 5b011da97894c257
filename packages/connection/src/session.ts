// A connection at work: joins the protocol, the way in, the way out, keep-alive and the stream that carries them, and
// owns how all of it ends. What the application sees of it is connection.ts.
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { CloseCode, encodeClosePayload, free, Opcode } from "@ws/frame";
import { CloseDeadline } from "./close-deadline.ts";
import type { CloseResult } from "./close-result.ts";
import type { Connection } from "./connection.ts";
import { ConnectionError, type ConnectionErrorCode } from "./connection-error.ts";
import type { ClosingSign, ConnectionEvents } from "./connection-events.ts";
import type { ConnectionInit } from "./connection-init.ts";
import {
  assertResolved,
  type ConnectionOptions,
  type ResolvedConnectionOptions,
  resolveConnectionOptions,
} from "./connection-options.ts";
import { type ConnectionStats, readStats } from "./connection-stats.ts";
import { wasCopied } from "./copied-chunks.ts";
import { diagnostics } from "./diagnostics.ts";
import { Ending } from "./ending.ts";
import type { FrameObserver, ObservedFrame } from "./frame-observer.ts";
import { KeepAlive, type KeepAliveActions } from "./keep-alive.ts";
import type { Message } from "./message-assembly.ts";
import type { SentCallback } from "./sent-callback.ts";
import { Protocol, type ProtocolEvent } from "./protocol.ts";
import { Receiver, type ReceiverOwner } from "./receiver.ts";
import { reportUncaught } from "./report.ts";
import { RoundTrip } from "./round-trip.ts";
import { Sender, type SenderOwner } from "./sender.ts";
import { borrowChunks } from "./shared-reads.ts";

export class Session implements SenderOwner, ReceiverOwner, KeepAliveActions, FrameObserver {
  // Many connections wait for long: what one needs only now and then is made when it does.
  readonly connection: Connection;
  readonly duplex: Duplex;
  readonly protocol: Protocol;
  readonly receiver: Receiver;
  limits: ResolvedConnectionOptions;
  /** Once something was sent. */
  #sender: Sender | undefined;
  #keepAlive: KeepAlive | undefined;
  #roundTrip: RoundTrip | undefined;
  #bytesReceived = 0;
  #ending: Ending | undefined;

  constructor(connection: Connection, duplex: Duplex, init: ConnectionInit) {
    const { role, compression, text, autoPong, closeReason } = init;
    this.connection = connection;
    this.duplex = duplex;
    const { limits } = init;
    this.limits = limits === undefined ? resolveConnectionOptions(role, init) : assertResolved(limits);
    this.protocol = new Protocol({
      role,
      maxMessageBytes: this.limits.maxMessageBytes,
      ...(compression !== undefined && { compression }),
      ...(text !== undefined && { text }),
      ...(autoPong !== undefined && { autoPong }),
      ...(closeReason !== undefined && { closeReason }),
      observer: this,
    });
    this.receiver = new Receiver(this);
    this.#startKeepAlive();

    listenTo(duplex, this);
    borrowChunks(duplex);
    // Listening for data does not set a stream going that somebody had paused.
    duplex.resume();
    if (duplex.errored) this.#ensureEnding().transportError = duplex.errored;
  }

  /**
   * Begins, once the connection is whole: whoever hears of it may use it.
   *
   * @param head what was read of the transport by others
   */
  start(head: Uint8Array | undefined): void {
    const { connection, duplex, protocol } = this;
    diagnostics.opened(connection, protocol.role);
    const hasClosed = duplex.destroyed && duplex.closed;
    if (hasClosed || duplex.readableEnded) this.receiver.transportEnded();
    if (head !== undefined && head.length > 0) this.#take(head);
    // Whoever constructs the connection must be able to add listeners before the first event. The transport's own
    // events may be over by now, if it was waited for something between the opening handshake and us.
    process.nextTick(() => (hasClosed ? this.#finish() : this.receiver.receive()));
  }

  // What the transport tells

  onData(chunk: Uint8Array): void {
    this.#keepAlive?.heard();
    this.#take(chunk);
    this.receiver.receive();
    this.protocol.keep();
    if (wasCopied(chunk) && !this.wantsReceived && isOursAlone(this.duplex)) free(chunk.buffer);
  }

  onEnd(): void {
    this.receiver.transportEnded();
    this.receiver.receive();
  }

  onError(error: Error): void {
    this.#ensureEnding().transportError ??= error;
    this.duplex.destroy();
  }

  onClose(): void {
    // HTTP/2 tells of a stream's end before it confirms what it has sent on it: a peer may hang up that fast. Where the
    // transport broke nothing will be confirmed.
    const mayBeClean = this.protocol.result.wasClean && this.#ending?.transportError === undefined;
    if (mayBeClean && !this.sender.outbox.isConfirmed) setImmediate(() => this.#finish());
    else this.#finish();
  }

  // What the application asks

  get state(): "open" | "closing" | "closed" {
    const { state } = this.protocol;
    return state === "open" && !this.maySend ? "closing" : state;
  }

  get sender(): Sender {
    return (this.#sender ??= new Sender(this));
  }

  /** Bytes accepted that have not reached the transport. */
  get bufferedBytes(): number {
    return this.#sender === undefined ? 0 : this.#sender.bufferedBytes;
  }

  get closed(): Promise<CloseResult> {
    return this.#ensureEnding().closed;
  }

  get stats(): ConnectionStats {
    return readStats(this.protocol, {
      bytesReceived: this.#bytesReceived,
      bytesSent: this.#sender === undefined ? 0 : this.#sender.outbox.bytesWritten,
      bufferedBytes: this.bufferedBytes,
      isStalled: this.receiver.isStalled,
      roundTripMs: this.#roundTrip?.latestMs,
    });
  }

  setLimits(changes: ConnectionOptions): void {
    const before = this.limits;
    const limits = resolveConnectionOptions(this.protocol.role, changes, before);
    this.limits = limits;
    this.protocol.maxMessageBytes = limits.maxMessageBytes;
    this.receiver.limitsChanged();
    this.#sender?.useRoom();
    const { closeTimeoutMs } = limits;
    if (!this.#hasEnded() && before.closeTimeoutMs !== closeTimeoutMs) {
      this.#ending?.deadline?.start(closeTimeoutMs);
    }
    const { pingIntervalMs, pongTimeoutMs } = limits;
    const isOther = before.pingIntervalMs !== pingIntervalMs || before.pongTimeoutMs !== pongTimeoutMs;
    if (!isOther || this.state !== "open") return;
    this.#keepAlive?.stop();
    this.#startKeepAlive();
  }

  sendControl(opcode: typeof Opcode.ping | typeof Opcode.pong, data: Message, callback?: SentCallback): void {
    this.protocol.sendControl(opcode, data);
    if (opcode === Opcode.ping) (this.#roundTrip ??= new RoundTrip()).pingSent(data);
    this.sender.outbox.schedule(callback);
  }

  close(code: number | undefined, reason?: string): Promise<CloseResult> {
    // What cannot be sent must throw here, and not when its turn comes.
    encodeClosePayload(code, reason);
    // First of all, for the deadline has to see the close frame among the bytes that wait.
    this.#startClosing();
    this.sender.finish(() => {
      this.protocol.close(code, reason);
      this.sender.outbox.schedule();
      this.#ending?.deadline?.endsWith(this.sender.outbox.bytesAccepted);
    });
    this.receiver.expand();
    return this.closed;
  }

  flush(): void {
    this.#sender?.outbox.flush();
  }

  terminate(): void {
    this.duplex.destroy();
  }

  // What the way in asks

  get maySend(): boolean {
    return this.#sender === undefined ? this.protocol.maySend : this.#sender.isOpen;
  }

  get isReceiving(): boolean {
    return this.receiver.isReceiving;
  }

  hasListener(): boolean {
    return this.connection.listenerCount("message") > 0;
  }

  onMessage(message: Message): boolean {
    return this.#tell("message", message);
  }

  onControl(event: Exclude<ProtocolEvent, { type: "message" | "part" }>): void {
    if (event.type === "ping") {
      this.#tell("ping", event.data);
    } else if (event.type === "pong") {
      this.#roundTrip?.pongReceived(event.data);
      this.#tell("pong", event.data);
    } else {
      if (event.type === "error" && event.error.code === "MESSAGE_TOO_BIG") {
        diagnostics.limitExceeded(this.connection, "maxMessageBytes", event.error);
      }
      this.#startClosing();
      // A listener may cut the connection off: what the peer has to be told is to leave before that.
      this.sender.outbox.flush();
      const { code, reason, error } = this.protocol.result;
      this.#tell("closing", error === undefined ? { code, reason } : { code, reason, error });
    }
  }

  onReceived(): void {
    const { protocol } = this;
    // Neither we nor the application have ever answered.
    if (this.#sender === undefined && protocol.maySend && !protocol.hasOutput) return;
    const { sender } = this;
    const { outbox } = sender;
    if (!protocol.maySend) {
      // Where the transport is gone, all are told in order, at the end.
      if (!this.duplex.destroyed) sender.stopIfClosed();
      this.#ending?.deadline?.endsWith(outbox.bytesAccepted);
    }
    // The answers to a chunk, ours and the application's, leave together and now.
    outbox.flush();
    if (outbox.isFarBehind) protocol.holdPongs(true);
    else if (protocol.holdsPongs) this.#releasePongs();
    if (protocol.mustEndTransport) this.#endTransport();
  }

  onResumed(): void {
    // What we did not read cannot prove the peer dead: its time begins now.
    this.#keepAlive?.heard();
  }

  // What the way out asks

  get awaitsRelief(): boolean {
    return this.#ending !== undefined || this.protocol.holdsPongs || this.sender.awaitsRoom;
  }

  onRelief(): void {
    const { outbox } = this.sender;
    this.#ending?.deadline?.progressed(outbox.bytesConfirmed);
    // A pong that was held is not to wait behind one more fragment.
    if (this.protocol.holdsPongs && !outbox.isFarBehind) this.#releasePongs();
    this.sender.useRoom();
  }

  onOverflow(): void {
    diagnostics.limitExceeded(this.connection, "maxBufferedBytes");
    if (this.limits.whenBufferFull !== "close") return;
    void this.close(CloseCode.tryAgainLater, "Too many bytes wait to be read");
  }

  onDrained(): void {
    this.#tell("drain");
  }

  onGivenUp(): void {
    void this.close(CloseCode.internalError, "A message was given up");
  }

  // What keep-alive asks

  ping(onSent: () => void): void {
    this.sendControl(Opcode.ping, "", (error) => error ?? onSent());
  }

  giveUp(): void {
    this.#abort("KEEP_ALIVE_TIMEOUT", `no byte arrived within ${this.limits.pongTimeoutMs} ms after a ping`);
  }

  isReading(): boolean {
    return !this.receiver.isStalled;
  }

  progress(): number | undefined {
    const { outbox } = this.sender;
    return outbox.isTransportBackedUp ? outbox.bytesConfirmed : undefined;
  }

  // What watches frames asks

  get wantsReceived(): boolean {
    return diagnostics.wantsReceivedFrames();
  }

  get wantsSent(): boolean {
    return diagnostics.wantsSentFrames();
  }

  onFrame(frame: ObservedFrame): void {
    diagnostics.frame(this.connection, frame);
  }

  #releasePongs(): void {
    this.protocol.holdPongs(false);
    this.sender.outbox.schedule();
  }

  #take(chunk: Uint8Array): void {
    this.#bytesReceived += chunk.length;
    if (diagnostics.wantsReads())
      diagnostics.chunkReceived(this.connection, chunk, this.protocol.isBetweenFrames);
    this.receiver.push(chunk);
  }

  #startKeepAlive(): void {
    const { pingIntervalMs, pongTimeoutMs } = this.limits;
    this.#keepAlive = pingIntervalMs > 0 ? new KeepAlive(pingIntervalMs, pongTimeoutMs, this) : undefined;
  }

  // Closing

  #ensureEnding(): Ending {
    return (this.#ending ??= new Ending());
  }

  #hasEnded(): boolean {
    return this.#ending?.result !== undefined;
  }

  #startClosing(): void {
    const ending = this.#ensureEnding();
    if (ending.deadline !== undefined || this.#hasEnded()) return;
    this.#keepAlive?.stop();
    ending.deadline = new CloseDeadline(this.limits.closeTimeoutMs, (ms) => {
      this.#abort("CLOSE_TIMEOUT", `the closing did not get on for ${ms} ms`);
    });
  }

  /** Ends our side, and reads the peer's to its end: unread bytes would turn our last ones into a reset. */
  #endTransport(): void {
    this.#startClosing();
    this.sender.outbox.end();
    this.duplex.resume();
  }

  #abort(code: ConnectionErrorCode, why: string): void {
    this.#ensureEnding().transportError ??= new ConnectionError(code, `Cannot keep the connection: ${why}`);
    this.terminate();
  }

  #finish(): void {
    if (this.#hasEnded()) return;
    this.#takeRest();
    this.receiver.transportEnded();
    this.receiver.receive();
    this.#ending?.deadline?.stop();
    this.#keepAlive?.stop();

    const { result } = this.protocol;
    const wasClean = result.wasClean && this.sender.outbox.isConfirmed;
    const error = result.error ?? (wasClean ? undefined : this.#ensureEnding().transportError);
    const closed = error === undefined ? { ...result, wasClean } : { ...result, wasClean, error };
    this.#ensureEnding().result = closed;
    this.#sender?.abandon();
    this.receiver.end();
    leave(this.duplex);
    diagnostics.closed(this.connection, closed);
    this.#ensureEnding().tell();
    this.#tell("close", closed);
  }

  /** What a transport that broke had read while it was left alone: it does not bring that itself any more. */
  #takeRest(): void {
    while (this.duplex.readableLength > 0) {
      const chunk = this.duplex.read() as Uint8Array | null;
      if (chunk === null) return;
      this.#take(chunk);
    }
  }

  /** Tells the listeners, whose exceptions are theirs. */
  #tell(name: "closing", data: ClosingSign): boolean;
  #tell(name: "close", data: CloseResult): boolean;
  #tell(name: "drain"): boolean;
  #tell(name: "message" | "ping" | "pong", data: Message): boolean;
  #tell(name: keyof ConnectionEvents, data?: unknown): boolean {
    try {
      return this.connection.emit(name, data as never);
    } catch (error) {
      reportUncaught(error);
      return true;
    }
  }
}

// The same functions for all transports, which find their session: four closures each would take more memory than all that
// an idle connection has to remember.
const SESSION = Symbol("session");
type Carrier = Duplex & { [SESSION]: Session | undefined };

function listenTo(duplex: Duplex, session: Session): void {
  (duplex as Carrier)[SESSION] = session;
  duplex.on("data", onData);
  duplex.on("end", onEnd);
  duplex.on("error", onError);
  duplex.on("close", onClose);
}

/** A transport may be kept longer than what it carried, by Node for one: it must not keep all of that as well. */
function leave(duplex: Duplex): void {
  (duplex as Carrier)[SESSION] = undefined;
}

/** Whether nobody else has the chunks: a plain socket reads each into memory of its own, and shows it to its listeners only. */
function isOursAlone(duplex: Duplex): boolean {
  return duplex.listenerCount("data") === 1 && duplex.constructor === Socket;
}

function onData(this: Carrier, chunk: Uint8Array): void {
  this[SESSION]?.onData(chunk);
}

function onEnd(this: Carrier): void {
  this[SESSION]?.onEnd();
}

function onError(this: Carrier, error: Error): void {
  this[SESSION]?.onError(error);
}

function onClose(this: Carrier): void {
  this[SESSION]?.onClose();
}
