// RFC 6455 §8.1: an endpoint that finds that bytes are not UTF-8 "MUST _Fail the WebSocket Connection_"; §7.4.1 names 1007.
import { expectFailure } from "../peer/expect-end.ts";
import { exchange } from "../peer/expect-exchange.ts";
import type { Peer } from "../peer/peer.ts";
import type { Case, Form } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";
import { fragments } from "./fragments.ts";
import { invalidSamples, type Sample } from "./utf8-samples.ts";

const shortSamples = new Set([
  "overlong-2-slash",
  "surrogate-first-high",
  "too-high-first",
  "lone-continuation-80",
  "truncated-3",
  "impossible-ff",
]);

interface Manner {
  readonly suffix: string;
  readonly how: string;
  readonly form: Form;
  send(peer: Peer, bytes: Buffer): Promise<void>;
}

const whole: Manner = {
  suffix: "",
  how: "in one frame",
  form: "short",
  send: (peer, bytes) => peer.send(peer.text(bytes)),
};
const inLongerText: Manner = {
  suffix: "-within-text",
  how: "in one frame, between 300 valid characters on each side",
  form: "full",
  send: (peer, bytes) => {
    const around = Buffer.from("é".repeat(300));
    return peer.send(peer.text(Buffer.concat([around, bytes, around])));
  },
};
const octetFragments: Manner = {
  suffix: "-in-octet-fragments",
  how: "in fragments of one octet",
  form: "full",
  send: (peer, bytes) =>
    peer.send(...fragments(peer, Opcode.text, bytes, [...Array<number>(bytes.length).fill(1), 0])),
};
const octetChops: Manner = {
  suffix: "-in-chops",
  how: "in TCP pieces of one octet",
  form: "full",
  // Pieces end where the peer may have had enough.
  send: (peer, bytes) => peer.sendInChops(peer.text(bytes)),
};

function splits(bytes: Buffer): Manner[] {
  return Array.from({ length: bytes.length - 1 }, (_, i) => i + 1).flatMap((cut): Manner[] => [
    {
      suffix: `-split-${cut}`,
      how: `in two fragments, cut after octet ${cut}`,
      form: "full",
      send: (peer) => peer.send(...fragments(peer, Opcode.text, bytes, [cut, bytes.length - cut])),
    },
    {
      suffix: `-chop-${cut}`,
      how: `in one frame and two TCP pieces, cut after octet ${cut} of the payload`,
      form: "full",
      async send(peer) {
        const frame = peer.text(bytes);
        const head = frame.length - bytes.length;
        await peer.send(frame.subarray(0, head + cut));
        await new Promise(setImmediate);
        await peer.send(frame.subarray(head + cut));
      },
    },
  ]);
}

function casesOf({ name, about, bytes }: Sample): Case[] {
  const manners = [
    whole,
    inLongerText,
    octetFragments,
    octetChops,
    ...(bytes.length <= 6 ? splits(bytes) : []),
  ];
  return manners
    .filter((manner) => !(manner === inLongerText && name.startsWith("truncated")))
    .map((manner) =>
      onConnection({
        id: `6455-8.1-invalid-${name}${manner.suffix}`,
        group: "UTF-8, invalid",
        section: "RFC 6455 §8.1, §7.4.1",
        form: manner.form === "short" && !shortSamples.has(name) ? "full" : manner.form,
        rule: 'Text that is not "a valid UTF-8 stream": the endpoint "MUST _Fail the WebSocket Connection_".',
        sends: `text ${manner.how}: ${about}`,
        expects: "close 1007",
        async run(peer) {
          await manner.send(peer, bytes);
          await expectFailure(peer, [1007]);
        },
      }),
    );
}

const afterGood = onConnection({
  id: "6455-8.1-invalid-after-valid-messages",
  group: "UTF-8, invalid",
  section: "RFC 6455 §8.1",
  form: "full",
  rule: "A connection that carried valid text is checked as before.",
  sends:
    "three valid texts, then one that ends inside a character, then the rest of it as a message of its own",
  expects: "three echoes, then close 1007",
  async run(peer) {
    for (const text of ["a", "ž", "𝄞"]) await exchange(peer, Buffer.from(text), Opcode.text);
    await peer.send(peer.text(Buffer.from([0xe2, 0x82])), peer.text(Buffer.from([0xac])));
    await expectFailure(peer, [1007]);
  },
});

export const utf8Invalid: readonly Case[] = [...invalidSamples.flatMap(casesOf), afterGood];
