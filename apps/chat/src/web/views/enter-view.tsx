// The first thing a visitor sees: one question.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { LIMITS } from "../../shared/limits.ts";
import { judgeName } from "../../shared/names.ts";
import type { Chat } from "../state/chat.ts";
import { ThemeButton } from "./theme-button.tsx";

export function EnterView({ chat }: { readonly chat: Chat }): JSX.Element {
  const { session } = chat;
  const name = useSignal(session.lastName);
  const complaint = useSignal<string | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const error = complaint.value ?? session.error.value;

  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    if (error !== undefined) input.current?.select();
  }, [error]);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const verdict = judgeName(name.value);
    complaint.value = verdict.ok ? undefined : verdict.reason;
    if (verdict.ok) void session.enter(verdict.name);
  };

  return (
    <main class="enter">
      <form class="enter-card" noValidate onSubmit={submit}>
        <img src="/icon.svg" width="48" height="48" alt="" />
        <h1>Join the chat</h1>
        <p class="muted">
          You are about to enter <strong>#{chat.labelOf(chat.room.value)}</strong>. Others will see the name
          you choose.
        </p>
        <label for="name">Your name</label>
        <input
          id="name"
          ref={input}
          class="field"
          value={name.value}
          autoComplete="nickname"
          autoCapitalize="words"
          spellcheck={false}
          aria-describedby="name-hint"
          aria-invalid={error !== undefined}
          onInput={(event) => {
            name.value = event.currentTarget.value;
            complaint.value = undefined;
            session.error.value = undefined;
          }}
        />
        <p id="name-hint" class={error === undefined ? "hint" : "hint is-bad"} role="alert">
          {error ?? `Up to ${LIMITS.name} characters.`}
        </p>
        <button type="submit" class="button is-primary" disabled={session.isBusy.value}>
          Enter
        </button>
      </form>
      <div class="enter-corner">
        <ThemeButton />
      </div>
    </main>
  );
}
