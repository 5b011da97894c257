// Starts the chat: makes it, ties it to the address and to the life of the tab, and draws it.
import { effect } from "@preact/signals";
import { render } from "preact";
import { DEFAULT_ROOM, roomPath } from "../shared/names.ts";
import { browserMemory, tabMemory } from "./state/browser-memory.ts";
import { Chat } from "./state/chat.ts";
import { connectChat } from "./transport/connect-chat.ts";
import { sessionApi } from "./transport/session-api.ts";
import { App } from "./views/app.tsx";
import { readAddress } from "./views/room-address.ts";

export function startChat(root: HTMLElement): void {
  const chat = new Chat({ connect: connectChat, api: sessionApi, memory: browserMemory, tabMemory });

  // The address is the room, both ways.
  const openAddress = (): void => {
    const address = readAddress(location.pathname);
    chat.open(address?.room ?? DEFAULT_ROOM, address?.title);
  };
  openAddress();
  if (readAddress(location.pathname) === undefined) history.replaceState(null, "", roomPath(DEFAULT_ROOM));
  addEventListener("popstate", openAddress);
  effect(() => {
    const room = chat.room.value;
    if (readAddress(location.pathname)?.room !== room) history.pushState(null, "", roomPath(room));
  });

  // Messages go on after a reload, files cannot. Listened for only then: it costs a page its place among those one can go back to.
  effect(() => {
    if (chat.isUploading.value) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  });

  addEventListener("storage", () => chat.onMemoryChange());
  const look = (): void => chat.setVisible(document.visibilityState === "visible");
  look();
  document.addEventListener("visibilitychange", look);
  for (const type of ["keydown", "pointerdown", "pointermove", "wheel"] as const) {
    addEventListener(type, () => chat.active(), { passive: true, capture: true });
  }

  render(<App chat={chat} />, root);
  void chat.session.start();
}

/** The browser asks whether the page is really to be left. */
function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
