// Random bytes, in place of a handshake or behind one, until the server has had enough; then again.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { dial, RawClient } from "../../wire/raw-client.ts";
import type { Behaviour } from "../behaviour.ts";
import { again } from "./again.ts";

const CHUNK_BYTES = 1024;
const EVERY_MS = 50;

export const garble: Behaviour = async ({ address, index, records }) =>
  again(async (onLeave) => {
    const isHandshake = index % 2 === 0;
    const socket = isHandshake ? await dial(address) : (await RawClient.open(address)).socket;
    onLeave(() => void socket.destroy());
    socket.resume();
    const timer = setInterval(() => {
      if (socket.writable) socket.write(randomBytes(CHUNK_BYTES));
    }, EVERY_MS);
    await once(socket, "close");
    clearInterval(timer);
    records.count(isHandshake ? "garbage handshakes ended" : "garbage connections ended");
  });
