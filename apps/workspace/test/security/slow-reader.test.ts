// One client reads nothing while fifty read all that they are sent.
import { once } from "node:events";
import type { Connection } from "@ws/server";
import { expect, it } from "vitest";
import { heldBytes, MB } from "./memory.ts";
import { serve } from "./servers.ts";
import { enter } from "./stranger.ts";

it("one stuck reader among fifty holds no more than maxBufferedBytes, and everybody else gets everything (security: slow reader)", async () => {
  const { server, port } = await serve({ maxBufferedBytes: MB });
  const accepted = once(server, "connection") as Promise<[Connection]>;
  const stuck = await enter(port);
  const [held] = await accepted;
  const readers = await Promise.all(Array.from({ length: 50 }, () => enter(port)));
  const received = readers.map(() => 0);
  readers.forEach((socket, i) => socket.on("data", (bytes: Buffer) => (received[i]! += bytes.length)));
  const text = "x".repeat(60_000);
  const frameBytes = text.length + 4;

  const before = await heldBytes();
  let most = 0;
  for (let round = 1; round <= 200; round++) {
    const prepared = held.prepare(text);
    for (const connection of server.clients) connection.send(prepared);
    // Whoever reads has this message before the next one is sent: the stuck one holds up nobody.
    while (received.some((bytes) => bytes < round * frameBytes)) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (round % 20 === 0) most = Math.max(most, (await heldBytes()) - before);
  }
  expect(received).toEqual(readers.map(() => 200 * frameBytes));
  expect(most).toBeLessThan(5 * MB);
  // It was given up with 1013; until that is read, or the deadline is over, it is there.
  expect(held.state).not.toBe("open");
  expect(held.bufferedAmount).toBeLessThan(MB + 2 * frameBytes);
  expect(stuck.destroyed).toBe(false);
});
