import { describe, expect, it } from "vitest";
import { createProtocol, describeEvents, output, outputFrames, receive } from "./session.ts";
import {
  CLOSE,
  closeFrame,
  closePayload,
  concat,
  frame,
  hex,
  PING,
  readFrames,
  ROLES,
  TEXT,
} from "./wire.ts";

const WIRE_CODES = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];

describe.each(ROLES)("protocol (%s) › closing handshake", (role) => {
  const endsFirst = role === "server";

  it("is open at first", () => {
    const protocol = createProtocol(role);
    expect(protocol.state).toBe("open");
    expect(protocol.maySend).toBe(true);
    expect(protocol.mayReceive).toBe(true);
    expect(protocol.mustEndTransport).toBe(false);
    expect(output(protocol)).toHaveLength(0);
  });

  it.each(WIRE_CODES)("echoes code %i (RFC 6455 §5.5.1)", (code) => {
    const protocol = createProtocol(role);
    const events = receive(protocol, closeFrame(role, code, "why"));
    expect(events).toEqual([{ type: "close", code, reason: "why" }]);
    expect(readFrames(output(protocol))).toEqual([
      { fin: true, rsv: 0, opcode: CLOSE, masked: role === "client", payload: closePayload(code) },
    ]);
  });

  it("answers an empty close frame with an empty one; its code counts as 1005 (RFC 6455 §7.1.5)", () => {
    const protocol = createProtocol(role);
    expect(describeEvents(receive(protocol, closeFrame(role)))).toEqual(["close 1005"]);
    expect(readFrames(output(protocol))[0]?.payload).toHaveLength(0);
    expect(protocol.result).toEqual({ code: 1005, reason: "", wasClean: true });
  });

  it("reads the longest reason", () => {
    const reason = "ü".repeat(61) + "x";
    expect(receive(createProtocol(role), closeFrame(role, 1000, reason))).toEqual([
      { type: "close", code: 1000, reason },
    ]);
  });

  it("theirs first: both frames are exchanged, and the server ends TCP (RFC 6455 §7.1.1)", () => {
    const protocol = createProtocol(role);
    receive(protocol, closeFrame(role, 4000, "bye"));
    expect(protocol.state).toBe("closing");
    expect(protocol.maySend).toBe(false);
    expect(protocol.mayReceive).toBe(false);
    expect(protocol.mustEndTransport).toBe(endsFirst);
    protocol.receiveEnd();
    expect(protocol.state).toBe("closed");
    // Strictly: not even the name of an error.
    expect(protocol.result).toStrictEqual({ code: 4000, reason: "bye", wasClean: true });
  });

  it("ours first: waits for theirs, and the server ends TCP then (RFC 6455 §7.1.1)", () => {
    const protocol = createProtocol(role);
    protocol.close(4001, "done");
    expect(outputFrames(protocol)).toEqual(["close 4001 done"]);
    expect(protocol.state).toBe("closing");
    expect(protocol.maySend).toBe(false);
    expect(protocol.mayReceive).toBe(true);
    expect(protocol.mustEndTransport).toBe(false);
    receive(protocol, closeFrame(role, 4001));
    expect(output(protocol)).toHaveLength(0);
    expect(protocol.mustEndTransport).toBe(endsFirst);
    expect(protocol.result).toEqual({ code: 4001, reason: "", wasClean: true });
  });

  it("both at once: the peer's code and reason are the result (RFC 6455 §7.1.5)", () => {
    const protocol = createProtocol(role);
    protocol.close(4001, "ours");
    receive(protocol, closeFrame(role, 4002, "theirs"));
    expect(outputFrames(protocol)).toEqual(["close 4001 ours"]);
    expect(protocol.result).toEqual({ code: 4002, reason: "theirs", wasClean: true });
  });

  it("still receives what the peer sent before its answer", () => {
    const protocol = createProtocol(role);
    protocol.close(1000);
    const bytes = concat(frame(role, TEXT, "last words"), closeFrame(role, 1000));
    expect(describeEvents(receive(protocol, bytes))).toEqual(["message last words", "close 1000"]);
  });

  it("ignores whatever follows the peer's close frame (RFC 6455 §1.4)", () => {
    const protocol = createProtocol(role);
    const behind = concat(frame(role, TEXT, "x"), closeFrame(role, 1001), frame(role, 3), hex("ff ff ff"));
    const events = receive(protocol, concat(closeFrame(role, 1000), behind), behind);
    expect(describeEvents(events)).toEqual(["close 1000"]);
    expect(outputFrames(protocol)).toEqual(["close 1000"]);
    expect(protocol.result).toEqual({ code: 1000, reason: "", wasClean: true });
  });

  it("may come inside a fragmented message, which then is never delivered (RFC 6455 §5.4)", () => {
    const protocol = createProtocol(role);
    const bytes = concat(frame(role, TEXT, "half", { fin: false }), closeFrame(role, 1000));
    expect(describeEvents(receive(protocol, bytes))).toEqual(["close 1000"]);
  });

  it("sends one close frame, however often it is asked", () => {
    const protocol = createProtocol(role);
    protocol.close(1000, "first");
    protocol.close(1001, "second");
    receive(protocol, closeFrame(role, 1000));
    protocol.close(1001, "third");
    expect(outputFrames(protocol)).toEqual(["close 1000 first"]);
  });

  it("without a code sends an empty frame", () => {
    const protocol = createProtocol(role);
    protocol.close();
    expect(readFrames(output(protocol))[0]).toMatchObject({ opcode: CLOSE, payload: hex("") });
  });

  it.each([0, -1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 1000.5, Number.NaN, Infinity])(
    "refuses to send code %d, and sends nothing (RFC 6455 §7.4)",
    (code) => {
      const protocol = createProtocol(role);
      expect(() => protocol.close(code)).toThrow(RangeError);
      expect(output(protocol)).toHaveLength(0);
      expect(protocol.state).toBe("open");
    },
  );

  it("refuses a reason of more than 123 bytes, and sends nothing (RFC 6455 §5.5)", () => {
    const protocol = createProtocol(role);
    for (const reason of ["x".repeat(124), "ü".repeat(62)]) {
      expect(() => protocol.close(1000, reason)).toThrow(RangeError);
    }
    expect(protocol.state).toBe("open");
    protocol.close(1000, "x".repeat(123));
    expect(outputFrames(protocol)).toEqual([`close 1000 ${"x".repeat(123)}`]);
  });

  it("refuses reasons that are no strings, and reasons without a code", () => {
    const protocol = createProtocol(role);
    for (const reason of [new Uint16Array(9), 5, null, {}]) {
      expect(() => protocol.close(1000, reason as never)).toThrow(TypeError);
    }
    expect(() => protocol.close(undefined, "why")).toThrow(TypeError);
    expect(() => protocol.close("1000" as never)).toThrow(RangeError);
    expect(output(protocol)).toHaveLength(0);
    expect(protocol.state).toBe("open");
  });

  it("an end of the transport before any close frame is 1006 (RFC 6455 §7.1.5)", () => {
    const protocol = createProtocol(role);
    receive(protocol, frame(role, TEXT, "half").subarray(0, 4));
    protocol.receiveEnd();
    expect(protocol.state).toBe("closed");
    expect(protocol.maySend).toBe(false);
    expect(protocol.mayReceive).toBe(false);
    expect(protocol.mustEndTransport).toBe(true);
    expect(protocol.result).toEqual({ code: 1006, reason: "", wasClean: false });
  });

  it("an end of the transport after ours alone is 1006", () => {
    const protocol = createProtocol(role);
    protocol.close(1000);
    protocol.receiveEnd();
    expect(protocol.result).toEqual({ code: 1006, reason: "", wasClean: false });
  });

  it("after the end nothing is received, answered or sent", () => {
    const protocol = createProtocol(role);
    protocol.receiveEnd();
    expect(receive(protocol, frame(role, PING, "x"))).toEqual([]);
    protocol.close(1000);
    protocol.sendControl(PING, "");
    expect(output(protocol)).toHaveLength(0);
  });
});
