// The few primitives that Node does faster than the Web standards allow. Everything else in this package is
// plain ECMAScript plus TextEncoder, TextDecoder and crypto, so it runs in any browser as it is.
// Node is found at run time, not by an import: bundlers for browsers see nothing to resolve.

interface NodeBuffer {
  readonly isUtf8: (bytes: Uint8Array) => boolean;
  readonly Buffer: {
    allocUnsafeSlow(size: number): Uint8Array<ArrayBuffer>;
    byteLength(text: string): number;
    readonly [Symbol.species]: View;
    prototype: {
      latin1Slice(this: Uint8Array, start: number, end: number): string;
      utf8Slice(this: Uint8Array, start: number, end: number): string;
      utf8Write(this: Uint8Array, text: string, offset: number, length: number): number;
    };
  };
}
type View = new (memory: ArrayBufferLike, byteOffset: number, length: number) => Uint8Array;
interface MaybeNode {
  process?: { platform?: string; getBuiltinModule?: (name: "node:buffer") => NodeBuffer | undefined };
}

const node = (globalThis as MaybeNode).process?.getBuiltinModule?.("node:buffer");

export const isLinux: boolean = node !== undefined && (globalThis as MaybeNode).process?.platform === "linux";

/** Bytes whose content is arbitrary: write all of what you hand on. */
export const allocate: (size: number) => Uint8Array<ArrayBuffer> = node
  ? // A plain view: a Buffer's methods (slice above all) differ from a Uint8Array's.
    (size) => new Uint8Array(node.Buffer.allocUnsafeSlow(size).buffer, 0, size)
  : (size) => new Uint8Array(size);

/** The same in the form that a transport takes as it is: on Node a Buffer, which a stream would else wrap around them. */
export const allocateForTransport: (size: number) => Uint8Array<ArrayBuffer> = node
  ? (size) => node.Buffer.allocUnsafeSlow(size)
  : (size) => new Uint8Array(size);

/** A view in that form: what a Buffer's own `subarray` makes, without asking the Buffer where it lies. */
export const TransportView: View = node?.Buffer[Symbol.species] ?? Uint8Array;

interface Transferable {
  transfer(byteLength: number): ArrayBuffer;
}

/**
 * Gives memory back at once, where the engine can, instead of when it is collected. Whoever still has a view of it finds
 * that empty.
 */
export function free(memory: ArrayBufferLike): void {
  if ("transfer" in memory) (memory as Transferable).transfer(0);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Whether the bytes are UTF-8 from their first to their last. */
export const isUtf8: (bytes: Uint8Array) => boolean = node
  ? node.isUtf8
  : (bytes) => {
      try {
        strictDecoder.decode(bytes);
        return true;
      } catch {
        return false;
      }
    };

/** The string of bytes that are known to be UTF-8. A byte order mark is a character like any other. */
export const decodeUtf8: (bytes: Uint8Array) => string = node
  ? (bytes) => node.Buffer.prototype.utf8Slice.call(bytes, 0, bytes.length)
  : (bytes) => decoder.decode(bytes);

/** The string of `bytes[start, end)`, or `undefined` where they are not UTF-8. For short text, which mostly is ASCII. */
export function readText(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (node !== undefined && isAscii(bytes, start, end)) {
    return node.Buffer.prototype.latin1Slice.call(bytes, start, end);
  }
  const text = bytes.subarray(start, end);
  return isUtf8(text) ? decodeUtf8(text) : undefined;
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let all = 0;
  for (let at = start; at < end; at++) all |= bytes[at]!;
  return all < 0x80;
}

/** The string as UTF-8. A lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = allocate(utf8Length(text));
  writeUtf8(text, bytes, 0);
  return bytes;
}

/** How many bytes the string takes as UTF-8. */
export const utf8Length: (text: string) => number = node
  ? (text) => node.Buffer.byteLength(text)
  : (text) => encoder.encode(text).length;

/**
 * Writes the string as UTF-8 at an offset and returns how many bytes that took; the room must suffice.
 * A lone surrogate becomes U+FFFD.
 */
export const writeUtf8: (text: string, target: Uint8Array, offset: number) => number = node
  ? (text, target, offset) =>
      node.Buffer.prototype.utf8Write.call(target, text, offset, target.length - offset)
  : (text, target, offset) => encoder.encodeInto(text, target.subarray(offset)).written;
