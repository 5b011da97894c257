// Whether zlib can be driven directly is seen by watching one of Node's streams: where it does anything else than expected,
// nothing is called that way.
import type * as Zlib from "node:zlib";
import { constants, inflateRawSync } from "node:zlib";
import { beforeEach, expect, it, vi } from "vitest";
import { noise, prose } from "./messages.ts";

type Stream = object;
const changes: { deflate?: (stream: Stream) => void; inflate?: (stream: Stream) => void } = {};
vi.mock("node:zlib", async (importOriginal) => {
  const zlib = await importOriginal<typeof Zlib>();
  return {
    ...zlib,
    createDeflateRaw: (options: Zlib.ZlibOptions) => {
      const stream = zlib.createDeflateRaw(options);
      changes.deflate?.(stream);
      return stream;
    },
    createInflateRaw: (options: Zlib.ZlibOptions) => {
      const stream = zlib.createInflateRaw(options);
      changes.inflate?.(stream);
      return stream;
    },
  };
});

const settings = { windowBits: 15, level: 4 };
beforeEach(() => {
  delete changes.deflate;
  delete changes.inflate;
  vi.resetModules();
});

interface DirectZlib {
  readonly consumedBytes: number;
  run(flush: number, input: Uint8Array, length: number, maxBytes: number): number;
  take(length: number): Uint8Array;
  reset(): void;
}

interface Module {
  readonly openDeflate: (options: Zlib.ZlibOptions) => DirectZlib | undefined;
  readonly openInflate: (windowBits: number) => DirectZlib | undefined;
}

/** Not exported by the package. */
const FILE = "../src/direct-zlib.ts";

/** Not seen before: what it knows of Node it finds out now. */
const fresh = async (): Promise<Module> => (await import(FILE)) as Module;

it("direct zlib › this Node's streams call zlib as expected, so it is used", async () => {
  const { openDeflate, openInflate } = await fresh();
  expect(openDeflate(settings)).toBeDefined();
  expect(openInflate(15)).toBeDefined();
});

/** A stream that calls a handle which does nothing: called in a wrong way, a real one ends the process. */
function pretend(call: (args: unknown[], state: Uint32Array) => unknown[][], madeBytes = 3) {
  return (stream: Stream): void => {
    const output = new Uint8Array(1024);
    const state = Uint32Array.of(1021, 0);
    const handle = { writeSync: (...given: unknown[]): unknown => given };
    const processChunk = (chunk: Uint8Array, flush: number): Uint8Array => {
      const calls = call([flush, chunk, 0, chunk.length, output, 0, 1024], state);
      for (const args of calls) handle.writeSync(...args);
      return output.slice(0, madeBytes);
    };
    for (const [name, value] of Object.entries({
      _handle: handle,
      _writeState: state,
      _processChunk: processChunk,
    })) {
      Object.defineProperty(stream, name, { value });
    }
  };
}

it("direct zlib › it is used where streams do what these tests pretend that they do", async () => {
  changes.deflate = pretend((args) => [args]);
  const { openInflate } = await fresh();
  expect(openInflate(15)).toBeDefined();
});

it.each<[string, (stream: Stream) => void]>([
  ["they hold no handle", (stream) => Object.defineProperty(stream, "_handle", { value: undefined })],
  ["they hold no state", (stream) => Object.defineProperty(stream, "_writeState", { value: undefined })],
  [
    "they process nothing synchronously",
    (stream) => Object.defineProperty(stream, "_processChunk", { value: undefined }),
  ],
  ["they call something else", pretend(() => [])],
  ["they call it twice", pretend((args) => [args, args])],
  [
    "the arguments stand in another order",
    pretend(([flush, input, from, length, ...output]) => [[flush, ...output, input, from, length]]),
  ],
  ["there is one argument more", pretend((args) => [[...args, 0]])],
  ["there is one less", pretend((args) => [args.slice(0, 6)])],
  [
    "the state is the other way round",
    pretend((args, state) => {
      state.reverse();
      return [args];
    }),
  ],
  ["the state is of something else", pretend((args) => [args], 4)],
])("direct zlib › it is not used where %s", async (_, change) => {
  changes.deflate = change;
  const { openDeflate, openInflate } = await fresh();
  expect([openDeflate(settings), openInflate(15)]).toEqual([undefined, undefined]);
});

it("direct zlib › it is not used where bad data is not noticed at once", async () => {
  changes.inflate = (stream) => Object.defineProperty(stream, "destroy", { value: () => {} });
  const { openDeflate, openInflate } = await fresh();
  expect([openDeflate(settings), openInflate(15)]).toEqual([undefined, undefined]);
});

it("direct zlib › makes what one-shot functions make, whatever the size, and again after a reset", async () => {
  const { openDeflate, openInflate } = await fresh();
  const [deflate, inflate] = [openDeflate(settings)!, openInflate(15)!];
  for (const message of [prose(10), prose(70_000), noise(300_000), new Uint8Array(3_000_000), prose(100)]) {
    deflate.reset();
    const made = deflate.run(constants.Z_FINISH, message, message.length, Infinity);
    const data = deflate.take(made);
    expect(Buffer.compare(inflateRawSync(data), message)).toBe(0);
    expect(deflate.consumedBytes).toBe(message.length);
    inflate.reset();
    expect(inflate.run(constants.Z_FINISH, data, data.length, message.length)).toBe(message.length);
    expect(Buffer.compare(inflate.take(message.length), message)).toBe(0);
  }
});

it("direct zlib › stops one byte behind the limit", async () => {
  const { openDeflate, openInflate } = await fresh();
  const [deflate, inflate] = [openDeflate(settings)!, openInflate(15)!];
  const made = deflate.run(constants.Z_FINISH, new Uint8Array(1_000_000), 1_000_000, Infinity);
  const data = deflate.take(made);
  for (const limit of [0, 1, 65_535, 65_536, 65_537, 999_999]) {
    inflate.reset();
    expect(inflate.run(constants.Z_FINISH, data, data.length, limit)).toBe(limit + 1);
  }
});
