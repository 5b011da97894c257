// Never reads, so no ping is ever answered; keep-alive must end it.
import { RawClient } from "../../wire/raw-client.ts";
import type { Behaviour } from "../behaviour.ts";

export const stayMute: Behaviour = async ({ address }) => {
  const { socket } = await RawClient.open(address);
  socket.pause();
  return { leave: () => void socket.destroy() };
};
