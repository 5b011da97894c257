// What is measured by itself: decoding, encoding, masking, UTF-8, permessage-deflate; rooms are in rooms.ts.
import { MessageDeflate, resolveDeflateOptions } from "@ws/deflate";
import { decodeUtf8, FrameDecoder, FrameEncoder, mask, Opcode, Utf8Validator } from "@ws/frame";
import type { Load } from "../loads/load.ts";
import { payloadOf } from "../loads/payload.ts";
import { frameOf, maskKeyOf } from "../wire/frame.ts";
import type { Case } from "./case.ts";
import { rooms } from "./rooms.ts";

const SIZES = { "20 B": 20, "128 B": 128, "1 KiB": 1024, "64 KiB": 64 * 1024, "1 MiB": 1024 * 1024 } as const;
const LOAD = { connections: 0, inFlight: 0, name: "", title: "", per: "message", drive: "echo" } as const;

function payload(bytes: number, more: Partial<Load> = {}): Buffer {
  return payloadOf({ ...LOAD, ...more, bytes }, 0);
}

export const cases: readonly Case[] = [
  ...Object.entries(SIZES).flatMap(([size, bytes]) => [
    decode(size, bytes),
    encode(size, bytes, "server"),
    encode(size, bytes, "client"),
    masking(size, bytes),
    ...utf8(size, bytes),
    ...deflate(size, bytes),
  ]),
  // Around the sizes where masking goes over to words, and to vectors.
  ...[64, 256, 511, 512, 4096, 16 * 1024].map((bytes) => masking(`${bytes} B`, bytes)),
  ...rooms,
];

function decode(size: string, bytes: number): Case {
  const frame = frameOf(Opcode.binary, payload(bytes), { maskKey: maskKeyOf(0) });
  const decoder = new FrameDecoder({ role: "server" });
  return {
    name: `decode ${size}`,
    bytes,
    run: () => {
      // It unmasks in place, so what is left of the frame is noise too, and as long.
      decoder.push(frame);
      if (decoder.next()?.payload.length !== bytes) throw new Error("Not decoded");
    },
  };
}

function encode(size: string, bytes: number, role: "client" | "server"): Case {
  const data = payload(bytes);
  const encoder = new FrameEncoder({ role });
  return {
    name: `encode ${size}, ${role}`,
    bytes,
    run: () => {
      encoder.frame(Opcode.binary, data);
      encoder.take();
    },
  };
}

function masking(size: string, bytes: number): Case {
  const data = payload(bytes);
  return { name: `mask ${size}`, bytes, run: () => mask(data, 0, bytes, 0x1234_5678) };
}

function utf8(size: string, bytes: number): Case[] {
  const text = payload(bytes, { text: true });
  const validator = new Utf8Validator();
  return [
    {
      name: `validate UTF-8 ${size}`,
      bytes,
      run: () => {
        if (!validator.push(text)) throw new Error("Not valid");
      },
    },
    { name: `decode UTF-8 ${size}`, bytes, run: () => void decodeUtf8(text) },
  ];
}

function deflate(size: string, bytes: number): Case[] {
  const message = payload(bytes, { compression: "none" });
  return [true, false].flatMap((forgets): Case[] => {
    const agreement = {
      serverNoContextTakeover: forgets,
      clientNoContextTakeover: forgets,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    };
    const server = new MessageDeflate(
      "server",
      agreement,
      resolveDeflateOptions("server", { thresholdBytes: 0 }),
    );
    const client = new MessageDeflate(
      "client",
      agreement,
      resolveDeflateOptions("client", { thresholdBytes: 0 }),
    );
    const how = forgets ? "without takeover" : "with takeover";
    return [
      {
        name: `compress and decompress ${size}, ${how}`,
        bytes,
        run: () => exchange(server, client, message),
      },
    ];
  });
}

function exchange(from: MessageDeflate, to: MessageDeflate, message: Uint8Array): void {
  const data = from.compress(message);
  // Too short to become shorter.
  if (data === undefined) return;
  if (typeof to.decompress(data, message.length) === "string") throw new Error("Not decompressed");
}
