// Masking by sixteen octets at a time, which JavaScript has no words for: a WebAssembly function of a few instructions.
// It reaches no memory but its own, so payloads go through a block of that: in, XOR, out. The block stays in the nearest
// cache, where the two copies cost less than JavaScript's loop alone. What lies in that memory anyway is masked in place.
// Owns that memory, and whether it can be had at all.

const PAGE_BYTES = 64 * 1024;
/** What passes through at once, in bytes: with its source and its target it fits into the cache of a core. */
const BLOCK_BYTES = 16 * 1024;
/** What one step of the function masks. */
const STEP_BYTES = 64;
/** How much of the memory is for others, to keep in it what they will want masked. */
export const ROOM_BYTES: number = 4 * PAGE_BYTES;

const I32 = 0x7f;
const V128 = 0x7b;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const SIMD = 0xfd;
const END = 0x0b;

/** What `maskVectors` is compiled from, whole in its binary form. Sizes and numbers here are all below 64, or two octets. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  // (v128.store offset=N (local.get $at) (v128.xor (v128.load offset=N (local.get $at)) (local.get $keys)))
  const vectorAt = (offset: number): number[] => [
    ...[LOCAL_GET, 0, LOCAL_GET, 0, SIMD, 0x00, 0, offset],
    ...[LOCAL_GET, 3, SIMD, 0x51, SIMD, 0x0b, 0, offset],
  ];
  // (func (param $at i32) (param $end i32) (param $key i32) (local $keys v128)
  //   (local.set $keys (i32x4.splat (local.get $key)))
  //   (loop $more
  //     … four vectors …
  //     (local.tee $at (i32.add (local.get $at) (i32.const 64)))
  //     (br_if $more (i32.lt_u (local.get $end)))))
  const body = [
    ...[1, 1, V128],
    ...[LOCAL_GET, 2, SIMD, 0x11, LOCAL_SET, 3],
    ...[0x03, 0x40],
    ...[0, 16, 32, 48].flatMap(vectorAt),
    ...[LOCAL_GET, 0, 0x41, 0xc0, 0x00, 0x6a, LOCAL_TEE, 0, LOCAL_GET, 1, 0x49, 0x0d, 0],
    ...[END, END],
  ];
  const pages = 1 + ROOM_BYTES / PAGE_BYTES;
  const section = (id: number, content: readonly number[]): number[] => [id, content.length, ...content];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 3, I32, I32, I32, 0]), // (type (func (param i32 i32 i32)))
    ...section(3, [1, 0]), // (func (type 0))
    ...section(5, [1, 1, pages, pages]), // (memory 5 5): the block has a page, of 64 KiB, to itself
    ...section(7, [2, 1, 0x6d, 2, 0, 1, 0x78, 0, 0]), // (export "m" (memory 0)) (export "x" (func 0))
    ...section(10, [1, body.length, ...body]),
  ]);
}

interface Instance {
  readonly m: WebAssembly.Memory;
  readonly x: (at: number, end: number, key: number) => void;
}

let xor: Instance["x"] | undefined;
let memory: ArrayBuffer | undefined;
let wasTried = false;

/** Room in WebAssembly's memory, the same at every call; `undefined` where there is none. */
export function vectorRoom(): Uint8Array | undefined {
  if (!wasTried) prepare();
  return memory === undefined ? undefined : new Uint8Array(memory, PAGE_BYTES, ROOM_BYTES);
}

/**
 * Masks `length` octets of `source` from `from` on into `target` at `to`: another array, or the same one in place.
 *
 * @param key the octet that the first one is masked with highest
 * @returns how many are done: all, or in place some fewer than a step's less, or none where this engine has no vectors or
 * the page's policy forbids to compile
 */
export function maskVectors(
  source: Uint8Array,
  from: number,
  target: Uint8Array,
  to: number,
  length: number,
  key: number,
): number {
  if (!wasTried) prepare();
  if (xor === undefined || memory === undefined) return 0;
  // WebAssembly knows one byte order only, and that is not the one in which the key stands in a header.
  const word = (key >>> 24) | ((key >>> 8) & 0xff00) | ((key & 0xff00) << 8) | (key << 24);
  if (target.buffer === memory) {
    // A step must not go on into what lies behind.
    const start = target.byteOffset + to;
    const whole = length - (length % STEP_BYTES);
    xor(start, start + whole, word);
    return whole;
  }
  for (let done = 0; done < length; done += BLOCK_BYTES) {
    const size = Math.min(BLOCK_BYTES, length - done);
    const part = new Uint8Array(memory, 0, size);
    part.set(new Uint8Array(source.buffer, source.byteOffset + from + done, size));
    xor(0, size, word);
    target.set(part, to + done);
  }
  return length;
}

/** Once, and not before somebody has a payload that is worth it. */
function prepare(): void {
  wasTried = true;
  try {
    const { m, x } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()))
      .exports as unknown as Instance;
    memory = m.buffer;
    xor = x;
  } catch {
    // No WebAssembly, none with vectors, no memory for it, or a content security policy against it.
  }
}
