// Masking (RFC 6455 §5.3): XOR with a repeating key of four octets. The same operation masks and unmasks.
// A key is held as one 32-bit integer, first octet highest, as it stands in the header.
import { maskVectors } from "./vector-mask.ts";

/** From here on 32-bit words are faster than the unrolled loop, the price of a second view included. */
const WORDS_FROM_BYTES = 128;
/** From here on vectors are faster than words, the price of the way into WebAssembly's memory and back included. */
const VECTORS_FROM_BYTES = 512;

const keyOctets = new Uint8Array(4);
const keyWord = new Int32Array(keyOctets.buffer);

/**
 * Masks or unmasks `bytes[start, end)` in place.
 *
 * @param key the masking key as a 32-bit integer, first octet highest
 * @param phase how many octets of the payload came before `start`; the key repeats over the whole payload
 *
 * RFC 6455 §5.3: "transformed-octet-i = original-octet-i XOR masking-key-octet-j", "j = i MOD 4"
 */
export function mask(bytes: Uint8Array, start: number, end: number, key: number, phase = 0): void {
  let at = start;
  if (end - start >= VECTORS_FROM_BYTES) {
    at += maskVectors(bytes, start, bytes, start, end - start, keyFrom(key, phase));
    if (at === end) return;
  }
  if (end - at >= WORDS_FROM_BYTES) {
    // Words must begin at a multiple of four in the underlying buffer; until there go octet by octet.
    const misaligned = (bytes.byteOffset + at) & 3;
    const aligned = misaligned === 0 ? at : at + 4 - misaligned;
    for (; at < aligned; at++) bytes[at]! ^= keyOctet(key, phase + at - start);
    at = maskWords(bytes, at, end, key, phase + at - start);
  }
  const shift = phase + at - start;
  const k0 = keyOctet(key, shift);
  const k1 = keyOctet(key, shift + 1);
  const k2 = keyOctet(key, shift + 2);
  const k3 = keyOctet(key, shift + 3);
  for (; at + 3 < end; at += 4) {
    bytes[at]! ^= k0;
    bytes[at + 1]! ^= k1;
    bytes[at + 2]! ^= k2;
    bytes[at + 3]! ^= k3;
  }
  if (at < end) bytes[at]! ^= k0;
  if (at + 1 < end) bytes[at + 1]! ^= k1;
  if (at + 2 < end) bytes[at + 2]! ^= k2;
}

/** Masks or unmasks all of `source` into `target` at an offset, and leaves `source` as it is; `phase` as in {@link mask}. */
export function maskInto(source: Uint8Array, target: Uint8Array, at: number, key: number, phase = 0): void {
  const { length } = source;
  if (length >= VECTORS_FROM_BYTES) {
    if (maskVectors(source, 0, target, at, length, keyFrom(key, phase)) === length) return;
  }
  target.set(source, at);
  mask(target, at, at + length, key, phase);
}

/** Masks as many whole words as fit from the aligned `start`; returns where it stopped. */
function maskWords(bytes: Uint8Array, start: number, end: number, key: number, phase: number): number {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, (end - start) >>> 2);
  // By way of the octets the word is right on either byte order.
  for (let j = 0; j < 4; j++) keyOctets[j] = keyOctet(key, phase + j);
  const word = keyWord[0]!;
  let i = 0;
  // Four at a time: looking where the end is costs as much as the rest.
  for (const last = words.length - 3; i < last; i += 4) {
    words[i]! ^= word;
    words[i + 1]! ^= word;
    words[i + 2]! ^= word;
    words[i + 3]! ^= word;
  }
  for (; i < words.length; i++) words[i]! ^= word;
  return start + words.length * 4;
}

/** The key as it stands that many octets further on. */
function keyFrom(key: number, phase: number): number {
  const bits = 8 * (phase & 3);
  return (key << bits) | (key >>> (32 - bits));
}

function keyOctet(key: number, index: number): number {
  return (key >>> (24 - 8 * (index & 3))) & 0xff;
}

const pool = new Int32Array(1024);
let next = pool.length;

/**
 * A fresh masking key.
 *
 * RFC 6455 §5.3: "the masking key MUST be derived from a strong source of entropy, and the masking key for a
 * given frame MUST NOT make it simple for a server/proxy to predict the masking key for a subsequent frame."
 */
export function createMaskKey(): number {
  if (next === pool.length) {
    crypto.getRandomValues(pool);
    next = 0;
  }
  return pool[next++]!;
}
