// What a room of a client needs of it, without the types of one declaration.
import type { WireServerLimits } from "../wire/messages.ts";
import type { Asker } from "./asker.ts";
import type { ResolvedClientOptions } from "./client-options.ts";
import type { QueueRoom } from "./queue-room.ts";

export interface ClientHost {
  readonly asker: Asker;
  readonly options: ResolvedClientOptions;
  readonly queueRoom: QueueRoom;
  /** What the server takes; nothing while there is no connection. */
  readonly serverLimits: () => WireServerLimits | undefined;
  /** Whether the application is in that room, or about to be. */
  isIn(room: string): boolean;
  /** The room is not needed any more. */
  forget(room: string): void;
}
