// Who the person is: asked of the server at the start, chosen in the first view, given back at the end. Knows no rooms.
import { type Signal, signal } from "@preact/signals";
import type { Person } from "../../shared/person.ts";
import type { SessionApi } from "../transport/session-api.ts";
import type { BrowserMemory } from "./browser-memory.ts";

export type Phase =
  /** Asking who we are. */
  | "starting"
  /** Nobody yet. */
  | "entering"
  | "chatting";

const RETRY_START_MS = 2000;
export const UNREACHABLE = "The server cannot be reached. Try again.";

export class Session {
  readonly phase: Signal<Phase> = signal<Phase>("starting");
  readonly you: Signal<Person | undefined> = signal<Person | undefined>(undefined);
  /** Why one is not in. */
  readonly error: Signal<string | undefined> = signal<string | undefined>(undefined);
  readonly isBusy: Signal<boolean> = signal(false);
  readonly #api: SessionApi;
  readonly #memory: BrowserMemory;
  readonly #onBegin: (you: Person) => void;

  constructor(api: SessionApi, memory: BrowserMemory, onBegin: (you: Person) => void) {
    this.#api = api;
    this.#memory = memory;
    this.#onBegin = onBegin;
  }

  /** The name that was used last, to begin with. */
  get lastName(): string {
    return this.#memory.get("name") ?? "";
  }

  /** Asks the server whether this browser is somebody already. */
  async start(): Promise<void> {
    try {
      const answer = await this.#api.who();
      // Who we are cannot be known at the moment, which does not make us nobody.
      if ("error" in answer) throw new Error(answer.reason);
      if (answer.you !== null) this.#begin(answer.you);
      else this.phase.value = "entering";
    } catch {
      setTimeout(() => void this.start(), RETRY_START_MS);
    }
  }

  async enter(name: string): Promise<void> {
    if (this.isBusy.value) return;
    this.isBusy.value = true;
    this.error.value = undefined;
    try {
      const answer = await this.#api.enter(name);
      if ("error" in answer) this.error.value = answer.reason;
      else if (answer.you !== null) this.#begin(answer.you);
    } catch {
      this.error.value = UNREACHABLE;
    } finally {
      this.isBusy.value = false;
    }
  }

  /** @returns whether the session is over, on all tabs */
  async leave(): Promise<boolean> {
    try {
      await this.#api.leave();
      this.end(undefined);
      return true;
    } catch {
      return false;
    }
  }

  /** There is no session any more. */
  end(reason: string | undefined): void {
    this.you.value = undefined;
    this.error.value = reason;
    this.phase.value = "entering";
  }

  #begin(you: Person): void {
    this.#memory.set("name", you.name);
    this.you.value = you;
    this.phase.value = "chatting";
    this.#onBegin(you);
  }
}
