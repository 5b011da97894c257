// What no listener takes care of must not end the process. That can only be seen from outside: the server and the clients
// that are attacked live in a process of their own, whose exit and whose complaints are watched.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connect } from "@ws/client";
import { describe, expect, it, onTestFinished } from "vitest";
import { dial, enter, frame, requestText } from "./stranger.ts";

const here = dirname(fileURLToPath(import.meta.url));

interface Bare {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: AsyncIterator<string>;
  readonly complaints: string[];
  readonly port: number;
}

async function start(): Promise<Bare> {
  const child = spawn(process.execPath, [join(here, "bare-process.mjs")]);
  const complaints: string[] = [];
  child.stderr.on("data", (text) => complaints.push(String(text)));
  onTestFinished(async () => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
    child.stdin.end();
    await ended;
  });
  const reader: Interface = createInterface({ input: child.stdout });
  const lines = reader[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  return { child, lines, complaints, port };
}

/** A generator of its own, so that a failure can be repeated. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

/** Some octets changed, cut off, thrown in or doubled. */
function mutate(original: Buffer, random: (below: number) => number): Buffer {
  let bytes = original;
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(bytes.length + 1);
    const garbage = Buffer.from(Array.from({ length: 1 + random(8) }, () => random(256)));
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const kinds = [
      [before, garbage, after.subarray(garbage.length)],
      [before],
      [before, garbage, after],
      [before, after, after],
    ];
    bytes = Buffer.concat(kinds[random(kinds.length)]!);
  }
  return bytes;
}

const OFFER = { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" };
const FRAMES = Buffer.concat([
  frame(0x81, "text"),
  frame(0xc1, Buffer.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00)),
  frame(0x89, "ping"),
  frame(0x02, "x"),
  frame(0x80, Buffer.alloc(300)),
  frame(0x8a),
  frame(0x88, Buffer.of(3, 0xe8)),
]);

describe("a process without a listener for anything", () => {
  it("survives 500 broken upgrades and 500 broken sessions (CVE-2022-21676, CVE-2022-41940, CVE-2023-31125, CVE-2024-38355: what nobody listened for ended the process)", async () => {
    const { child, complaints, port } = await start();
    const random = generator(20_261_121);
    for (let batch = 0; batch < 4; batch++) {
      await Promise.all(
        Array.from({ length: 250 }, async (_, i) => {
          const isSession = i % 2 === 0;
          const socket = isSession ? await enter(port, OFFER) : await dial(port);
          socket.resume();
          socket.write(
            mutate(
              isSession ? FRAMES : Buffer.from(requestText({ ...OFFER, "X-Query": "?__proto__[x]=1" })),
              random,
            ),
          );
          if (i % 5 === 0) socket.resetAndDestroy();
          else if (isSession) socket.end();
          // An answer, or the deadline of the handshake.
          else await Promise.race([once(socket, "data"), once(socket, "close")]);
          socket.destroy();
        }),
      );
      expect([child.exitCode, complaints.join("")]).toEqual([null, ""]);
    }
    expect(await (await connect(`ws://localhost:${port}/`)).close()).toMatchObject({ wasClean: true });
    expect([child.exitCode, complaints.join("")]).toEqual([null, ""]);
  });

  it("survives 300 servers that answer with nonsense, in the handshake and behind it (CVE-2022-21676, CVE-2024-38355)", async () => {
    const { child, complaints, lines } = await start();
    const random = generator(21);
    /** As a server writes them: without masks. */
    const frames = Buffer.from("8104746578748902706a0201788003616263880203e8", "hex");
    const hostile = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (request) => {
        const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request.toString("latin1"))?.[1];
        const digest = createHash("sha1")
          .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest("base64");
        const head = Buffer.from(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${digest}\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=${8 + random(3) * 4}\r\n\r\n`,
        );
        const bytes = random(2) === 0 ? [head, mutate(frames, random)] : [mutate(head, random), frames];
        socket.write(Buffer.concat(bytes));
        if (random(3) === 0) socket.resetAndDestroy();
        else socket.end();
      });
    }).listen(0, "localhost");
    await once(hostile, "listening");
    onTestFinished(() => void hostile.close());
    const { port } = hostile.address() as AddressInfo;
    const outcomes = new Set<string>();
    for (let i = 0; i < 300; i++) {
      child.stdin.write(`ws://localhost:${port}/\n`);
      const { value, done } = await lines.next();
      expect(done, complaints.join("")).not.toBe(true);
      outcomes.add(value);
    }
    expect([child.exitCode, complaints.join("")]).toEqual([null, ""]);
    // Some were refused in the handshake, some failed behind it: both were reached.
    expect([...outcomes].join()).toMatch(/refused [\s\S]*closed|closed [\s\S]*refused/);
  });
});
