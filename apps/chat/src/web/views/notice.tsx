// What a break has cost, and what was refused: shown over the messages for some seconds, so that nothing moves. A screen reader hears it
// from the live region of the chat.
import type { JSX } from "preact";
import type { Chat } from "../state/chat.ts";
import { AlertIcon, CheckIcon, CloseIcon } from "./icons.tsx";

export function NoticeView({ chat }: { readonly chat: Chat }): JSX.Element | null {
  const notice = chat.notices.current.value;
  if (notice === undefined) return null;
  return (
    <div class="notice" data-tone={notice.tone}>
      {notice.tone === "good" ? <CheckIcon /> : <AlertIcon />}
      <span class="notice-text">{notice.text}</span>
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => chat.notices.dismiss()}>
        <CloseIcon />
      </button>
    </div>
  );
}
