// What the page and the server of the rooms test say to each other.
import { defineRooms, unchecked } from "@ws/rooms/client";

export const protocol = defineRooms({
  rooms: { chat: { events: { message: unchecked<string>(), bytes: unchecked<Uint8Array>() } } },
  toServer: { requests: { add: { input: unchecked<number[]>(), output: unchecked<number>() } } },
});
