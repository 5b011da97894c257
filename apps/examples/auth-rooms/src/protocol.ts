// What is said in the rooms: one declaration for the server and its clients. What does not fit is refused on both sides.
import { defineRooms } from "@ws/rooms/client";
import * as v from "valibot";

export const protocol = defineRooms({
  // The rooms of the kind are all whose names begin with `team/`.
  rooms: { team: { events: { message: v.object({ text: v.pipe(v.string(), v.maxLength(2000)) }) } } },
});
