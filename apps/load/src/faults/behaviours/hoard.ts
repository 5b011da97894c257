// Never reads, and asks for more all the time: its bytes count as life, so what waits for it must end it, not keep-alive.
// Then it comes back.
import { once } from "node:events";
import { Opcode } from "@ws/frame";
import { writeMessage } from "../../wire/numbered-message.ts";
import { RawClient } from "../../wire/raw-client.ts";
import type { Behaviour } from "../behaviour.ts";
import { again } from "./again.ts";

/** Each comes back as an echo, which nobody takes. */
export const HOARDED_BYTES: number = 64 * 1024;
const EVERY_MS = 40;

export const hoard: Behaviour = async ({ address }) =>
  again(async (onLeave) => {
    const client = await RawClient.open(address);
    onLeave(() => void client.socket.destroy());
    client.socket.pause();
    const frame = client.encode(Opcode.binary, writeMessage("echo", 0, HOARDED_BYTES));
    const timer = setInterval(() => {
      // A server that does not read either shall not fill our memory.
      if (client.isOpen && client.socket.writableLength === 0) client.socket.write(frame);
    }, EVERY_MS);
    await once(client.socket, "close");
    clearInterval(timer);
  });
