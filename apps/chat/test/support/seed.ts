// History that was there before a test: said by two people in turn, put into the engine without a connection.
import { type RoomLog, RoomPublisher } from "@ws/rooms";
import type { ChatRoomName } from "../../src/shared/names.ts";
import { protocol } from "../../src/shared/protocol.ts";

const PEOPLE = ["charles-key1.Charles Babbage", "mary-key-123.Mary Somerville"];

export async function seed(log: RoomLog, room: ChatRoomName, texts: readonly string[]): Promise<void> {
  const publisher = new RoomPublisher(protocol, log);
  // The engine orders them as they are handed over.
  await Promise.all(
    texts.map((text, i) => {
      const from = PEOPLE[Math.floor(i / 3) % PEOPLE.length]!;
      return publisher.publish(room, "message", { text }, { id: `seed-${i}`, from });
    }),
  );
}
