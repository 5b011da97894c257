// A WebSocket as a Node Duplex: what is written leaves as messages, what arrives is read, with backpressure both ways.
import { Duplex, type DuplexOptions } from "node:stream";
import type { WebSocket } from "./websocket.ts";

/**
 * @param options of the Duplex; with `readableObjectMode` text is read as strings
 */
export function createWebSocketStream(websocket: WebSocket, options: DuplexOptions = {}): Duplex {
  const ws = websocket;
  /** After an error the closing handshake may go on: to terminate then would cut off the close frame. */
  let mustTerminate = true;

  const duplex = new Duplex({
    ...options,
    autoDestroy: false,
    emitClose: false,
    objectMode: false,
    writableObjectMode: false,
    read() {
      if (ws.isPaused) ws.resume();
    },
    write(chunk: Uint8Array, _encoding, callback) {
      whenOpen(() => ws.send(chunk, (error) => callback(error)));
    },
    final(callback) {
      whenOpen(() => {
        const socket = ws._socket;
        // The handshake has failed, and the error that tells of it destroys the stream.
        if (socket === null) return;
        if (socket.writableFinished) {
          callback();
          if (duplex.readableEnded) duplex.destroy();
          return;
        }
        socket.once("finish", () => callback());
        ws.close();
      });
    },
    destroy(error, callback) {
      let isOver = false;
      const finish = (reason: Error | null): void => {
        if (isOver) return;
        isOver = true;
        callback(reason);
      };
      const emitClose = (): void => process.nextTick(() => duplex.emit("close"));
      if (ws.readyState === ws.CLOSED) {
        finish(error);
        emitClose();
        return;
      }
      ws.once("error", finish);
      ws.once("close", () => {
        finish(error);
        emitClose();
      });
      if (mustTerminate) ws.terminate();
    },
  });

  function whenOpen(action: () => void): void {
    if (ws.readyState === ws.CONNECTING) ws.once("open", action);
    else action();
  }

  ws.on("message", (message, isBinary) => {
    const data = !isBinary && duplex.readableObjectMode ? (message as Buffer).toString() : message;
    if (!duplex.push(data)) ws.pause();
  });
  ws.once("error", (error) => {
    if (duplex.destroyed) return;
    mustTerminate = false;
    duplex.destroy(error);
  });
  ws.once("close", () => {
    if (!duplex.destroyed) duplex.push(null);
  });
  duplex.on("end", () => {
    if (!duplex.destroyed && duplex.writableFinished) duplex.destroy();
  });
  duplex.on("error", function onError(error) {
    duplex.removeListener("error", onError);
    duplex.destroy();
    // An error that nobody listens for is thrown, as with any stream.
    if (duplex.listenerCount("error") === 0) duplex.emit("error", error);
  });
  return duplex;
}
