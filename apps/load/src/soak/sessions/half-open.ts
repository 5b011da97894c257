// Clients that fall silent: before their request is whole, or behind it. The server must end both.
import { once } from "node:events";
import { dial, RawClient, requestHead } from "../../wire/raw-client.ts";
import { expectSame, type Session } from "../session.ts";

/** Half a request, or none at all. */
export const neverAsk: Session = async (address) => {
  const socket = await dial(address);
  if (Math.random() < 0.5) socket.write(requestHead(address).slice(0, 40));
  let response = "";
  socket.on("data", (chunk: Buffer) => (response += chunk.toString("latin1")));
  await once(socket, "close");
  expectSame("response", response.slice(0, 12), "HTTP/1.1 408");
};

/** No pong comes. */
export const fallSilent: Session = async (address) => {
  let pings = 0;
  const { socket } = await RawClient.open(address, { answersPings: false, onPing: () => pings++ });
  await once(socket, "close");
  expectSame("pings", pings, 1);
};
