// The page: one connection for all of it, and the app around it.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { connect, ReconnectingConnection } from "@ws/client";
import { HEARTBEAT, RoomClient, SUBPROTOCOL } from "@ws/rooms/client";
import { protocol } from "../src/protocol.ts";
import { App } from "./app.tsx";
import { RoomsContext } from "./use-room.ts";

const socket = new ReconnectingConnection({
  connect,
  url: `${location.origin.replace(/^http/, "ws")}/ws${location.search}`,
  options: { protocols: [SUBPROTOCOL] },
  heartbeat: HEARTBEAT,
});
const client = new RoomClient(protocol, socket);

createRoot(document.querySelector("#root")!).render(
  <StrictMode>
    <RoomsContext value={client}>
      <App />
    </RoomsContext>
  </StrictMode>,
);
