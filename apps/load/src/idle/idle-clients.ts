// The process of the clients that connect, and then say nothing but pong.
import { answer } from "../process/answer.ts";
import { type Address, sourceOf } from "../wire/address.ts";
import { inTurns } from "../wire/in-turns.ts";
import { RawClient } from "../wire/raw-client.ts";

const clients = new Set<RawClient>();
const pinged = new Set<RawClient>();

async function open(address: Address, index: number): Promise<void> {
  let client: RawClient | undefined;
  let wasPinged = false;
  const onPing = (): void => {
    wasPinged = true;
    if (client !== undefined) pinged.add(client);
  };
  const opened = await RawClient.open({ ...address, ...sourceOf(index) }, { onPing });
  // The first ping may have come along with the answer to the handshake.
  if (wasPinged) pinged.add(opened);
  client = opened;
  clients.add(opened);
  opened.socket.on("close", () => {
    clients.delete(opened);
    pinged.delete(opened);
  });
}

const answers = {
  open: (address: Address, count: number): Promise<void> => inTurns(count, (index) => open(address, index)),
  /** How many are open, and how many of these have been pinged. */
  count: (): { open: number; pinged: number } => ({ open: clients.size, pinged: pinged.size }),
  destroy: (): void => {
    for (const { socket } of clients) socket.destroy();
  },
};
export type IdleClients = typeof answers;

answer(answers);
