// What bad peers do, by name, and how a connection that follows RFC 6455 ends then. For any connection in either role, over
// whatever a raw peer stands on.
import { closePayload, rawFrame } from "./raw-frame.ts";
import { RawOpcode } from "./raw-opcode.ts";
import type { RawPeer } from "./raw-peer.ts";

const { continuation, text, close, ping } = RawOpcode;

/** How it ends. */
export type MisbehaviourOutcome =
  /** With a close frame of this code, sent to the peer (RFC 6455 §7.1.7). */
  | { readonly closeCode: 1002 | 1007 | 1009 }
  /** Without one: the peer is gone, or never says anything again. */
  | { readonly closeCode: undefined }
  /** Not at all: the peer is a nuisance, and breaks no rule. What has to hold is a bound on memory or time. */
  | "goes on";

/** One way to be a bad peer. */
export interface Misbehaviour {
  /** What it does, behind “a peer that”. */
  readonly does: string;
  /** What has to become of the connection. */
  readonly outcome: MisbehaviourOutcome;
  /** Does it. Resolves when it has, or, of floods, when the transport is gone. */
  readonly act: (peer: RawPeer) => Promise<void>;
}

/** The names of {@link misbehaviours}. */
export type MisbehaviourName =
  | "wrongMask"
  | "reservedBits"
  | "reservedOpcode"
  | "longControl"
  | "fragmentedControl"
  | "strayContinuation"
  | "interruptedMessage"
  | "wastefulLength"
  | "negativeLength"
  | "hugeLength"
  | "badText"
  | "brokenText"
  | "shortClose"
  | "forbiddenCloseCode"
  | "badCloseReason"
  | "cutMidFrame"
  | "endMidMessage"
  | "silence"
  | "neverReads"
  | "readsSlowly"
  | "byteByByte"
  | "pingFlood"
  | "fragmentFlood";

const PROTOCOL_ERROR = { closeCode: 1002 } as const;
const INVALID_TEXT = { closeCode: 1007 } as const;
const NO_CLOSE_FRAME = { closeCode: undefined } as const;

/**
 * Ways to be a bad peer, by name.
 *
 * @example
 * ```ts
 * for (const [name, { does, outcome, act }] of Object.entries(misbehaviours)) {
 *   test(`survives a peer that ${does}`, async () => { … });
 * }
 * ```
 */
