// A handshake of one byte at a time that would take minutes: the server must refuse it at its deadline.
import { once } from "node:events";
import { nowMs } from "../../clock.ts";
import { dial, requestHead } from "../../wire/raw-client.ts";
import type { Behaviour } from "../behaviour.ts";
import { again } from "./again.ts";

const EVERY_MS = 100;
/** A refusal lingers, so that it can be read; and this process has much else to do. */
const SLACK_MS = 3000;

export const trickleHandshake: Behaviour = async ({ address, index, records, handshakeTimeoutMs }) => {
  let hasLeft = false;
  const member = again(async (onLeave) => {
    const start = nowMs();
    const socket = await dial(address);
    onLeave(() => void socket.destroy());
    let head = Buffer.from(requestHead(address));
    let response = "";
    socket.on("data", (chunk: Buffer) => (response += chunk.toString("latin1")));
    const timer = setInterval(() => {
      if (socket.writable) socket.write(head.subarray(0, 1));
      head = head.subarray(1);
    }, EVERY_MS);
    await once(socket, "close");
    clearInterval(timer);
    if (hasLeft) return;
    const ms = nowMs() - start;
    if (response.startsWith("HTTP/1.1 408") && ms < handshakeTimeoutMs + SLACK_MS)
      records.count("slow handshakes refused");
    else records.complain(`slow handshake ${index} ended with ${JSON.stringify(response)} after ${ms} ms`);
  });
  return {
    leave: () => {
      hasLeft = true;
      member.leave();
    },
  };
};
