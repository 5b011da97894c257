// What is said in the rooms, for the nodes and for who talks.
import { defineRooms, unchecked } from "@ws/rooms/client";

export const protocol = defineRooms({ rooms: { chat: { events: { message: unchecked<string>() } } } });
