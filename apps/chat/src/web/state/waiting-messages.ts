// Our messages that the server has not confirmed, kept as long as the tab lives: after a reload they go on, under their ids, so that
// each is there once. What comes out of storage is checked like anything from outside; another person's is dropped.
import * as v from "valibot";
import { type FileCard, fileCard } from "../../shared/files.ts";
import type { BrowserMemory } from "./browser-memory.ts";

const KEY = "waiting";
/**
 * So long after it was sent a message is sent again by the next page. That page tries for a minute, and engines remember ids for two:
 * later a second time could be a second message.
 */
const SENT_AGAIN_MS = 30_000;

export interface WaitingMessage {
  readonly room: string;
  readonly id: string;
  /** Since when it waits, in ms since 1970; `sentAt` is when it was sent for the first time, if it was. */
  readonly at: number;
  readonly sentAt?: number | undefined;
  readonly text: string;
  readonly files: readonly FileCard[];
}

interface Kept {
  readonly key: string;
  readonly messages: readonly WaitingMessage[];
}

const kept: v.GenericSchema<unknown, Kept> = v.object({
  key: v.string(),
  messages: v.array(
    v.object({
      room: v.string(),
      id: v.string(),
      at: v.number(),
      sentAt: v.optional(v.number()),
      text: v.string(),
      files: v.array(fileCard),
    }),
  ),
});

export class WaitingMessages {
  readonly #memory: BrowserMemory;
  readonly #key: string;

  constructor(memory: BrowserMemory, personKey: string) {
    this.#memory = memory;
    this.#key = personKey;
  }

  /** Those of a room, as they were written. */
  of(room: string): readonly WaitingMessage[] {
    return this.#load().filter((message) => message.room === room);
  }

  /** It waits. Again: nothing changes. */
  put(message: WaitingMessage): void {
    const messages = this.#load();
    if (!messages.some(({ id }) => id === message.id)) this.#save([...messages, message]);
  }

  /** It is on its way to the server. */
  markSent(sentId: string): void {
    const mark = (message: WaitingMessage): WaitingMessage =>
      message.id === sentId ? { ...message, sentAt: message.sentAt ?? Date.now() } : message;
    this.#save(this.#load().map(mark));
  }

  /** It is known what became of it. */
  remove(settledId: string): void {
    const messages = this.#load();
    const others = messages.filter(({ id }) => id !== settledId);
    if (others.length < messages.length) this.#save(others);
  }

  #load(): readonly WaitingMessage[] {
    try {
      const result = v.safeParse(kept, JSON.parse(this.#memory.get(KEY) ?? "null"));
      return result.success && result.output.key === this.#key ? result.output.messages : [];
    } catch {
      return [];
    }
  }

  #save(messages: readonly WaitingMessage[]): void {
    this.#memory.set(KEY, messages.length > 0 ? JSON.stringify({ key: this.#key, messages }) : undefined);
  }
}

/** Whether it can be sent without the danger that it is there twice. */
export function maySendAgain({ sentAt }: WaitingMessage): boolean {
  return sentAt === undefined || Date.now() - sentAt < SENT_AGAIN_MS;
}