export const misbehaviours: Readonly<Record<MisbehaviourName, Misbehaviour>> = {
  wrongMask: {
    does: "masks as a server, or does not as a client (RFC 6455 §5.1)",
    outcome: PROTOCOL_ERROR,
    act: (peer) => peer.send(text, "hello", { wrongMask: true }),
  },
  reservedBits: {
    does: "sets a reserved bit that no extension was agreed for (§5.2)",
    outcome: PROTOCOL_ERROR,
    act: (peer) => peer.send(text, "hello", { rsv: 2 }),
  },
  reservedOpcode: {
    does: "sends an opcode without a meaning (§5.2)",
    outcome: PROTOCOL_ERROR,
    act: (peer) => peer.send(3, "hello"),
  },
  longControl: {
    does: "sends a ping of 126 bytes (§5.5)",
    outcome: PROTOCOL_ERROR,
    act: (peer) => peer.send(ping, "x".repeat(126)),
  },
  fragmentedControl: {
    does: "sends a ping in fragments (§5.5)",
    outcome: PROTOCOL_ERROR,
    act: (peer) => peer.send(ping, "hel", { fin: false }),
  },
  strayContinuation: {
    does: "goes on with a message that it never began (§5.4)",
    outcome: PROTOCOL_ERROR,
    act: (peer) => peer.send(continuation, "lo"),
  },
  interruptedMessage: {
    does: "begins a message inside another one (§5.4)",
    outcome: PROTOCOL_ERROR,
    act: async (peer) => {
      await peer.send(text, "hel", { fin: false });
      await peer.send(text, "hello");
    },
  },
  wastefulLength: {
    does: "writes a short length in eight octets (§5.2)",
    outcome: PROTOCOL_ERROR,
    act: (peer) => peer.send(text, "hello", { lengthOctets: 8 }),
  },
  negativeLength: {
    does: "announces 2^63 bytes, whose highest bit must be 0 (§5.2)",
    outcome: PROTOCOL_ERROR,
    act: (peer) => peer.send(text, "", { length: 2n ** 63n }),
  },
  hugeLength: {
    does: "announces 2^52 bytes in a frame that may be that long, and sends none",
    outcome: { closeCode: 1009 },
    act: (peer) => peer.send(text, "", { length: 2n ** 52n }),
  },
  badText: {
    does: "sends text that is not UTF-8 (§8.1)",
    outcome: INVALID_TEXT,
    act: (peer) => peer.send(text, Uint8Array.of(0xc0, 0xaf)),
  },
  brokenText: {
    does: "ends a text in the midst of a character, in fragments (§8.1)",
    outcome: INVALID_TEXT,
    act: async (peer) => {
      await peer.send(text, Uint8Array.of(0xe2), { fin: false });
      await peer.send(continuation, Uint8Array.of(0x82));
    },
  },
  shortClose: {
    does: "closes with one byte of a code (§5.5.1)",
    outcome: PROTOCOL_ERROR,
    act: (peer) => peer.send(close, Uint8Array.of(3)),
  },
  forbiddenCloseCode: {
    does: "closes with 1005, which must not be sent (§7.4.1)",
    outcome: PROTOCOL_ERROR,
    act: (peer) => peer.close(1005),
  },
  badCloseReason: {
    does: "closes with a reason that is not UTF-8 (§5.5.1)",
    outcome: INVALID_TEXT,
    act: (peer) => peer.send(close, closePayload(1000, Uint8Array.of(0xff))),
  },
  cutMidFrame: {
    does: "is gone in the midst of a frame",
    outcome: NO_CLOSE_FRAME,
    act: async (peer) => {
      await peer.write(rawFrame(peer.role, text, "hello").subarray(0, 4));
      peer.cut();
    },
  },
  endMidMessage: {
    does: "ends TCP in the midst of a message, without a close frame (§7.1.5)",
    outcome: NO_CLOSE_FRAME,
    act: async (peer) => {
      await peer.send(text, "hel", { fin: false });
      peer.end();
    },
  },
  silence: {
    does: "answers nothing, neither pings nor a close frame",
    outcome: NO_CLOSE_FRAME,
    act: async () => {},
  },
  neverReads: {
    does: "reads nothing of what it is sent",
    outcome: "goes on",
    act: async (peer) => peer.stopReading(),
  },
  readsSlowly: {
    does: "reads 16 bytes every 10 ms",
    outcome: "goes on",
    act: async (peer) => peer.readSlowly(16, 10),
  },
  byteByByte: {
    does: "sends a message as chunks of one byte",
    outcome: "goes on",
    act: async (peer) => {
      for (const byte of rawFrame(peer.role, text, "hello")) {
        await peer.write(Uint8Array.of(byte));
        // One turn of the loop for each, or the transport may join them.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  },
  pingFlood: {
    does: "sends 100,000 pings and reads no answer",
    outcome: "goes on",
    act: async (peer) => {
      peer.stopReading();
      await flood(peer, rawFrame(peer.role, ping, "x".repeat(125)), 100_000);
    },
  },
  fragmentFlood: {
    does: "sends a message of 100,000 empty fragments that never ends",
    outcome: "goes on",
    act: async (peer) => {
      await peer.send(text, "", { fin: false });
      await flood(peer, rawFrame(peer.role, continuation, "", { fin: false }), 100_000);
    },
  },
};

/** Sends the same bytes so many times, a thousand at once, as fast as they are taken. */
async function flood(peer: RawPeer, frame: Uint8Array, times: number): Promise<void> {
  const thousand = new Uint8Array(Buffer.concat(Array.from({ length: 1000 }, () => frame)));
  for (let sent = 0; sent < times && !peer.duplex.destroyed; sent += 1000) await peer.write(thousand);
}
