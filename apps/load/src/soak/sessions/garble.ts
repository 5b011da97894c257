// Bytes that mean nothing: the server ends it with the right answer.
import { once } from "node:events";
import { Opcode } from "@ws/frame";
import { dial, RawClient } from "../../wire/raw-client.ts";
import { expectSame, type Session } from "../session.ts";

/** Reserved bits, an unknown opcode, no mask; the rest is random. */
export const garble: Session = async (address) => {
  let code = 0;
  const { socket } = await RawClient.open(address, {
    onFrame: ({ opcode, payload }) => {
      if (opcode === Opcode.close) code = Buffer.from(payload).readUInt16BE(0);
    },
  });
  socket.write(Buffer.of(0x7b, 0x05, 1, 2, 3, 4, 5));
  await once(socket, "close");
  expectSame("close code", code, 1002);
};

export const garbleHandshake: Session = async (address) => {
  const socket = await dial(address);
  socket.write(Buffer.from("\u0000\u0001 this is no HTTP\r\n\r\n"));
  let response = "";
  socket.on("data", (chunk: Buffer) => (response += chunk.toString("latin1")));
  await once(socket, "close");
  expectSame("response", response.slice(0, 12), "HTTP/1.1 400");
};
