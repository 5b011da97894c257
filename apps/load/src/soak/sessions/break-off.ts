// A client that is gone in the midst of a frame: with a reset, or with an end.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Opcode } from "@ws/frame";
import { RawClient } from "../../wire/raw-client.ts";
import type { Session } from "../session.ts";

const ARRIVAL_MS = 50;

export const breakOff: Session = async (address) => {
  const client = await RawClient.open(address);
  const frame = client.encode(Opcode.binary, Buffer.alloc(4000));
  client.socket.write(frame.subarray(0, 2000));
  // A reset at once could overtake what was written.
  await sleep(ARRIVAL_MS);
  const closed = once(client.socket, "close");
  if (Math.random() < 0.5) client.socket.resetAndDestroy();
  else client.socket.end();
  await closed;
};
