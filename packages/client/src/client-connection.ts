// What a client's connection can do wherever it runs: in Node a `Connection`, in browsers one over the native WebSocket.
// Code that is written to this runs in both, and so does the reconnecting client.
import type { CloseResult, Message, MessageLike, SentCallback } from "@ws/connection";

/** The events that every {@link ClientConnection} has. */
export interface ClientConnectionEvents {
  /** A whole message: text as a string, binary as bytes. */
  message: [data: Message];
  /** After `send` returned `false`: there is room again. */
  drain: [];
  /** The end; nothing comes after it. */
  close: [result: CloseResult];
}

/** An open connection to a server, the same in Node and in browsers. */
export interface ClientConnection extends AsyncDisposable, AsyncIterable<Message> {
  /** The subprotocol that was agreed; `""` for none. */
  readonly protocol: string;
  /** The extensions that were agreed; `""` for none. */
  readonly extensions: string;
  /**
   * `"open"`, `"closing"` from the first close frame of either side, `"closed"` when the connection has
   * ended.
   */
  readonly state: "open" | "closing" | "closed";
  /** Bytes that were sent and have not reached the transport. */
  readonly bufferedAmount: number;
  /** Resolves when the connection has ended, and never rejects. */
  readonly closed: Promise<CloseResult>;

  /**
   * Sends a message: a string as text, bytes as binary.
   *
   * @param callback told when the bytes reached the transport, or why they never will
   * @returns whether more may be sent at once; after `false` a `drain` follows, or the close
   */
  send(data: MessageLike, callback?: SentCallback): boolean;
  /** Sends a message and resolves when its bytes reached the transport; rejects where they never will. */
  sendAsync(data: MessageLike): Promise<void>;
  /** Begins the closing handshake, once. */
  close(code?: number, reason?: string): Promise<CloseResult>;
  /** Gives the connection up without a word to the server. */
  terminate(): void;

  /** Calls a listener whenever the event comes; see {@link ClientConnectionEvents}. */
  readonly on: ListenerMethod;
  /** Calls a listener when the event comes next, and never again. */
  readonly once: ListenerMethod;
  /** Takes a listener away. */
  readonly off: ListenerMethod;
}

/** Spelled out by name: that is how the methods of Node's emitters and ours can both be seen as this one. */
interface ListenerMethod {
  (name: "message", listener: (...args: ClientConnectionEvents["message"]) => void): unknown;
  (name: "drain", listener: (...args: ClientConnectionEvents["drain"]) => void): unknown;
  (name: "close", listener: (...args: ClientConnectionEvents["close"]) => void): unknown;
}
