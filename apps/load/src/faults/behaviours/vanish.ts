// A healthy listener whose packets are lost from one moment on: no FIN, no RST, no pong; the server hears nothing any more.
import { RawClient } from "../../wire/raw-client.ts";
import type { Behaviour } from "../behaviour.ts";
import { abyss } from "./abyss.ts";

export const vanish: Behaviour = async ({ address, records }) => {
  const way = await abyss(address);
  const { socket } = await RawClient.open(way.address);
  // Whoever hears of the end has not vanished.
  let hasVanished = false;
  socket.on("close", () => {
    if (hasVanished) records.complain("a client that had vanished heard of its end");
  });
  return {
    begin: () => {
      hasVanished = true;
      way.open();
    },
    leave: () => {
      hasVanished = false;
      socket.destroy();
      way.close();
    },
  };
};
