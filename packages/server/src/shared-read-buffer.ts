// Accepted sockets read into the one buffer of the process, as those that dial can be told to. Node takes `onread` for the
// latter only, so this reaches into a socket for what its constructor would have set. Nothing here is public in Node: where
// anything of it is not as it was found to be, sockets stay as they are.
import { Socket } from "node:net";
import { readBuffer, readsShared, receiveShared } from "@ws/connection";

/** What Node calls with the length of what it has read, as a method of the socket. */
type OnRead = (this: Socket, length: number) => boolean;

/** The properties of a socket that `onread` sets, by the symbols that this Node has for them. */
interface Slots {
  readonly buffer: symbol;
  readonly callback: symbol;
}

type Inside = Socket & {
  [slot: symbol]: unknown;
  readonly _handle?: { readonly reading?: unknown; readonly useUserBuffer?: unknown } | null;
};

let slots: Slots | undefined | "unknown" = "unknown";

/** Whether sockets of this Node can share the buffer; looked at once. */
export function canShareReadBuffer(): boolean {
  if (slots === "unknown") slots = findSlots();
  return slots !== undefined;
}

/** From now on the socket is read into the shared buffer; false where that cannot be, and nothing has changed. */
export function shareReadBuffer(socket: unknown): boolean {
  if (!canShareReadBuffer() || !(socket instanceof Socket) || "encrypted" in socket) return false;
  const inside = socket as Inside;
  const { buffer, callback } = slots as Slots;
  const { _handle: handle } = inside;
  if (typeof handle?.useUserBuffer !== "function") return false;
  // Somebody else reads it in this way.
  if (inside[buffer] !== null || inside[callback] !== null) return false;
  const shared = readBuffer();
  handle.useUserBuffer(shared);
  inside[buffer] = shared;
  inside[callback] = onRead;
  readsShared(socket);
  return true;
}

const onRead: OnRead = function (length) {
  return receiveShared(this, length);
};

/** Where `onread` puts its two values is seen by what a socket holds that was given them. */
function findSlots(): Slots | undefined {
  // There a read may be under way into a buffer before anybody knows of bytes: it must belong to one socket.
  if (process.platform === "win32") return undefined;
  const buffer = new Uint8Array(1);
  const callback = (): boolean => true;
  const options: object = { onread: { buffer, callback } };
  const probe = new Socket(options) as Inside;
  const plain = new Socket() as Inside;
  const symbols = Object.getOwnPropertySymbols(probe);
  const found = {
    buffer: symbols.filter((symbol) => probe[symbol] === buffer),
    callback: symbols.filter((symbol) => probe[symbol] === callback),
  };
  const isAsKnown =
    found.buffer.length === 1 &&
    found.callback.length === 1 &&
    plain[found.buffer[0]!] === null &&
    plain[found.callback[0]!] === null;
  probe.destroy();
  plain.destroy();
  return isAsKnown ? { buffer: found.buffer[0]!, callback: found.callback[0]! } : undefined;
}
