// The payloads that go round, and their digests. Text has characters of one to four bytes, so that fragments end inside
// of some; random bytes do not compress, which is a result too.

const RANDOM_STEP_BYTES = 65_536;
const WORDS = [
  "frame ",
  "mask ",
  "opcode ",
  "länge ",
  "payload ",
  "€ ",
  "fin ",
  "ping 🏓 ",
  "close\n",
  "utf-8 ",
];

/** So many bytes; of text, its UTF-8. */
export function createPayload(kind: "text" | "binary", length: number): Uint8Array<ArrayBuffer> {
  return kind === "text" ? createText(length) : createBinary(length);
}

function createBinary(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += RANDOM_STEP_BYTES) {
    crypto.getRandomValues(bytes.subarray(at, at + RANDOM_STEP_BYTES));
  }
  return bytes;
}

function createText(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const words = WORDS.map((word) => new TextEncoder().encode(word));
  // Any order does, as long as it is not always the same: a generator of one line is enough.
  let state = crypto.getRandomValues(new Uint32Array(1))[0]! | 1;
  let at = 0;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const word = words[Math.floor((state / 2 ** 32) * words.length)]!;
    if (at + word.length > length) return bytes.fill(0x2e, at);
    bytes.set(word, at);
    at += word.length;
  }
}

/** In hex; undefined in a page that is neither on https nor on this machine, where browsers offer none. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  // The type says that it is always there, the standard does not: only in secure contexts.
  const subtle = crypto.subtle as typeof crypto.subtle | undefined;
  if (subtle === undefined) return undefined;
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(digest, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

export function areSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((octet, i) => octet === right[i]);
}
