// What the contract has to know of an engine, and what it does to one.
import type { RoomLog, RoomLogOptions } from "@ws/rooms";

/** What an engine can do, and what can happen to it: these decide which tests it has, and none is skipped in silence. */
export interface EngineTraits {
  /** As the log says of itself. Without it nothing can be read again. */
  readonly isDurable: boolean;
  /** It can be out of reach while this process runs: there are `breakLink` and `healLink`. */
  readonly canBeDown: boolean;
  /** What it holds can outlive it: there is `restart`. */
  readonly survivesRestart: boolean;
  /** It can lose its history while rooms are in use: there is `forget`. */
  readonly canForget: boolean;
  /** Others can write into it: there is `poison`. */
  readonly canBePoisoned: boolean;
  /** A node can die while the engine lives: there is `kill`. */
  readonly nodesDieAlone: boolean;
}

/** An engine that held nothing when it was made, and a node on it. */
export interface EngineUnderTest {
  readonly log: RoomLog;
  /** Makes another node on the same engine, as another process would be; it is up, but where the engine may be out of reach. */
  readonly second: (options?: { readonly mayBeDown: boolean }) => Promise<RoomLog>;
  /** Lets time pass for the engine and its nodes: by a clock of the test's, or really, where the engine has its own. */
  readonly pass: (ms: number) => Promise<void>;

  /** No node reaches the engine any more, and those that are asked something notice soon. Resolves when that is so. */
  readonly breakLink?: () => Promise<void>;
  readonly healLink?: () => Promise<void>;
  /** Ends the engine, and its nodes where they live in it, and starts it anew with what it kept. Resolves with a node on it. */
  readonly restart?: () => Promise<RoomLog>;
  /** Makes the engine lose all it knows of a room. */
  readonly forget?: (room: string) => Promise<void>;
  /** Puts something into a room, behind what is there, that no engine of ours writes; a listener may come across it too. */
  readonly poison?: (room: string) => Promise<void>;
  /** A node ends as by `kill -9`: it says goodbye to nobody. */
  readonly kill?: (log: RoomLog) => Promise<void>;

  /** Ends the nodes that are left, and the engine. */
  readonly close: () => Promise<void>;
}

/** Makes engines for one test each. */
export interface EngineFactory {
  readonly traits: EngineTraits;
  create(options: RoomLogOptions): Promise<EngineUnderTest>;
}

/** Makes an engine that is ended with the test. */
export type Start = (options?: RoomLogOptions) => Promise<EngineUnderTest>;
