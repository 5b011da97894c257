// What is copied on the way to a message, and how much room that takes.
import { beforeAll, describe, expect, it, vi } from "vitest";
import { createProtocol, receive } from "./session.ts";
import { BINARY, concat, CONTINUATION, frame, ROLES } from "./wire.ts";

describe.each(ROLES)("protocol (%s) › room", (role) => {
  const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);
  /** The room that the one message takes, behind its view. */
  const roomOf = (...chunks: Uint8Array[]): number => {
    const [event] = receive(createProtocol(role), ...chunks);
    return event?.type === "message" && typeof event.data !== "string" ? event.data.buffer.byteLength : -1;
  };

  // The first large chunk of a process makes one more allocation, for malloc to learn of.
  beforeAll(() => void roomOf(frame(role, BINARY, bytes(16 * 1024))));

  it("a message that lies whole in a chunk is a view of it", () => {
    const protocol = createProtocol(role);
    const chunk = frame(role, BINARY, bytes(9));
    protocol.receive(chunk);
    const event = protocol.next();
    const data = event?.type === "message" ? event.data : undefined;
    expect(data instanceof Uint8Array && data.buffer).toBe(chunk.buffer);
  });

  it("fragments are joined in exactly the room they take", () => {
    const first = frame(role, BINARY, bytes(1000), { fin: false });
    expect(roomOf(first, frame(role, CONTINUATION, bytes(500)))).toBe(1500);
  });

  it("the last frame, arriving in parts, tells how much room the message takes", () => {
    const allocate = vi.spyOn(Buffer, "allocUnsafeSlow");
    const whole = concat(
      frame(role, BINARY, bytes(10), { fin: false }),
      frame(role, CONTINUATION, bytes(100_000)),
    );
    expect(roomOf(whole.subarray(0, 200), whole.subarray(200, 40_000), whole.subarray(40_000))).toBe(100_010);
    const large = allocate.mock.calls.map(([size]) => size).filter((size) => size > 1000);
    expect(large).toEqual([100_010]);
  });
});
