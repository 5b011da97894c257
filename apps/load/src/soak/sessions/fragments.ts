// A message in many fragments with pings between them: one echo, and each ping answered.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Opcode } from "@ws/frame";
import { RawClient } from "../../wire/raw-client.ts";
import { expectSame, type Session } from "../session.ts";

const FRAGMENTS = 20;

export const exchangeFragments: Session = async (address) => {
  const parts = Array.from({ length: FRAGMENTS }, (_, i) => randomBytes(i * 40));
  let pongs = 0;
  let echo: Uint8Array | undefined;
  const client = await RawClient.open(address, {
    onFrame: ({ opcode, payload }) => {
      if (opcode === Opcode.pong) pongs++;
      if (opcode === Opcode.close) client.socket.end();
      if (opcode !== Opcode.binary) return;
      echo = payload;
      client.send(Opcode.close, Buffer.of(0x03, 0xe8));
    },
  });
  const closed = once(client.socket, "close");
  parts.forEach((part, i) => {
    client.send(i === 0 ? Opcode.binary : Opcode.continuation, part, i === FRAGMENTS - 1);
    if (i < FRAGMENTS - 1) client.send(Opcode.ping, `${i}`);
  });
  await closed;
  expectSame("echo", Buffer.compare(echo ?? Buffer.alloc(0), Buffer.concat(parts)), 0);
  // Pongs may be left out only where we do not read.
  expectSame("pongs", pongs, FRAGMENTS - 1);
};
