// Processes that are killed with SIGKILL, in the midst of appending. They run what was built.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { readAll, text } from "@ws/rooms/contract";
import { SqliteLog } from "@ws/rooms-sqlite";
import { newPath } from "./folder.ts";

interface Line {
  readonly error?: string;
  readonly id: string;
  readonly epoch: string;
  readonly seq: number;
}

const ROUNDS = [1, 30, 75, 200, 333];

/** Starts an appender; resolves with all it has said when it has ended. */
async function run(args: string[], onLine: (child: ChildProcess, count: number) => void): Promise<Line[]> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("appender.mjs", import.meta.url)), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: Line[] = [];
  const reader = createInterface(child.stdout);
  reader.on("line", (line) => {
    lines.push(JSON.parse(line) as Line);
    onLine(child, lines.length);
  });
  await Promise.all([once(child, "exit"), once(reader, "close")]);
  return lines;
}

it.each(["full", "normal"])(
  "sqlite log › has all that was acknowledged after kill -9, with its numbers, its epoch and its ids (%s)",
  async (synchronous) => {
    const path = newPath();
    const acknowledged: Line[] = [];
    for (const [round, count] of ROUNDS.entries()) {
      const lines = await run([path, String(round), synchronous], (child, said) => {
        if (said >= count) child.kill("SIGKILL");
      });
      expect(lines.length).toBeGreaterThanOrEqual(count);
      acknowledged.push(...lines);
    }

    const log = new SqliteLog({ path, retention: { maxEntries: 1_000_000 } });
    const kept = await readAll(log, "room", 500);
    const byId = new Map(kept.map((entry) => [entry.id, entry]));
    expect(byId.size).toBe(kept.length);
    expect(new Set(kept.map(({ epoch }) => epoch)).size).toBe(1);
    expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, i) => kept[0]!.seq + i));
    const { first } = await log.read("room", { after: 0, limit: 1 });
    for (const { id, epoch, seq } of acknowledged) {
      const entry = byId.get(id);
      // The processes keep 1,000, as is the default.
      if (seq >= first) expect(entry && text(entry.data)).toBe(id.repeat(20));
      if (seq >= first) expect(entry).toMatchObject({ epoch, seq });
      const again = await log.append("room", [{ id, data: new Uint8Array() }]);
      expect(again).toEqual([{ epoch, seq, isDuplicate: true }]);
    }
    await log.close();
  },
);

it("sqlite log › refuses a file that another process has open, and gets it when that one is killed", async () => {
  const path = newPath();
  const log = new SqliteLog({ path });
  const refused = await run([path, "0", "full"], () => {});
  expect(refused).toEqual([{ error: expect.stringContaining("another engine has it open") as string }]);
  await log.close();

  await run([path, "1", "full"], (child, said) => {
    if (said > 1) return;
    expect(() => new SqliteLog({ path })).toThrow("another engine has it open");
    child.kill("SIGKILL");
  });
  const next = new SqliteLog({ path });
  expect((await readAll(next, "room")).length).toBeGreaterThan(0);
  await next.close();
});
