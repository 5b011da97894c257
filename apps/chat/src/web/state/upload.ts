// Brings files to the server, piece by piece, each acknowledged: that is the progress, and stopping to send is cancelling. Knows
// how a file is laid out in its room, and nothing of messages.
import { type Signal, signal } from "@preact/signals";
import { type FileCard, fileRoom } from "../../shared/files.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { Person } from "../../shared/person.ts";
import type { ClientPublisher } from "@ws/rooms/client";
import type { ChatDefinition } from "../../shared/protocol.ts";
import type { ChatClient } from "./chat-client.ts";
import type { FileDraft } from "./file-draft.ts";

/** Pieces that are on their way at the same time: enough to keep a long line busy, few enough to stop soon. */
const MAX_UNACKNOWLEDGED = 4;

type Publisher = ClientPublisher<ChatDefinition["rooms"]["file"]>;

export class Upload {
  readonly totalBytes: number;
  /** What the server has. */
  readonly sentBytes: Signal<number> = signal(0);
  readonly #client: ChatClient;
  readonly #you: Person;
  readonly #files: readonly FileDraft[];
  #publisher: Publisher | undefined;
  #isCancelled = false;

  constructor(client: ChatClient, you: Person, files: readonly FileDraft[]) {
    this.#client = client;
    this.#you = you;
    this.#files = files;
    this.totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** @returns the cards of the files; rejects where one could not be brought there, or it was cancelled */
  async run(): Promise<readonly FileCard[]> {
    const cards: FileCard[] = [];
    for (const draft of this.#files) cards.push(await this.#bring(draft));
    return cards;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#publisher?.close();
  }

  async #bring({ file, name, type, width, height }: FileDraft): Promise<FileCard> {
    this.#assertWanted();
    const room = fileRoom(this.#you.key, randomName());
    const publisher = this.#client.publisher(room);
    this.#publisher = publisher;
    try {
      const unacknowledged: Promise<void>[] = [];
      let chunks = 0;
      for (let at = 0; at < file.size; at += LIMITS.chunkBytes) {
        const bytes = new Uint8Array(await file.slice(at, at + LIMITS.chunkBytes).arrayBuffer());
        this.#assertWanted();
        if (unacknowledged.length >= MAX_UNACKNOWLEDGED) await unacknowledged.shift();
        const acknowledged = this.#acknowledged(publisher.publish("chunk", { bytes }).result, bytes.length);
        // It is waited for later, or not at all.
        acknowledged.catch(() => {});
        unacknowledged.push(acknowledged);
        chunks++;
      }
      await Promise.all(unacknowledged);
      await this.#acknowledged(publisher.publish("end", { name, type, bytes: file.size, chunks }).result, 0);
    } finally {
      publisher.close();
    }
    const card = { room, name, type, bytes: file.size };
    return width === undefined || height === undefined ? card : { ...card, width, height };
  }

  async #acknowledged(result: ReturnType<Publisher["publish"]>["result"], bytes: number): Promise<void> {
    const outcome = await result;
    this.#assertWanted();
    if (outcome.status === "failed") throw outcome.error;
    this.sentBytes.value += bytes;
  }

  #assertWanted(): void {
    if (this.#isCancelled) throw new DOMException("Cancelled", "AbortError");
  }
}

/** 16 random bytes as base64url. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
