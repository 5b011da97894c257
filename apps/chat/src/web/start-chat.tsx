// Starts the chat: makes the store, ties it to the address and to the life of the tab, and draws it.
import { effect } from "@preact/signals";
import { render } from "preact";
import { SUBPROTOCOL } from "../shared/protocol.ts";
import { browserMemory } from "./state/browser-memory.ts";
import { ChatStore } from "./state/chat-store.ts";
import { ReconnectingSocket } from "./transport/reconnecting-socket.ts";
import { sessionApi } from "./transport/session-api.ts";
import { App } from "./views/app.tsx";
import { roomOfPath, roomPath } from "./views/room-path.ts";

export function startChat(root: HTMLElement): void {
  let socket: ReconnectingSocket | undefined;
  const store = new ChatStore({
    createSocket: (handlers) => {
      socket = new ReconnectingSocket(
        {
          url: `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`,
          protocol: SUBPROTOCOL,
          heartbeat: JSON.stringify({ type: "ping" }),
        },
        handlers,
      );
      return socket;
    },
    api: sessionApi,
    memory: browserMemory,
  });

  // The address is the room, both ways.
  store.open(roomOfPath(location.pathname));
  history.replaceState(null, "", roomPath(store.room.value));
  addEventListener("popstate", () => store.open(roomOfPath(location.pathname)));
  effect(() => {
    const path = roomPath(store.room.value);
    if (path !== location.pathname) history.pushState(null, "", path);
  });

  addEventListener("online", () => socket?.check());
  addEventListener("storage", () => store.reloadMarks());
  store.isVisible.value = document.visibilityState === "visible";
  document.addEventListener("visibilitychange", () => {
    store.isVisible.value = document.visibilityState === "visible";
    if (!store.isVisible.value) return;
    socket?.check();
    store.markRead();
  });

  render(<App store={store} />, root);
  void store.start();
}
