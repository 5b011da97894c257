// A connection as a pair of web streams, the way the browsers' WebSocketStream has them: a chunk is a message. Keeps
// nothing itself: what waits, waits in the connection, whose limits hold.
import type { CloseResult } from "../close-result.ts";
import { CloseCode } from "@ws/frame";
import type { Connection } from "../connection.ts";
import { ConnectionError } from "../connection-error.ts";
import type { Message } from "../message-assembly.ts";
import { type MessageLike, toMessage } from "../message-like.ts";
import { closeBecause, endedWith } from "./websocket-error.ts";

/** What {@link toWebStreams} makes of a connection. */
export interface WebStreams {
  /**
   * The messages: text as strings, binary as bytes. Not reading is the backpressure. It closes when the connection
   * ended cleanly, whatever the code; otherwise reading rejects with a {@link WebSocketError}, behind all that arrived.
   * Cancelling it closes the connection as aborting `writable` does.
   */
  readonly readable: ReadableStream<Message>;
  /**
   * Sends what is written: strings as text, bytes as binary, which must not change before they have left. A write
   * resolves when more should follow. Closing it closes the connection without a code, behind all that was written, and
   * resolves when the connection has ended. Aborting it closes the connection at once, without a code or as a
   * {@link WebSocketError} says.
   */
  readonly writable: WritableStream<MessageLike>;
  /** Resolves when the connection has ended, and never rejects. */
  readonly closed: Promise<CloseResult>;
}

/**
 * The connection as web streams.
 *
 * @throws Error while a `message` listener takes the messages, or once they are taken as streams
 *
 * @example
 * ```ts
 * const { readable, writable } = toWebStreams(connection);
 * await readable.pipeThrough(new CompressionStream("gzip")).pipeTo(writable);
 * ```
 */
export function toWebStreams(connection: Connection): WebStreams {
  const { closed } = connection;
  const messages = connection[Symbol.asyncIterator]();

  const readable = new ReadableStream<Message>(
    {
      async pull(controller) {
        const { done, value } = await messages.next();
        if (done !== true) return controller.enqueue(value);
        const result = await closed;
        if (result.wasClean) controller.close();
        else controller.error(endedWith(result));
      },
      async cancel(why) {
        await messages.return?.();
        closeBecause(connection, why, CloseCode.noStatus);
      },
    },
    { highWaterMark: 0 },
  );

  const writable = new WritableStream<MessageLike>({
    start(controller) {
      // At once, not when the write that is under way has ended: that may be the very reason. Node's types lack it.
      const { signal } = controller as unknown as { signal: AbortSignal };
      signal.addEventListener("abort", () => closeBecause(connection, signal.reason, CloseCode.noStatus));
      void closed.then((result) => controller.error(endedWith(result)));
    },
    async write(chunk) {
      try {
        await write(connection, chunk);
      } catch (error) {
        const isOver = error instanceof ConnectionError && error.code === "CONNECTION_CLOSED";
        throw isOver ? endedWith(await closed) : error;
      }
    },
    async close() {
      const result = await connection.close(CloseCode.noStatus);
      if (!result.wasClean) throw endedWith(result);
    },
  });

  return { readable, writable, closed };
}

/** Resolves when more should follow: at once, or when the transport has taken the bytes. */
async function write(connection: Connection, chunk: MessageLike): Promise<void> {
  let message: Message;
  try {
    message = toMessage(chunk);
  } catch (error) {
    // The stream is lost with it, and nobody else would tell the peer.
    void connection.close(CloseCode.internalError);
    throw error;
  }
  if (connection.limits.whenBufferFull === "wait") return connection.sendAsync(message);
  return new Promise((resolve, reject) => {
    const mayGoOn = connection.send(message, (error) => (error ? reject(error) : resolve()));
    if (mayGoOn) resolve();
  });
}
