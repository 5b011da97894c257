// One byte at a time, but all of them valid: slow is not wrong, and what it says must be answered.
import { Opcode } from "@ws/frame";
import { readMessage, writeMessage } from "../../wire/numbered-message.ts";
import { RawClient } from "../../wire/raw-client.ts";
import type { Behaviour } from "../behaviour.ts";

const EVERY_MS = 40;

export const trickleMessages: Behaviour = async ({ address, index, records }) => {
  let echoes = 0;
  const client = await RawClient.open(address, {
    // A pong in the midst of a frame would be part of it; the bytes of the frame are life enough.
    answersPings: false,
    onFrame: ({ opcode, payload }) => {
      if (opcode !== Opcode.binary) return;
      const { kind, number } = readMessage(payload);
      if (kind !== "echo") return;
      if (number !== echoes) records.complain(`trickler ${index} got echo ${number}, not ${echoes}`);
      echoes = number + 1;
      records.count("trickled messages echoed");
    },
  });
  let message = 0;
  let frame: Buffer = Buffer.alloc(0);
  const timer = setInterval(() => {
    if (frame.length === 0) frame = client.encode(Opcode.binary, writeMessage("echo", message++, 0));
    if (client.isOpen) client.socket.write(frame.subarray(0, 1));
    frame = frame.subarray(1);
  }, EVERY_MS);
  let isLeaving = false;
  client.socket.on("close", () => {
    clearInterval(timer);
    if (!isLeaving) records.complain(`trickler ${index} was cut off`);
  });
  return {
    leave: () => {
      isLeaving = true;
      // The last one may be under way still.
      if (echoes < message - 2) records.complain(`trickler ${index} got ${echoes} of ${message} echoes`);
      client.socket.destroy();
    },
  };
};
