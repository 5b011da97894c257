// What we say in one room: files first, then the message; edits and removals; and what becomes of each. Owns the uploads. What is shown of
// it is the timeline's.
import { type Signal, signal } from "@preact/signals";
import { type Publication, type PublicationState, type PublishResult, RoomError } from "@ws/rooms/client";
import { type Person, personId } from "../../shared/person.ts";
import type { ChatClient, ChatClientRoom } from "./chat-client.ts";
import { sentenceFor } from "./error-sentence.ts";
import type { FileDraft } from "./file-draft.ts";
import { type Message, messageKey } from "./message.ts";
import type { Proposal } from "./amendments.ts";
import type { RoomTimeline } from "./room-timeline.ts";
import { Upload } from "./upload.ts";
import { maySendAgain, type WaitingMessages } from "./waiting-messages.ts";

export interface OwnMessagesOptions {
  readonly client: ChatClient;
  readonly room: ChatClientRoom;
  readonly you: Person;
  readonly timeline: RoomTimeline;
  readonly waiting: WaitingMessages;
  /** An edit or a removal was not taken. */
  readonly onRefused: (reason: string) => void;
}

export class OwnMessages {
  /** Of our messages whose files are on their way, by their ids. */
  readonly uploads: Signal<ReadonlyMap<string, Upload>> = signal<ReadonlyMap<string, Upload>>(new Map());
  readonly #options: OwnMessagesOptions;

  constructor(options: OwnMessagesOptions) {
    this.#options = options;
  }

  /** What the page before this one had not brought there goes on. */
  resume(): void {
    const { room, timeline, waiting } = this.#options;
    for (const message of waiting.of(room.name)) {
      const { id, at, text, files } = message;
      timeline.putOutgoing(id, { at, text, files, state: "pending" });
      if (maySendAgain(message)) void this.#deliver(id, text, [], files);
      else this.#fail(id, new RoomError("TIMEOUT", "Cannot publish: it was sent too long ago"));
    }
  }

  /** Shows it at once, and sends it as soon as that can be. */
  send(text: string, drafts: readonly FileDraft[]): void {
    const id = crypto.randomUUID();
    const state = drafts.length > 0 ? "uploading" : "pending";
    this.#options.timeline.putOutgoing(id, { at: Date.now(), text, drafts, state });
    void this.#deliver(id, text, drafts);
  }

  /** Sends what failed again: under its id, so that it is there once even where it had arrived. */
  retry(id: string): void {
    const message = this.#outgoing(id);
    if (message?.state !== "failed") return;
    const isUploaded = message.files.length > 0 || message.drafts.length === 0;
    const state = isUploaded ? "pending" : "uploading";
    this.#options.timeline.putOutgoing(id, { state, reason: undefined });
    void this.#deliver(id, message.text, message.drafts, isUploaded ? message.files : undefined);
  }

  /** Gives up a message that failed, or whose files are on their way. */
  discard(id: string): void {
    this.uploads.value.get(id)?.cancel();
    this.#forgetUpload(id);
    this.#options.timeline.discard(id);
  }

  edit(message: Message, text: string): void {
    void this.#amend(message, { text });
  }

  remove(message: Message): void {
    void this.#amend(message, { isRemoved: true });
  }

  /** Nothing more is brought there. */
  stop(): void {
    for (const upload of this.uploads.value.values()) upload.cancel();
  }

  async #deliver(
    id: string,
    text: string,
    drafts: readonly FileDraft[],
    uploaded?: Message["files"],
  ): Promise<void> {
    const { room, waiting } = this.#options;
    try {
      const files = uploaded ?? (drafts.length === 0 ? [] : await this.#upload(id, drafts));
      if (files === undefined) return;
      waiting.put({ room: room.name, id, at: Date.now(), text, files });
      const data = files.length > 0 ? { text, files: [...files] } : { text };
      const onState = (state: PublicationState): void => {
        if (state === "sent") waiting.markSent(id);
      };
      this.#settle(id, await room.publish("message", data, { id, onState }).result);
    } catch (error) {
      this.#fail(id, error);
    }
  }

  /** @returns undefined where that was given up */
  async #upload(id: string, drafts: readonly FileDraft[]): Promise<Message["files"] | undefined> {
    const { client, you, timeline } = this.#options;
    const upload = new Upload(client, you, drafts);
    this.uploads.value = new Map(this.uploads.value).set(id, upload);
    try {
      const files = await upload.run();
      if (upload.isCancelled) return undefined;
      timeline.putOutgoing(id, { files, state: "pending" });
      return files;
    } catch (error) {
      if (upload.isCancelled) return undefined;
      throw error;
    } finally {
      this.#forgetUpload(id);
    }
  }

  #settle(id: string, result: PublishResult): void {
    const { timeline, waiting } = this.#options;
    if (result.status === "delivered") waiting.remove(id);
    // It may be among the others already.
    if (this.#outgoing(id) === undefined) return;
    if (result.status === "failed") this.#fail(id, result.error);
    else timeline.putOutgoing(id, { state: "delivered", seq: result.position.seq });
  }

  #fail(id: string, error: unknown): void {
    this.#options.waiting.remove(id);
    if (this.#outgoing(id) === undefined) return;
    this.#options.timeline.putOutgoing(id, { state: "failed", reason: sentenceFor(error) });
  }

  #outgoing(id: string): Message | undefined {
    const { you, timeline } = this.#options;
    const message = timeline.find(messageKey(personId(you), id));
    return message?.state === "delivered" ? undefined : message;
  }

  #forgetUpload(id: string): void {
    if (!this.uploads.value.has(id)) return;
    const uploads = new Map(this.uploads.value);
    uploads.delete(id);
    this.uploads.value = uploads;
  }

  async #amend({ key, id }: Message, proposal: Proposal): Promise<void> {
    const { timeline, onRefused } = this.#options;
    timeline.propose(key, proposal);
    try {
      const result = await this.#publishAmendment(id, proposal).result;
      if (result.status === "failed") throw result.error;
      timeline.settle(key, proposal, result.position.seq);
    } catch (error) {
      timeline.settle(key, proposal, undefined);
      onRefused(sentenceFor(error));
    }
  }

  #publishAmendment(id: string, proposal: Proposal): Publication {
    const { room } = this.#options;
    return "text" in proposal
      ? room.publish("edit", { id, text: proposal.text })
      : room.publish("remove", { id });
  }
}
