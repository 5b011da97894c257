// What exists as long as one is somebody: the connection, what is said over it, and what is remembered of the person.
import { RoomClient } from "@ws/rooms/client";
import type { Person } from "../../shared/person.ts";
import { protocol } from "../../shared/protocol.ts";
import { AwayWatch } from "./away-watch.ts";
import type { BrowserMemory } from "./browser-memory.ts";
import type { ChatClient, ChatSocket } from "./chat-client.ts";
import { Directory } from "./directory.ts";
import { PersonMemory } from "./person-memory.ts";
import { WaitingMessages } from "./waiting-messages.ts";

export interface LifeOptions {
  /** A connection to the server that comes back by itself. */
  readonly connect: () => ChatSocket;
  readonly memory: BrowserMemory;
  /** What this tab remembers, and no other. */
  readonly tabMemory: BrowserMemory;
}

export class Life {
  readonly you: Person;
  readonly memory: PersonMemory;
  readonly waiting: WaitingMessages;
  readonly socket: ChatSocket;
  readonly client: ChatClient;
  readonly directory: Directory;
  readonly away: AwayWatch;

  constructor(you: Person, options: LifeOptions, onAway: (isAway: boolean) => void) {
    this.you = you;
    this.memory = new PersonMemory(options.memory, you.key);
    this.waiting = new WaitingMessages(options.tabMemory, you.key);
    this.socket = options.connect();
    this.client = new RoomClient(protocol, this.socket);
    this.directory = new Directory(this.client);
    this.away = new AwayWatch(options.memory, onAway);
  }

  end(): void {
    this.away.stop();
    this.client.close();
  }
}
