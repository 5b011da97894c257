// Takes the place of a bad one where nobody is bad: reads all that comes, answers pings.
import { RawClient } from "../../wire/raw-client.ts";
import type { Behaviour } from "../behaviour.ts";

export const listen: Behaviour = async ({ address }) => {
  const { socket } = await RawClient.open(address);
  return { leave: () => void socket.destroy() };
};
