// The whole page: nobody yet, or the chat.
import { useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import type { Chat } from "../state/chat.ts";
import { ChatView } from "./chat-view.tsx";
import { EnterView } from "./enter-view.tsx";

export function App({ chat }: { readonly chat: Chat }): JSX.Element {
  useSignalEffect(() => {
    const unread = chat.unread.value;
    document.title = `${unread > 0 ? `(${unread}) ` : ""}#${chat.labelOf(chat.room.value)} · Chat`;
  });
  const phase = chat.session.phase.value;
  if (phase === "starting") return <main class="enter" aria-busy="true" aria-label="Chat" />;
  return phase === "entering" ? <EnterView chat={chat} /> : <ChatView chat={chat} />;
}
