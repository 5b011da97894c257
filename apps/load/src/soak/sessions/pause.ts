// A client that does not read for a while: nothing is lost, and everything comes in order.
import { setTimeout as sleep } from "node:timers/promises";
import { readMessage, writeMessage } from "../../wire/numbered-message.ts";
import { expectSame, open, type Session } from "../session.ts";

const MESSAGES = 60;
const MESSAGE_BYTES = 8 * 1024;
const PAUSE_MS = 300;

export const pauseReading: Session = async (address) => {
  const connection = await open(address);
  let received = 0;
  let inOrder = 0;
  connection.on("message", (data) => {
    if (readMessage(data).number === received++) inOrder++;
    if (received === MESSAGES) void connection.close(3000);
  });
  connection.pause();
  for (let i = 0; i < MESSAGES; i++) connection.send(writeMessage("echo", i, MESSAGE_BYTES));
  await sleep(PAUSE_MS);
  expectSame("messages while paused", received, 0);
  connection.resume();
  const { code } = await connection.closed;
  expectSame("close", code, 3000);
  expectSame("messages in order", inOrder, MESSAGES);
};
