// Members in the hands of a test.
import { EventEmitter } from "node:events";
import type { Message, PreparedMessage } from "@ws/connection";
import type { RoomMember } from "@ws/rooms";

/** A member that keeps what it is sent. */
export class Listener extends EventEmitter implements RoomMember {
  readonly received: (Message | PreparedMessage)[] = [];
  send(data: Message | PreparedMessage): unknown {
    this.received.push(data);
    return undefined;
  }
}

/** A member that takes so many messages until the test lets it go on. */
export class SlowListener extends Listener {
  state = "open";
  closedWith: number | undefined;
  #room: number;

  constructor(room = 1) {
    super();
    this.#room = room;
  }

  override send(data: Message | PreparedMessage): boolean {
    this.received.push(data);
    return --this.#room > 0;
  }

  close(code: number): void {
    this.closedWith = code;
    this.state = "closing";
  }

  /** There is room for so many more. */
  drain(room = Infinity): void {
    this.#room = room;
    this.emit("drain");
  }

  end(): void {
    this.state = "closed";
    this.emit("close");
  }
}
