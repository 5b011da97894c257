// How the connection stands, for people: what the socket says, and what the server has said over it.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ChatSocket } from "./chat-client.ts";
import type { ChatClient } from "./chat-client.ts";

export type ConnectionStatus =
  | { readonly state: "connecting" }
  /** `isStuck`: the server is there, and cannot keep or pass on messages at the moment. */
  | { readonly state: "open"; readonly isStuck: boolean }
  | { readonly state: "reconnecting"; readonly retryAt: number }
  | { readonly state: "closed" };

export class ConnectionMonitor {
  readonly #status: Signal<ConnectionStatus> = signal<ConnectionStatus>({ state: "connecting" });

  get status(): ReadonlySignal<ConnectionStatus> {
    return this.#status;
  }

  watch(socket: ChatSocket, client: ChatClient): void {
    let isFirst = true;
    this.#status.value = { state: "connecting" };
    socket.on("statechange", (change) => {
      if (change.state === "waiting") {
        isFirst = false;
        this.#status.value = { state: "reconnecting", retryAt: Date.now() + change.delayMs };
      } else if (change.state === "closed") this.#status.value = { state: "closed" };
      // Once it was said that it comes back, trying is part of that.
      else if (change.state === "connecting" && !isFirst) {
        this.#status.value = { state: "reconnecting", retryAt: Date.now() };
      }
    });
    client.observe((change) => {
      if (change.type !== "open" && change.type !== "engine") return;
      if (client.state === "open") this.#status.value = { state: "open", isStuck: client.engine === "down" };
    });
  }
}
