// The clients of the node that is weighed: they say what they have to, frame by frame, and count what they are told, so that most
// of the machine is left for the node.
import { randomBytes } from "node:crypto";
import { answer } from "load/process/answer";
import { sourceOf } from "load/wire/address";
import { inTurns } from "load/wire/in-turns";
import { RawClient } from "load/wire/raw-client";
import { type Frame, Opcode } from "@ws/frame";

interface Client {
  readonly raw: RawClient;
  /** Told of each answer. */
  onAnswer: () => void;
  asked: number;
}

/** Enough of a message to see what it is. */
const MAX_HEAD = 64;

const clients: Client[] = [];
let heard = 0;

async function open(port: number, index: number): Promise<void> {
  const onFrame = (frame: Frame): void => {
    const { buffer, byteOffset, length } = frame.payload;
    const text = Buffer.from(buffer, byteOffset, Math.min(length, MAX_HEAD)).toString("latin1");
    // The answer to what was asked has `re`; of entries only the number counts.
    if (text.includes('"re":')) client.onAnswer();
    else if (text.includes('"type":"entry"')) heard++;
  };
  const raw = await RawClient.open({ port, ...sourceOf(index) }, { onFrame: (frame) => onFrame(frame) });
  const client: Client = { raw, onAnswer: () => {}, asked: 0 };
  clients.push(client);
}

function ask(client: Client, message: object): Promise<void> {
  return new Promise((resolve) => {
    client.onAnswer = resolve;
    client.raw.send(Opcode.text, JSON.stringify({ ...message, id: ++client.asked }));
  });
}

function ownRoom(index: number): string {
  return `full/own${index}`;
}

const TEXT = "x".repeat(200);

async function publish(client: Client, room: string, until: number): Promise<number> {
  let count = 0;
  for (; performance.now() < until; count++) {
    const entries = [
      { id: randomBytes(8).toString("hex"), event: "message", data: { number: count, padding: TEXT } },
    ];
    await ask(client, { type: "publish", room, entries });
  }
  return count;
}

const answers = {
  open: (port: number, count: number): Promise<void> => {
    const before = clients.length;
    return inTurns(count, (index) => open(port, before + index));
  },
  /** Each of the clients from one to the other joins these rooms, one after the other. */
  join: async (from: number, to: number, rooms: readonly string[]): Promise<void> => {
    await inTurns(to - from, async (index) => {
      for (const room of rooms) await ask(clients[from + index]!, { type: "join", room });
    });
  },
  /** The first so many clients each join the room that they publish in. */
  joinOwn: (count: number): Promise<void> =>
    inTurns(count, (index) => ask(clients[index]!, { type: "join", room: ownRoom(index) })),
  /** The first so many clients publish, each in a room of its own or in the one given; returns how often in all. */
  publish: async (count: number, ms: number, room?: string): Promise<number> => {
    const until = performance.now() + ms;
    const counts = await Promise.all(
      clients.slice(0, count).map((client, i) => publish(client, room ?? ownRoom(i), until)),
    );
    return counts.reduce((sum, each) => sum + each, 0);
  },
  /** How many entries were heard since this was last asked. */
  heard: (): number => {
    const since = heard;
    heard = 0;
    return since;
  },
};
export type SizingClients = typeof answers;

answer(answers);
