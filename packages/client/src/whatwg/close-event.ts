// The `CloseEvent` of the WebSockets standard, for runtimes that have none: Node has it from version 23 on.

/** What a `CloseEvent` is made of. */
export interface CloseEventInit {
  /** Default: `false`. */
  readonly bubbles?: boolean;
  /** Default: `false`. */
  readonly cancelable?: boolean;
  /** Default: `false`. */
  readonly composed?: boolean;
  /** Default: `false`. */
  readonly wasClean?: boolean;
  /** Default: 0. */
  readonly code?: number;
  /** Default: `""`. */
  readonly reason?: string;
}

/** The `close` event of a {@link WebSocket}: how the connection ended. */
export interface CloseEvent extends Event {
  /** Whether both sides exchanged close frames. */
  readonly wasClean: boolean;
  /** The code of the server's close frame; 1005 when it had none, 1006 when no close frame came. */
  readonly code: number;
  /** The reason in the server's close frame, or `""`. */
  readonly reason: string;
}

class OwnCloseEvent extends Event {
  static override readonly name: string = "CloseEvent";

  readonly #init: CloseEventInit;

  constructor(type: string, init: CloseEventInit = {}) {
    super(type, init);
    this.#init = init;
  }

  get wasClean(): boolean {
    return this.#init.wasClean ?? false;
  }

  get code(): number {
    return this.#init.code ?? 0;
  }

  get reason(): string {
    return this.#init.reason ?? "";
  }

  get [Symbol.toStringTag](): string {
    return "CloseEvent";
  }
}

type CloseEventConstructor = new (type: string, init?: CloseEventInit) => CloseEvent;

/** The runtime's own class where it has one, so that `instanceof` means the same everywhere. */
export const CloseEvent: CloseEventConstructor =
  (globalThis as { CloseEvent?: CloseEventConstructor }).CloseEvent ?? OwnCloseEvent;
