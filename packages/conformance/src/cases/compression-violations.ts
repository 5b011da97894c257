// RFC 7692 §6.1: reserved bits in the wrong place, text that is not text once inflated, senders that break the agreement.
import { BlockWriter } from "../deflate/deflate-blocks.ts";
import { expectFailure, gradeFailure } from "../peer/expect-end.ts";
import { describe, expectEcho, refuse } from "../peer/expect-exchange.ts";
import type { Case } from "../suite/case.ts";
import { Opcode, opcodeName } from "../wire/opcode.ts";
import { bare, compressionWith } from "./compression-offers.ts";
import { sendCompressed } from "./compression-messages.ts";
import { onConnection } from "./define.ts";
import { binaryOf, proseOf } from "./payloads.ts";
import { invalidSamples } from "./utf8-samples.ts";

const group = "compression, violations";

const bitsOf = (rsv: number): string => rsv.toString(2).padStart(3, "0");

const wrongBits = [
  ...[Opcode.ping, Opcode.pong, Opcode.close].map((opcode) => ({ opcode, rsv: 4, section: "RFC 7692 §6.1" })),
  ...[Opcode.text, Opcode.binary].flatMap((opcode) =>
    [1, 2, 3, 5, 6, 7].map((rsv) => ({ opcode, rsv, section: "RFC 6455 §5.2" })),
  ),
].map(({ opcode, rsv, section }) =>
  onConnection({
    id: `7692-6.1-rsv-${bitsOf(rsv)}-${opcodeName(opcode)}`,
    group,
    section,
    form: rsv === 4 && opcode === Opcode.ping ? "short" : "full",
    compression: bare,
    rule:
      rsv === 4
        ? 'RSV1 on control frames: an endpoint "receiving such a frame MUST _Fail the WebSocket Connection_".'
        : "permessage-deflate gives RSV1 a meaning; RSV2 and RSV3 still have none.",
    sends: `${opcodeName(opcode)} with RSV bits ${bitsOf(rsv)} on a compressed connection`,
    expects: "close 1002",
    async run(peer) {
      const payload =
        opcode === Opcode.close
          ? Buffer.from([0x0b, 0xb8])
          : (rsv & 4) !== 0 && opcode < 8
            ? peer.compressor.compress(Buffer.from("Hello"))
            : Buffer.from("Hello");
      await peer.send(peer.frame({ opcode, rsv, payload }));
      await expectFailure(peer, [1002]);
    },
  }),
);

const continuations = ([true, false] as const).flatMap((compressed) =>
  ([true, false] as const).map((final) =>
    onConnection({
      id: `7692-6.1-rsv1-on-${final ? "final-" : ""}continuation-of-${compressed ? "compressed" : "plain"}`,
      group,
      section: "RFC 7692 §6.1",
      form: compressed && final ? "short" : "full",
      compression: bare,
      rule: 'RSV1 on "non-first fragments of a data message": an endpoint receiving such a frame "MUST _Fail the WebSocket Connection_".',
      sends: `a first fragment ${compressed ? "with" : "without"} RSV1, and a ${final ? "final " : ""}continuation with RSV1`,
      expects: "close 1002",
      async run(peer) {
        const bytes = compressed ? peer.compressor.compress(proseOf(200)) : proseOf(200);
        await peer.send(
          peer.frame({
            opcode: Opcode.text,
            fin: false,
            rsv: compressed ? 4 : 0,
            payload: bytes.subarray(0, 50),
          }),
          peer.frame({ opcode: Opcode.continuation, fin: final, rsv: 4, payload: bytes.subarray(50) }),
        );
        await expectFailure(peer, [1002]);
      },
    }),
  ),
);

const invalidText = invalidSamples
  .filter(({ name }) =>
    [
      "overlong-2-slash",
      "surrogate-first-high",
      "too-high-first",
      "lone-continuation-80",
      "truncated-3",
      "impossible-ff",
      "late",
    ].includes(name),
  )
  .flatMap(({ name, about, bytes }) =>
    [false, true].map((cut) =>
      onConnection({
        id: `7692-8.1-invalid-${name}${cut ? "-in-fragments" : ""}`,
        group,
        section: "RFC 6455 §8.1",
        form: name === "surrogate-first-high" && !cut ? "short" : "full",
        compression: bare,
        rule: "Text is UTF-8 after decompression, or the connection fails.",
        sends: `compressed text${cut ? " in fragments of one octet" : ""}: ${about}`,
        expects: "close 1007",
        async run(peer) {
          await sendCompressed(peer, Opcode.text, Buffer.concat([Buffer.from("κόσμε "), bytes]), cut ? 1 : 0);
          await expectFailure(peer, [1007]);
        },
      }),
    ),
  );

/** The RFC binds the sender; a receiver may notice or may have the memory to carry on. */
const beyondAgreement: Case[] = [
  {
    name: "client-window",
    wanted: { clientMaxWindowBits: 9, serverMaxWindowBits: 9 },
    about: "a match 5,000 octets back, where a window of 512 was agreed",
    distance: 5_000,
  },
  {
    name: "takeover",
    wanted: { clientNoContextTakeover: true, serverNoContextTakeover: true },
    about: "a match into the message before, where no takeover was agreed",
    distance: 10,
  },
].map(({ name, wanted, about, distance }) =>
  onConnection({
    id: `7692-7.1-sender-breaks-${name}`,
    group,
    section: "RFC 7692 §7.1.1, §7.1.2",
    form: "full",
    compression: compressionWith(wanted),
    rule: "The agreement limits the sender; a receiver with less memory must fail, one with more may not notice.",
    sends: about,
    expects: "close 1007 or 1002, or the right echo (noted); a wrong echo is failed",
    async run(peer) {
      const first = binaryOf(6_000);
      await sendCompressed(peer, Opcode.binary, first);
      await expectEcho(peer, Opcode.binary, first);
      // A server may have agreed to less than was offered; then there is nothing to break.
      const bits =
        peer.role === "server" ? peer.agreement?.clientMaxWindowBits : peer.agreement?.serverMaxWindowBits;
      if (name === "client-window" && (bits ?? 15) > 12)
        peer.judgement.notOffered("agreed to no smaller window");
      await peer.send(
        peer.frame({
          opcode: Opcode.binary,
          rsv: 4,
          payload: new BlockWriter().fixed([[distance, 10]]).message(),
        }),
      );
      const arrival = await peer.next("a failure or an echo");
      if (arrival.kind === "message") {
        if (!arrival.payload.equals(first.subarray(6_000 - distance, 6_010 - distance)))
          peer.judgement.fail("echoed something that was never sent");
        peer.judgement.saw(describe(arrival));
        return peer.judgement.note("does not notice that the sender broke the agreement (allowed)");
      }
      if (arrival.kind === "pong" || arrival.kind === "quiet") refuse(peer, arrival, "a failure or an echo");
      return gradeFailure(peer, arrival, [1007, 1002]);
    },
  }),
);

export const compressionViolations: readonly Case[] = [
  ...wrongBits,
  ...continuations,
  ...invalidText,
  ...beyondAgreement,
];
