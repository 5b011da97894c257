// Which rooms are listened to, and on which server each of them is heard. After a loss all of them are subscribed to again,
// before the engine is up.
import { EngineError, type RoomListener } from "@ws/rooms";
import type { Server } from "./server.ts";
import type { RoomNames } from "./room-names.ts";

/** A room that is listened to. */
export interface Subscription {
  readonly room: string;
  readonly names: RoomNames;
  readonly listener: RoomListener;
  /** Where it is heard. */
  server: Server | undefined;
  /** Settles when all entries that were too large to come along have been read, one after the other. */
  fetched: Promise<void>;
}

export class Subscriptions {
  readonly #byChannel = new Map<string, Subscription>();

  get(channel: string): Subscription | undefined {
    return this.#byChannel.get(channel);
  }

  /** @throws EngineError for a room that is listened to already */
  add(room: string, names: RoomNames, listener: RoomListener): Subscription {
    if (this.#byChannel.has(names.channel)) {
      throw new EngineError(
        "ENGINE_FAULT",
        `Cannot listen to room ${JSON.stringify(room)}: somebody does already`,
      );
    }
    const subscription: Subscription = {
      room,
      names,
      listener,
      server: undefined,
      fetched: Promise.resolve(),
    };
    this.#byChannel.set(names.channel, subscription);
    return subscription;
  }

  has(subscription: Subscription): boolean {
    return this.#byChannel.get(subscription.names.channel) === subscription;
  }

  remove(subscription: Subscription): void {
    if (this.has(subscription)) this.#byChannel.delete(subscription.names.channel);
  }

  /** Resolves when every room is heard on the server that `find` says. */
  async restore(find: (slot: number) => Server): Promise<void> {
    const missing = new Map<Server, Subscription[]>();
    for (const subscription of this.#byChannel.values()) {
      const server = find(subscription.names.slot);
      if (subscription.server === server) continue;
      const some = missing.get(server);
      if (some === undefined) missing.set(server, [subscription]);
      else some.push(subscription);
    }
    await Promise.all([...missing].map(([server, some]) => subscribe(server, some)));
  }

  /** The servers have taken subscriptions back, we cannot know which: all of them are made again. */
  forget(): void {
    for (const subscription of this.#byChannel.values()) subscription.server = undefined;
  }

  clear(): void {
    this.#byChannel.clear();
  }
}

async function subscribe(server: Server, subscriptions: readonly Subscription[]): Promise<void> {
  await server.subscribe(subscriptions.map(({ names }) => names.channel));
  for (const subscription of subscriptions) subscription.server = server;
}
