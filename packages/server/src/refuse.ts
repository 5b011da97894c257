// Says no on a raw socket, so that the answer arrives: writes it, ends our side, and reads the peer's to its end, because
// closing a socket with unread bytes makes the kernel send a reset that can overtake the answer.
import type { Duplex } from "node:stream";
import { encodeResponse, type Rejected } from "@ws/handshake";

const LINGER_MS = 2000;

export function refuse(socket: Duplex, rejected: Rejected): void {
  socket.end(encodeResponse(rejected));
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
}
