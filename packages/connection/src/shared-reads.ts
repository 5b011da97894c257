// Sockets that are read into the one buffer of the process instead of a fresh one each time. What arrives is copied out of
// it, and behaves as with any other socket; only a connection, which is done with large chunks before the next read, gets
// those as they lie there. How a socket is dialled, or an accepted one made to read there, is for whoever does it.
import type { OnReadOpts, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { keep, readBuffer } from "@ws/frame";

/** Up to here a copy of the chunk costs less than one of each payload in it, in bytes. */
const COPIED_BYTES = 4 * 1024;

/** Whether chunks may be lent, on a stream that is read into the buffer. */
const mayLend: unique symbol = Symbol("may lend");

interface SharedReader {
  [mayLend]?: boolean;
}

/**
 * Makes a socket that is read into the `readBuffer`, where that can be.
 *
 * @param dial calls `net.connect` with these options among others
 */
export function dialShared(dial: (options: { readonly onread?: OnReadOpts }) => Socket): Socket {
  // On Windows a read may be under way into a buffer before anybody knows of bytes: it must belong to one socket.
  if (process.platform === "win32") return dial({});
  const callback = (length: number): boolean => receiveShared(socket, length);
  const socket: Socket = dial({ onread: { buffer: readBuffer(), callback } });
  readsShared(socket);
  return socket;
}

/** The socket is read into the `readBuffer`: `receiveShared` hears of what comes. */
export function readsShared(socket: Socket): void {
  (socket as SharedReader)[mayLend] = false;
}

/** From now on nobody but a connection reads the stream. */
export function borrowChunks(duplex: Duplex): void {
  const reader = duplex as SharedReader;
  if (reader[mayLend] === false) reader[mayLend] = true;
}

/**
 * So many bytes for the socket lie in the buffer.
 *
 * @returns what Node asks for: whether to read on
 */
export function receiveShared(socket: Socket, length: number): boolean {
  const { buffer, byteOffset } = readBuffer();
  const lent = new Uint8Array(buffer, byteOffset, length);
  const isConnections = (socket as SharedReader)[mayLend] === true;
  const chunk = isConnections && length > COPIED_BYTES ? lent : keep(lent);
  // Past the stream's own queue, where that is empty: to go through it costs a tick of its own. Whoever pauses then has
  // stopped the reading already.
  if (isConnections && socket.readableFlowing === true && socket.readableLength === 0) {
    socket.emit("data", chunk);
    return true;
  }
  const kept = keep(chunk);
  return socket.push(Buffer.from(kept.buffer, kept.byteOffset, length));
}
