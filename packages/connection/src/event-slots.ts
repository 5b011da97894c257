// Where a connection's listeners are kept. An EventEmitter keeps them in an object that it makes for any names; one that is
// made for the names a connection has takes 64 bytes instead of 184. Node's streams do the same, by the same property.
import { EventEmitter } from "node:events";
import type { ConnectionEvents } from "./connection-events.ts";

/** Few listen for a closing: the name comes when somebody does. */
type Slots = { [Name in Exclude<keyof ConnectionEvents, "closing">]: unknown };
type Inside = { _events: unknown; _eventsCount: unknown };

class EventSlots implements Slots {
  message: unknown = undefined;
  close: unknown = undefined;
  ping: unknown = undefined;
  pong: unknown = undefined;
  drain: unknown = undefined;

  static {
    // An event may have any name, `toString` and `constructor` too.
    Object.setPrototypeOf(this.prototype, null);
    Reflect.deleteProperty(this.prototype, "constructor");
  }
}

/** Gives the emitter slots; to be called before anybody listens. Where Node keeps listeners otherwise, nothing changes. */
export function useEventSlots(emitter: EventEmitter): void {
  if (arePossible) setSlots(emitter);
}

/** The names for which somebody listens, as `eventNames` says it: to an emitter a slot that is empty is a name, too. */
export function namesInUse(emitter: EventEmitter, names: (string | symbol)[]): (string | symbol)[] {
  return names.filter((name) => emitter.listenerCount(name) > 0);
}

const arePossible = findOut();

/** Whether an emitter works with them. */
function findOut(): boolean {
  const emitter = new EventEmitter();
  const { _events: events, _eventsCount: count } = emitter as unknown as Inside;
  const isAsKnown = typeof events === "object" && events !== null && Reflect.ownKeys(events).length === 0;
  if (!isAsKnown || count !== 0) return false;
  setSlots(emitter);
  let heard = 0;
  const listener = (): void => void heard++;
  emitter.on("message", listener).once("other", listener);
  for (const name of ["message", "other", "close"]) emitter.emit(name);
  const wasHeard =
    heard === 2 && emitter.listenerCount("message") === 1 && emitter.listenerCount("close") === 0;
  emitter.off("message", listener);
  return wasHeard && !emitter.emit("message") && emitter.eventNames().every((name) => name !== "other");
}

function setSlots(emitter: EventEmitter): void {
  Object.assign(emitter, { _events: new EventSlots() });
}
