// Opening handshakes of people who mean no good, while others want in.
import { connect } from "@ws/client";
import { accept, HeaderFields, parseExtensions } from "@ws/handshake";
import { describe, expect, it, vi } from "vitest";
import { echo, serve } from "./servers.ts";
import { dial, enter, readAll, requestText } from "./stranger.ts";

it("a hundred that send an octet now and then are cut at the deadline, and who comes meanwhile is served (security: slow handshake)", async () => {
  const { server, port } = await serve({ handshakeTimeoutMs: 1000 });
  server.on("connection", echo);
  const text = requestText();
  const slow = await Promise.all(Array.from({ length: 100 }, () => dial(port)));
  const ended = slow.map(async (socket) => (await readAll(socket)).toString());
  let sent = 0;
  const trickle = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write(text[sent]!);
    sent++;
  }, 20);
  try {
    let served = 0;
    do {
      const client = await connect(`ws://localhost:${port}/`);
      client.send("hello");
      for await (const message of client) {
        expect(message).toBe("hello");
        break;
      }
      await client.close();
      served++;
    } while (server.getStats().pendingHandshakes > 0);
    expect(served).toBeGreaterThan(10);
    for (const answer of await Promise.all(ended)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  } finally {
    clearInterval(trickle);
  }
  // The deadline it was, and not the end of the head.
  expect(sent).toBeLessThan(text.length);
  expect(server.getStats().rejectedByCode).toEqual({ HANDSHAKE_TIMEOUT: 100 });
});

describe("a hostile header of 64 KiB costs about four times what one of 16 KiB does (CVE-2021-32640, CVE-2020-7662)", () => {
  const NAMES = [
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
    "Connection",
    "Upgrade",
    "Origin",
    "Host",
    "Cookie",
  ];
  const plain = requestText()
    .split("\r\n")
    .slice(1, -2)
    .map((line) => line.split(": ") as [string, string]);

  function judge(value: string): void {
    for (const name of NAMES) {
      const headers = new HeaderFields([...plain, [name, value]]);
      accept(
        { method: "GET", target: "/", httpVersion: "1.1", headers },
        { protocols: ["x"], origin: ["http://a"] },
      );
    }
    parseExtensions(value);
  }

  /** The shortest of several attempts, which is the one that was disturbed least. */
  function shortestMs(value: string): number {
    let shortest = Infinity;
    for (let i = 0; i < 15; i++) {
      const begun = performance.now();
      judge(value);
      shortest = Math.min(shortest, performance.now() - begun);
    }
    return shortest;
  }

  it.each([
    ["spaces", "a", " "],
    ["tabs and spaces", "a", " \t"],
    ["commas", "", ","],
    ["commas and spaces", "", ", "],
    ["tokens", "", "a,"],
    ["parameters", "a", ";b=c"],
    ["semicolons", "a", ";"],
    ["backslashes in a quoted string", 'a;b="', "\\"],
    ["quoted strings", "a", ';b="c"'],
    ["an open quoted string", 'a;b="', "c"],
    ["labels of a host", "http://", "a."],
    ["brackets", "http://", "["],
    ["percent signs", "http://", "%"],
  ])("%s", (_what, start, part) => {
    const header = (bytes: number): string => start + part.repeat(bytes / part.length);
    judge(header(16 * 1024));
    const short = shortestMs(header(16 * 1024));
    // Sixteen times would be quadratic; a millisecond is for the clock and the collector.
    expect(shortestMs(header(64 * 1024))).toBeLessThan(10 * short + 1);
  });
});

describe("an extension of a stranger", () => {
  it.each([
    "permessage-deflate; server_max_window_bits=1000",
    "permessage-deflate; client_max_window_bits=1000",
    "permessage-deflate; server_max_window_bits=-1",
    "permessage-deflate; __proto__=15",
    "permessage-deflate; toString",
    "__proto__; constructor=toString",
    "x".repeat(8000),
  ])("CVE-2026-2229, GHSA-5v72-xg48-5rpm: %.60s is declined, and messages pass without it", async (offer) => {
    const { server, port } = await serve({ perMessageDeflate: true });
    const seen = vi.fn<(data: unknown, extensions: string) => void>();
    server.on("connection", (connection) =>
      connection.on("message", (data) => seen(data, connection.extensions)),
    );
    const socket = await enter(port, { "Sec-WebSocket-Extensions": offer });
    socket.end(Buffer.concat([Buffer.of(0x81, 0x82, 0, 0, 0, 0), Buffer.from("hi")]));
    await readAll(socket);
    expect(seen.mock.calls).toEqual([["hi", ""]]);
  });
});
