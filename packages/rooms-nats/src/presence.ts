// What presence is to the engine, whichever way it is kept.
import type { PresenceRecord } from "@ws/rooms";

export interface Presence {
  /** Each time the link comes up: this node lives, and is in no room. */
  refresh(): Promise<void>;
  enter(room: string, person: string, data: Uint8Array): Promise<void>;
  exit(room: string, person: string): Promise<void>;
  present(room: string): Promise<readonly PresenceRecord[]>;
  /** Says goodbye, where somebody hears it. Never rejects. */
  close(): Promise<void>;
}
