// What is shown to whoever the feed does not let in, which a browser does not say the reason of.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { InspectorStore } from "../inspector-store.ts";

export function GateView({ store }: { readonly store: InspectorStore }): JSX.Element {
  const token = useSignal("");
  return (
    <div class="gate">
      <h2>The inspector did not let you in</h2>
      <ul>
        <li>
          It shows people their own connections: <a href="/">enter the chat</a> first, then come back.
        </li>
        <li>
          It may be switched off: the server shows it with <code>INSPECTOR=own</code>.
        </li>
        <li>
          With <code>INSPECTOR=all</code> it asks for the token of the server.
        </li>
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          store.start(token.value.trim());
        }}
      >
        <label for="inspector-token">Token</label>
        <input
          id="inspector-token"
          class="field"
          type="password"
          autocomplete="off"
          value={token.value}
          onInput={({ currentTarget }) => (token.value = currentTarget.value)}
        />
        <button type="submit" class="button is-primary">
          {token.value === "" ? "Try again" : "Open"}
        </button>
      </form>
    </div>
  );
}
