import { Protocol, type Message, type Role } from "@ws/connection";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createProtocol, drain, output, receive } from "./session.ts";
import { BINARY, concat, CONTINUATION, frame, PING, PONG, readFrames, ROLES, TEXT, utf8 } from "./wire.ts";

const payload = fc.uint8Array({ maxLength: 300 });
const message: fc.Arbitrary<Message> = fc.oneof(fc.string({ unit: "binary", maxLength: 100 }), payload);

/** Where to cut, as shares of the whole. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

function cut(bytes: Uint8Array, shares: readonly number[]): Uint8Array[] {
  const places = shares.map((share) => Math.floor(share * bytes.length)).toSorted((a, b) => a - b);
  return [0, ...places].map((start, i) => bytes.subarray(start, places[i] ?? bytes.length));
}

/** A message in fragments, with pings and pongs among them. */
function fragments(role: Role, data: Message, shares: readonly number[], controls: boolean): Uint8Array {
  const pieces = cut(typeof data === "string" ? utf8(data) : data, shares);
  return concat(
    ...pieces.flatMap((piece, i) => {
      const opcode = i > 0 ? CONTINUATION : typeof data === "string" ? TEXT : BINARY;
      const part = frame(role, opcode, piece, { fin: i === pieces.length - 1 });
      return controls ? [frame(role, i % 2 === 0 ? PING : PONG, String(i)), part] : [part];
    }),
  );
}

describe.each(ROLES)("protocol (%s) › properties", (role) => {
  it("what is sent is received, in whatever chunks", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), cuts, (messages, shares) => {
        const sender = createProtocol(role === "server" ? "client" : "server");
        for (const data of messages) sender.send(data);
        const events = receive(createProtocol(role), ...cut(output(sender), shares));
        expect(events).toEqual(messages.map((data) => ({ type: "message", data })));
      }),
      { numRuns: 300 },
    );
  });

  it("messages survive any fragmentation, any chunks, and control frames in between", () => {
    const sent = fc.array(fc.tuple(message, cuts, fc.boolean()), { maxLength: 5 });
    fc.assert(
      fc.property(sent, cuts, (messages, shares) => {
        const bytes = concat(
          ...messages.map(([data, places, controls]) => fragments(role, data, places, controls)),
        );
        const protocol = createProtocol(role);
        const events = receive(protocol, ...cut(bytes, shares));
        const received = events.filter(({ type }) => type === "message");
        expect(received).toEqual(messages.map(([data]) => ({ type: "message", data })));

        const pings = events.filter(({ type }) => type === "ping");
        const pongs = readFrames(output(protocol));
        expect(pongs.map(({ opcode, payload: data }) => ({ opcode, data }))).toEqual(
          pings.map((ping) => ({ opcode: PONG, data: "data" in ping && ping.data })),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("the same bytes are the same events, however they are cut", () => {
    const bits = fc.record({
      opcode: fc.integer({ min: 0, max: 15 }),
      fin: fc.boolean(),
      rsv: fc.constantFrom(0, 0, 0, 0, 1),
      payload: fc.uint8Array({ maxLength: 130 }),
    });
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 6 }), cuts, (frames, shares) => {
        const bytes = concat(...frames.map((shape) => frame(role, shape.opcode, shape.payload, shape)));
        const [whole, inPieces] = [createProtocol(role, 200), createProtocol(role, 200)];
        const comparable = (protocol: Protocol, chunks: Uint8Array[]): unknown[] =>
          receive(protocol, ...chunks).map((event) => (event.type === "error" ? event.error.code : event));
        expect(comparable(inPieces, cut(bytes, shares))).toEqual(comparable(whole, [bytes]));
        const sent = (protocol: Protocol): unknown[] => readFrames(output(protocol));
        expect(sent(inPieces)).toEqual(sent(whole));
      }),
      { numRuns: 500 },
    );
  });

  it("any bytes end in events, never in an exception, and cost at most one close frame", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), cuts, fc.nat({ max: 400 }), (bytes, shares, limit) => {
        const protocol = new Protocol({ role, maxMessageBytes: limit });
        const events = receive(protocol, ...cut(bytes, shares));
        const ends = events.filter(({ type }) => type === "close" || type === "error");
        const closes = readFrames(output(protocol)).filter(({ opcode }) => opcode === 8);
        expect(ends.length).toBeLessThanOrEqual(1);
        expect(closes).toHaveLength(ends.length);
        expect(protocol.mayReceive).toBe(ends.length === 0);
        protocol.receiveEnd();
        expect(drain(protocol)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
