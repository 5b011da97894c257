// Says no on a raw socket, so that the answer arrives: writes it, ends our side, and reads the peer's to its end, because
// closing a socket with unread bytes makes the kernel send a reset that can overtake the answer.
import type { Duplex } from "node:stream";
import { encodeResponse } from "@ws/handshake";
import type { Refusal } from "./refusal.ts";

const LINGER_MS = 2000;

export function refuse(socket: Duplex, refusal: Refusal): void {
  // Of the code nothing is written.
  socket.end(encodeResponse({ ...refusal, code: "REFUSED" }));
  socket.resume();
  linger(socket);
}

/** Gives who was refused a moment to read the answer and leave. */
export function linger(duplex: Duplex): void {
  const timer = setTimeout(() => duplex.destroy(), LINGER_MS);
  timer.unref();
  duplex.once("close", () => clearTimeout(timer));
}
