// One message there and back, to see that a connection is one.
import type { Socket } from "node:net";
import type { Connection } from "@ws/client";
import { response } from "./raw-server.ts";

/** A text of one letter, as a server sends it. */
export function letter(text: string): Buffer {
  return Buffer.from([0x81, 1, text.charCodeAt(0)]);
}

/** Accepts, and answers whatever comes with one letter. */
export function echoServer(socket: Socket, key: string): void {
  socket.write(response(key));
  socket.on("data", () => void (socket.writable && socket.write(letter("x"))));
}

/** Sends, waits for the answer, and leaves. */
export async function expectEcho(connection: Connection): Promise<void> {
  connection.send("hello");
  for await (const message of connection) {
    if (message !== "x") throw new Error(`The answer was ${String(message)}`);
    connection.terminate();
    await connection.closed;
    return;
  }
  throw new Error("There was no answer");
}
