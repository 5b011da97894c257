// What is said in the rooms, for the server and for the page.
import { defineRooms } from "@ws/rooms/client";
import * as v from "valibot";

export const protocol = defineRooms({
  rooms: { chat: { events: { message: v.object({ text: v.pipe(v.string(), v.maxLength(500)) }) } } },
});

export type Definition = typeof protocol.definition;
