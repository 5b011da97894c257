import type { CloseResult, Role } from "@ws/connection";
import { settle } from "@ws/testing";
import { describe, expect, it } from "vitest";
import { growth, MB } from "./memory.ts";
import { open } from "./open.ts";
import { BINARY, closeFrame, concat, CONTINUATION, frame, PING, PONG, ROLES, TEXT } from "./wire.ts";

const CASES = 1500;

/** Mulberry32: small, and the same numbers in every run, so that a failure can be repeated by its case. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** A session without fault: messages, fragments, control frames, a close. */
function session(role: Role, random: (below: number) => number): Uint8Array {
  const frames: Uint8Array[] = [];
  for (let i = random(12); i >= 0; i--) {
    const payload = "ü".repeat(random(random(10) === 0 ? 5000 : 100));
    if (random(3) === 0) {
      frames.push(frame(role, TEXT, payload, { fin: false }), frame(role, PING, "in between"));
      frames.push(frame(role, CONTINUATION, payload));
    } else {
      frames.push(frame(role, [TEXT, BINARY][random(2)]!, payload));
    }
    if (random(3) === 0) frames.push(frame(role, [PING, PONG][random(2)]!, "control"));
  }
  if (random(2) === 0) frames.push(closeFrame(role, 1000, "done"));
  return concat(...frames);
}

/** Flips, overwrites, drops, doubles and inserts bytes. */
function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  let mutant = Uint8Array.from(bytes);
  for (let i = random(6); i > 0 && mutant.length > 0; i--) {
    // Mostly near a header: where the session begins.
    const at = random(random(2) === 0 ? Math.min(64, mutant.length) : mutant.length);
    const end = Math.min(mutant.length, at + random(20));
    const kind = random(5);
    if (kind === 0) mutant[at]! ^= 1 << random(8);
    else if (kind === 1) mutant[at] = random(256);
    else if (kind === 2) mutant = concat(mutant.subarray(0, at), mutant.subarray(end));
    else if (kind === 3) mutant = concat(mutant.subarray(0, end), mutant.subarray(at));
    else
      mutant = concat(
        mutant.subarray(0, at),
        Uint8Array.from({ length: random(20) }, () => random(256)),
        mutant.subarray(at),
      );
  }
  return mutant;
}

async function play(role: Role, seed: number): Promise<CloseResult> {
  const random = randomNumbers(seed);
  const { connection, transport } = open(role, {
    maxMessageBytes: 9000,
    head: mutate(session(role, random), random).subarray(0, random(40)),
  });
  const bytes = mutate(session(role, random), random);
  if (random(4) === 0) transport.block();
  for (let at = 0; at < bytes.length && !transport.destroyed;) {
    const next = at + 1 + random(random(2) === 0 ? 8 : 5000);
    transport.arrive(bytes.subarray(at, next));
    at = next;
    const action = random(40);
    if (action === 0) connection.send("x".repeat(random(30_000)));
    else if (action === 1) connection.ping();
    else if (action === 2) void connection.close(1000);
    else if (action === 3) connection.pause();
    else if (action === 4) connection.resume();
    else if (action === 5) await settle();
  }
  transport.unblock();
  transport.arriveEnd();
  if (random(2) === 0) transport.destroy(new Error("cut"));
  await settle();
  connection.resume();
  // With nobody there a session may lie unread; to close is what makes its end be seen.
  void connection.close();
  await settle();
  const iterator = connection[Symbol.asyncIterator]();
  while (random(16) > 0 && (await iterator.next()).done !== true);
  connection.terminate();
  return connection.closed;
}

describe.each(ROLES)("fuzz (%s), no listeners attached", (role) => {
  it(`${CASES} mutated sessions end in a result, and leave nothing`, async () => {
    const codes = new Set<number>();
    const grown = await growth(async () => {
      for (let seed = 0; seed < CASES; seed++) {
        const result = await play(role, seed).catch((error: unknown) => {
          throw new Error(`Case ${seed} threw`, { cause: error });
        });
        if (result.wasClean) expect(result.code).not.toBe(1006);
        codes.add(result.code);
      }
    });
    expect([...codes]).toEqual(expect.arrayContaining([1000, 1006]));
    expect(grown).toBeLessThan(8 * MB);
  }, 30_000);
});
