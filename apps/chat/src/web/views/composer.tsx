// Where messages are written. Says how long one may be before it is too long, and keeps what was begun in each room.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { LIMITS } from "../../shared/limits.ts";
import type { ChatStore } from "../state/chat-store.ts";
import { ConnectionStatus } from "./connection-status.tsx";
import { SendIcon } from "./icons.tsx";
import { TypingLine } from "./typing-line.tsx";

/** From here on the characters are counted. */
const COUNTED_FROM = LIMITS.text * 0.75;
const number = new Intl.NumberFormat();

export function Composer({ store }: { readonly store: ChatStore }): JSX.Element {
  const room = store.room.value;
  const text = useSignal(store.draft(room));
  const field = useRef<HTMLTextAreaElement>(null);
  const isTooLong = text.value.length > LIMITS.text;
  const canSend = text.value.trim() !== "" && !isTooLong;

  useLayoutEffect(() => {
    text.value = store.draft(room);
  }, [room]);
  useEffect(() => {
    // On a phone this would open the keyboard over what somebody came to read.
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, [room]);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text.value, room]);

  const submit = (): void => {
    if (!canSend) return;
    store.send(text.value.trim());
    text.value = "";
    field.current?.focus();
  };

  return (
    <footer class="composer-frame">
      <div class="composer">
        <TypingLine store={store} />
        <form
          class="composer-box"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <textarea
            ref={field}
            class="composer-field"
            rows={1}
            enterkeyhint="send"
            value={text.value}
            placeholder={`Message #${room}`}
            aria-label={`Message #${room}`}
            aria-describedby="composer-hint"
            aria-invalid={isTooLong}
            onInput={(event) => {
              text.value = event.currentTarget.value.replaceAll("\r\n", "\n");
              store.write(text.value);
            }}
            onKeyDown={(event) => {
              // While a character is being composed, Enter chooses it.
              if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
              event.preventDefault();
              submit();
            }}
          />
          <button type="submit" class="send-button" aria-label="Send" title="Send" disabled={!canSend}>
            <SendIcon />
          </button>
        </form>
        <div class="composer-foot">
          <ConnectionStatus store={store} />
          <Hint length={text.value.length} />
        </div>
      </div>
    </footer>
  );
}

function Hint({ length }: { readonly length: number }): JSX.Element {
  if (length >= COUNTED_FROM) {
    const surplus = length - LIMITS.text;
    return (
      <p id="composer-hint" class={surplus > 0 ? "hint is-bad" : "hint"}>
        {surplus > 0
          ? `${number.format(surplus)} characters too long`
          : `${number.format(-surplus)} characters left`}
      </p>
    );
  }
  return (
    <p id="composer-hint" class="hint">
      <span class="wide-only">
        <kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> breaks the line,{" "}
      </span>
      up to {number.format(LIMITS.text)} characters
    </p>
  );
}
