// The WHATWG half of the interface: listeners that get an event object, beside Node's, which get arguments. Owns the
// events and the listeners' wrappers; knows a WebSocket only as something that emits.
import type { EventEmitter } from "node:events";

/** What listeners of `addEventListener` get. */
export class Event {
  readonly #type: string;
  readonly #target: unknown;

  constructor(type: string, target: unknown = null) {
    this.#type = type;
    this.#target = target;
  }

  /** The name of the event. */
  get type(): string {
    return this.#type;
  }

  /** The WebSocket that it came to. */
  get target(): unknown {
    return this.#target;
  }
}

/** The end of a connection. */
export class CloseEvent extends Event {
  readonly #init: { readonly code: number; readonly reason: string; readonly wasClean: boolean };

  constructor(target: unknown, init: { code: number; reason: string; wasClean: boolean }) {
    super("close", target);
    this.#init = init;
  }

  /** The close code; 1005 where the peer sent none, 1006 where it sent no close frame. */
  get code(): number {
    return this.#init.code;
  }

  /** The reason beside it, or `""`. */
  get reason(): string {
    return this.#init.reason;
  }

  /** Whether both sides exchanged close frames. */
  get wasClean(): boolean {
    return this.#init.wasClean;
  }
}

/** What went wrong. */
export class ErrorEvent extends Event {
  readonly #error: Error;

  constructor(target: unknown, error: Error) {
    super("error", target);
    this.#error = error;
  }

  /** The error itself. */
  get error(): Error {
    return this.#error;
  }

  /** Its message. */
  get message(): string {
    return this.#error.message;
  }
}

/** A message: text as a string, binary as `binaryType` says. */
export class MessageEvent<Data = unknown> extends Event {
  readonly #data: Data;

  constructor(target: unknown, data: Data) {
    super("message", target);
    this.#data = data;
  }

  /** The message: text as a string, binary as `binaryType` says. */
  get data(): Data {
    return this.#data;
  }
}

for (const { prototype } of [Event, CloseEvent, ErrorEvent, MessageEvent]) {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (descriptor.get !== undefined) Object.defineProperty(prototype, name, { enumerable: true });
  }
}

/** The events that there are objects for. */
type EventName = "open" | "message" | "error" | "close";

const EVENT_NAMES: readonly EventName[] = ["open", "error", "close", "message"];

/** A function, or an object with a method `handleEvent`. */
export type EventHandler<E = never> = ((event: E) => void) | { handleEvent(event: E): void };

/** How `addEventListener` listens. */
export interface AddEventListenerOptions {
  /** Whether it is called once only. Default: `false`. */
  readonly once?: boolean;
}

type Listener = (...args: unknown[]) => void;

/** The handler that a listener stands for. */
export const kHandler: unique symbol = Symbol("handler");
/** Whether it was set as `onopen`, `onmessage`, `onerror` or `onclose`. */
const kIsAttribute: unique symbol = Symbol("is attribute");

/** Node's listener in place of a handler of the browser's kind. */
interface Wrapper extends Listener {
  [kHandler]: unknown;
  [kIsAttribute]: boolean;
}

/** A WebSocket, as far as the wrappers know it. */
export interface EventSource {
  readonly emitter: EventEmitter;
  /** Whether both close frames were exchanged. */
  readonly wasClean: () => boolean;
}

/** Adds a handler, unless it was added before; of names that there are no objects for nothing becomes. */
export function addHandler(
  source: EventSource,
  name: string,
  handler: unknown,
  { once = false, isAttribute = false }: AddEventListenerOptions & { readonly isAttribute?: boolean } = {},
): void {
  if (!isAttribute && find(source, name, (each) => each[kHandler] === handler && !each[kIsAttribute])) return;
  const create = eventOf(source, name);
  if (create === undefined) return;
  const wrap: Listener = (...args) => call(handler, source.emitter, create(...(args as never[])));
  const listener: Wrapper = Object.assign(wrap, { [kHandler]: handler, [kIsAttribute]: isAttribute });
  if (once) source.emitter.once(name, listener);
  else source.emitter.on(name, listener);
}

export function removeHandler(source: EventSource, name: string, handler: unknown): void {
  const listener = find(source, name, (each) => each[kHandler] === handler && !each[kIsAttribute]);
  if (listener !== undefined) source.emitter.removeListener(name, listener);
}

/** Gives a class the attributes `onopen`, `onmessage`, `onerror` and `onclose`. */
export function defineAttributes<Target extends object>(
  prototype: Target,
  sourceOf: (target: Target) => EventSource,
): void {
  for (const name of EVENT_NAMES) {
    Object.defineProperty(prototype, `on${name}`, {
      configurable: true,
      enumerable: true,
      get(this: Target) {
        return attributeOf(sourceOf(this), name);
      },
      set(this: Target, handler: unknown) {
        setAttribute(sourceOf(this), name, handler);
      },
    });
  }
}

/** The handler that was set as an attribute, or `null`. */
function attributeOf(source: EventSource, name: EventName): unknown {
  return find(source, name, (each) => each[kIsAttribute])?.[kHandler] ?? null;
}

/** Sets the attribute; what is no function takes it away. */
function setAttribute(source: EventSource, name: EventName, handler: unknown): void {
  const before = find(source, name, (each) => each[kIsAttribute]);
  if (before !== undefined) source.emitter.removeListener(name, before);
  if (typeof handler === "function") addHandler(source, name, handler, { isAttribute: true });
}

function find(
  source: EventSource,
  name: string,
  matches: (wrapper: Wrapper) => boolean,
): Wrapper | undefined {
  const listeners = source.emitter.listeners(name) as (Listener | Wrapper)[];
  return listeners.filter((listener) => kHandler in listener).find((wrapper) => matches(wrapper));
}

/** What makes an event of the arguments of one of Node's. */
function eventOf(
  { emitter: target, wasClean }: EventSource,
  name: string,
): ((...args: never[]) => Event) | undefined {
  switch (name) {
    case "open":
      return () => new Event("open", target);
    case "message":
      return (data: Buffer, isBinary: boolean) => new MessageEvent(target, isBinary ? data : data.toString());
    case "error":
      return (error: Error) => new ErrorEvent(target, error);
    case "close":
      return (code: number, reason: Buffer) =>
        new CloseEvent(target, { code, reason: reason.toString(), wasClean: wasClean() });
    default:
      return undefined;
  }
}

function call(handler: unknown, target: EventEmitter, event: Event): void {
  if (typeof handler === "object" && handler !== null && "handleEvent" in handler) {
    (handler as { handleEvent(event: Event): void }).handleEvent(event);
  } else {
    (handler as (event: Event) => void).call(target, event);
  }
}
