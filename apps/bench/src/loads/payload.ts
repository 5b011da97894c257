// What the messages hold: the same for all peers, and known to both ends without being sent.
import type { Load } from "./load.ts";

/** The payload of the n-th message of a load: no two that follow each other are the same. */
export function payloadOf(load: Load, seed: number): Buffer {
  if (load.compression !== undefined) return events(load.bytes, seed);
  return load.text ? letters(load.bytes, seed) : noise(load.bytes, seed);
}

/** How many different messages the generator sends in turns: few, so that the large ones fit into memory. */
export function differentMessages(load: Load): number {
  // More than fit into a window of deflate, before the first comes again.
  if (load.compression !== undefined) return 4 + Math.ceil(50_000 / load.bytes);
  return load.bytes > 16 * 1024 ? 1 : 16;
}

/** Every octet in every place, so that no shortcut for text or zeroes helps. */
function noise(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = (seed + 1) * 2_654_435_761;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

function letters(size: number, seed: number): Buffer {
  return Buffer.from(noise(size, seed).map((octet) => 0x61 + (octet % 26)));
}

/** Events as an application sends them, which resemble each other. */
function events(size: number, seed: number): Buffer {
  const notes = ["", "hello", "on my way", "see the document"];
  let text = "";
  for (let i = seed * 7919; text.length < size; i++) {
    const user = Math.imul(i, 2_654_435_761) >>> 0;
    text += `{"type":"move","user":"u${user % 5000}","at":${1_700_000_000_000 + i * 37},"x":${user % 1920},"y":${user % 1080},"note":"${notes[user % 4]}"}\n`;
  }
  return Buffer.from(text.slice(0, size));
}
