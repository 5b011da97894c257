// Visitors who come, wait and go in every way there is, in random order: whatever happens, no place is taken for good.
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, TLSSocket } from "node:tls";
import { rawClose } from "@ws/testing";
import { describe, expect, it, vi } from "vitest";
import { type Authenticated, reject, type Rejected, WebSocketServer } from "@ws/server";
import { ask, openSession } from "./h2-client.ts";
import { dial, HANDSHAKE, hasHeadAnd, readUntil, requestText } from "./raw-client.ts";
import { attach, certificate, deferred, listen, listenHttp } from "./servers.ts";
import { generator } from "./generator.ts";

const MAX = 10;
const LIMITS = {
  maxConnections: MAX,
  maxConnectionsPerAddress: MAX,
  maxPendingHandshakes: 8,
  handshakeTimeoutMs: 150,
};

type Answer = Authenticated<undefined> | Rejected;

/** Says yes and no, soon, late, and never; throws and answers nonsense. */
function application(random: (below: number) => number): () => Answer | Promise<Answer> {
  const later = <Value>(value: Value): Promise<Value> => {
    const { promise, resolve } = deferred<Value>();
    setTimeout(() => resolve(value), random(200));
    return promise;
  };
  const yes: Answer = { context: undefined };
  return () => {
    const kind = random(8);
    if (kind < 3) return kind === 0 ? yes : later(yes);
    if (kind === 3) return later(reject(401, "No"));
    if (kind === 4) return later({ accepted: false } as never);
    if (kind === 5) return Promise.reject(new Error("no"));
    if (kind === 6) return { context: undefined, limits: { maxMessageBytes: -1 } };
    return new Promise<Answer>(() => {});
  };
}

const TEXTS = [
  requestText(),
  requestText(),
  requestText("/", { ...HANDSHAKE, Origin: "https://evil.example" }),
  requestText("/", { Host: "localhost" }),
  requestText().slice(0, 40),
  "\x16\x03\x01\0\x05hello",
  "",
];

/** What a visitor does when it has waited long enough. */
function leave(duplex: Duplex, how: number): void {
  if (how === 0) duplex.end();
  else if (how === 1) duplex.end(rawClose("client"));
  else if (how === 2 && duplex instanceof Socket && !(duplex instanceof TLSSocket)) duplex.resetAndDestroy();
  else duplex.destroy(how === 3 ? new Error("gone") : undefined);
}

describe.each([
  ["a port of its own", false, () => listen({ ...LIMITS, authenticate: application(generator(1)) })],
  [
    "a port of its own with TLS",
    true,
    async () => listen({ ...LIMITS, tls: await certificate(), authenticate: application(generator(2)) }),
  ],
  [
    "a port of its own with HTTP/2",
    false,
    () => listen({ ...LIMITS, http2: true, authenticate: application(generator(3)) }),
  ],
  ["somebody's http server", false, () => attach({ ...LIMITS, authenticate: application(generator(4)) })],
] as const)("random visits › %s", (where, isSecure, serve) => {
  it("leave every place free (security: bounded)", async () => {
    const { server, port } = await serve();
    server.on("handshakeError", () => {});
    let most = 0;
    server.on("connection", () => (most = Math.max(most, server.clients.size)));
    const random = generator(20_261_121);
    const session = where.includes("HTTP/2") ? await openSession(`http://localhost:${port}`) : undefined;

    const visit = async (): Promise<void> => {
      const waitMs = random(200);
      const how = random(5);
      const text = TEXTS[random(TEXTS.length)]!;
      const isStream = session !== undefined && !session.destroyed && random(2) === 0;
      let duplex: Duplex;
      if (isStream) {
        duplex = ask(session, "/", random(4) === 0 ? { origin: "https://evil.example" } : {});
      } else if (isSecure && random(4) > 0) {
        duplex = connectTls({ port, rejectUnauthorized: false });
        duplex.on("error", () => {});
        duplex.write(text, "latin1");
      } else {
        duplex = await dial(port);
        duplex.write(Buffer.from(text, "latin1"));
      }
      duplex.resume();
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      leave(duplex, how);
      setTimeout(() => duplex.destroy(), 300);
    };
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 30 }, visit));

    session?.destroy();
    await vi.waitFor(() => {
      const { connections, pendingHandshakes } = server.getStats();
      expect([connections, pendingHandshakes]).toEqual([0, 0]);
    }, 10_000);
    expect(most).toBeLessThanOrEqual(MAX);
    expect(most).toBeGreaterThan(0);
  });
});

it("random visits › a callback of handleUpgrade that throws takes no place for good", async () => {
  const { http, port } = await listenHttp();
  const server = new WebSocketServer({ noServer: true, maxConnections: 1 });
  const thrown: unknown[] = [];
  http.on("upgrade", (request, socket, head) => {
    try {
      server.handleUpgrade(request, socket, head, () => {
        throw new Error("of the application");
      });
    } catch (error) {
      thrown.push(error);
    }
  });
  for (let i = 0; i < 3; i++) {
    const socket = await dial(port, requestText());
    expect((await readUntil(socket, hasHeadAnd(0))).toString()).toMatch(/^HTTP\/1\.1 101 /);
    expect(server.clients.size).toBe(1);
    socket.destroy();
    await vi.waitFor(() => expect(server.clients.size).toBe(0));
  }
  expect(thrown).toHaveLength(3);
});
