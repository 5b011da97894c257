// RFC 6455 §5.1 and §5.3: who masks, with what keys, and that every alignment of key and payload comes out right.
import { expectFailure } from "../peer/expect-end.ts";
import { exchange, expectEcho } from "../peer/expect-exchange.ts";
import type { Case, Form } from "../suite/case.ts";
import { Opcode, opcodeName } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";
import { gradeKeys } from "./mask-keys.ts";
import { binaryOf } from "./payloads.ts";

const group = "masking";

const wrongFrames: readonly (readonly [name: string, opcode: number, payload: Buffer, form: Form])[] = [
  ["text", Opcode.text, Buffer.from("Hello"), "short"],
  ["binary", Opcode.binary, Buffer.from([1, 2, 3]), "full"],
  ["empty-text", Opcode.text, Buffer.alloc(0), "full"],
  ["ping", Opcode.ping, Buffer.from("ping"), "short"],
  ["empty-ping", Opcode.ping, Buffer.alloc(0), "full"],
  ["pong", Opcode.pong, Buffer.from("pong"), "full"],
  ["close", Opcode.close, Buffer.from([0x03, 0xe8]), "short"],
  ["binary-65536", Opcode.binary, binaryOf(65_536), "full"],
];

const unmasked = wrongFrames.map(([name, opcode, payload, form]) =>
  onConnection({
    id: `6455-5.1-unmasked-${name}`,
    group,
    section: "RFC 6455 §5.1",
    form,
    roles: ["server"],
    rule: '"The server MUST close the connection upon receiving a frame that is not masked."',
    sends: `${opcodeName(opcode)} without mask`,
    expects: 'close 1002, or the end of TCP (the RFC: "a server MAY send a Close frame")',
    async run(peer) {
      await peer.send(peer.frame({ opcode, payload, mask: false }));
      await expectRefusedClose(peer, opcode);
    },
  }),
);

const maskedToClient = wrongFrames.map(([name, opcode, payload, form]) =>
  onConnection({
    id: `6455-5.1-masked-${name}`,
    group,
    section: "RFC 6455 §5.1",
    form,
    roles: ["client"],
    rule: '"A client MUST close a connection if it detects a masked frame."',
    sends: `${opcodeName(opcode)}, masked, from the server`,
    expects: 'close 1002, or the end of TCP (the RFC: "it MAY use the status code 1002")',
    async run(peer) {
      await peer.send(peer.frame({ opcode, payload, mask: true }));
      await expectRefusedClose(peer, opcode);
    },
  }),
);

/** As `expectFailure`, but a Close with the wrong mask must not pass for a closing handshake. */
async function expectRefusedClose(peer: Parameters<typeof expectFailure>[0], opcode: number): Promise<void> {
  if (opcode === Opcode.close) {
    const arrival = await peer.next("close 1002");
    if (arrival.kind === "close" && arrival.code === 1000) {
      peer.judgement.saw("close 1000");
      peer.judgement.fail("took the frame for a normal Close");
    }
    peer.unread([arrival]);
  }
  await expectFailure(peer, [1002], { dropIsFine: true });
}

const midMessage = onConnection({
  id: "6455-5.1-mask-changes-within-message",
  group,
  section: "RFC 6455 §5.1",
  form: "full",
  rule: "Every frame of a message must be masked from client to server and unmasked from server to client, not only the first.",
  sends: "the first fragment with the right mask bit, the continuation with the wrong one",
  expects: "close 1002, or the end of TCP",
  async run(peer) {
    await peer.send(
      peer.frame({ opcode: Opcode.text, fin: false, payload: Buffer.from("Hel") }),
      peer.frame({ opcode: Opcode.continuation, payload: Buffer.from("lo"), mask: peer.role !== "server" }),
    );
    await expectFailure(peer, [1002], { dropIsFine: true });
  },
});

const keys = [
  "00000000",
  "ff000000",
  "00ff0000",
  "0000ff00",
  "000000ff",
  "00010000",
  "ffffffff",
  "80808080",
  "37fa213d",
];

const oddKeys = keys.map((key) =>
  onConnection({
    id: `6455-5.3-key-${key}`,
    group,
    section: "RFC 6455 §5.3",
    form: key === "00000000" || key === "00ff0000" ? "short" : "full",
    roles: ["server"],
    rule: "Every 32-bit value is a masking key, those with zero octets too.",
    sends: `binary of 0 to 19 and of 1,000 bytes, masked with ${key}`,
    expects: "all back, unchanged",
    async run(peer) {
      for (const length of [...Array(20).keys(), 1000]) {
        const payload = binaryOf(length, length + 1);
        await peer.send(peer.frame({ opcode: Opcode.binary, payload, mask: Buffer.from(key, "hex") }));
        await expectEcho(peer, Opcode.binary, payload);
      }
    },
  }),
);

const alignment = [0, 1, 2, 3, 4, 5, 8, 31, 32, 33, 127, 128, 129].map((length) =>
  onConnection({
    id: `6455-5.3-alignment-${length}`,
    group,
    section: "RFC 6455 §5.3",
    form: length === 33 ? "short" : "full",
    rule: "The key goes on where it stopped when a payload arrives in pieces: j = i MOD 4 counts octets of the frame.",
    sends: `binary of ${length} bytes in two TCP pieces, cut at each octet in turn`,
    expects: "all back, unchanged",
    deadlineMs: 15_000,
    async run(peer) {
      const payload = binaryOf(length);
      for (let cut = 1; cut < length + 2; cut++) {
        const bytes = peer.binary(payload);
        await peer.sendInChops(bytes, Math.max(1, bytes.length - cut));
        await expectEcho(peer, Opcode.binary, payload);
      }
    },
  }),
);

const freshness = ([200, 5000] as const).map((count) =>
  onConnection({
    id: `6455-5.3-fresh-keys-${count}`,
    group,
    section: "RFC 6455 §5.3",
    form: count === 200 ? "short" : "full",
    roles: ["client"],
    deadlineMs: 30_000,
    rule: '"the client MUST pick a fresh masking key", derived "from a strong source of entropy", not simple to predict.',
    sends: `${count} small text messages`,
    expects: "echoes whose keys neither repeat, nor count, nor leave any bit nearly constant",
    async run(peer) {
      for (let sent = 0; sent < count; sent += 50) {
        const payloads = Array.from({ length: 50 }, (_, i) => Buffer.from(`message ${sent + i}`));
        await peer.send(...payloads.map((payload) => peer.text(payload)));
        for (const payload of payloads) await expectEcho(peer, Opcode.text, payload);
      }
      gradeKeys(peer.judgement, peer.observer.maskKeys);
    },
  }),
);

const ownMasking = onConnection({
  id: "6455-5.3-masks-what-it-sends",
  group,
  section: "RFC 6455 §5.1",
  form: "short",
  rule: '"a client MUST mask all frames that it sends to the server"; "A server MUST NOT mask any frames".',
  sends: "a text, a binary, an empty message, a ping",
  expects: "echoes and a pong with the mask bit that the role demands (the observer looks at each)",
  async run(peer) {
    await exchange(peer, Buffer.from("text"), Opcode.text);
    await exchange(peer, binaryOf(300));
    await exchange(peer, Buffer.alloc(0));
    await peer.send(peer.ping("p"));
  },
});

export const masking: readonly Case[] = [
  ...unmasked,
  ...maskedToClient,
  midMessage,
  ...oddKeys,
  ...alignment,
  ...freshness,
  ownMasking,
];
