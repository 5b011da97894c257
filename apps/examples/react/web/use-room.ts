// The hook. Components that use the same room share it: it is joined once, and left with the last of them.
import { createContext, useContext, useSyncExternalStore } from "react";
import type { RoomClient } from "@ws/rooms/client";
import type { Definition } from "../src/protocol.ts";
import { RoomStore, type RoomSnapshot } from "./room-store.ts";

export const RoomsContext = createContext<RoomClient<Definition> | undefined>(undefined);

const stores = new WeakMap<RoomClient<Definition>, Map<string, RoomStore>>();

function storeOf(client: RoomClient<Definition>, name: `chat/${string}`): RoomStore {
  let known = stores.get(client);
  if (known === undefined) stores.set(client, (known = new Map()));
  let store = known.get(name);
  if (store === undefined) known.set(name, (store = new RoomStore(client, name)));
  return store;
}

/** A room: what was said in it, whether it is heard now, and a way to say something. */
export function useRoom(name: `chat/${string}`): RoomSnapshot & Pick<RoomStore, "say"> {
  const client = useContext(RoomsContext);
  if (client === undefined)
    throw new Error("Cannot use a room: there is no RoomsContext around the component");
  const { subscribe, getSnapshot, say } = storeOf(client, name);
  return { ...useSyncExternalStore(subscribe, getSnapshot), say };
}
