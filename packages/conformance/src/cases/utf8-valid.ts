// RFC 6455 §5.6: "a particular text frame might include a partial UTF-8 sequence; however, the whole message MUST
// contain valid UTF-8". What is valid must pass, wherever frames and TCP cut it.
import { exchange, expectEcho } from "../peer/expect-exchange.ts";
import type { Case } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";
import { fragments } from "./fragments.ts";
import { invalidSamples, validSamples } from "./utf8-samples.ts";

const group = "UTF-8, valid";
const section = "RFC 6455 §5.6";

const each = validSamples.flatMap(({ name, about, bytes }) => [
  onConnection({
    id: `6455-5.6-valid-${name}`,
    group,
    section,
    form: ["bom-first", "last-of-4", "last-of-3", "mixture"].includes(name) ? "short" : "full",
    rule: "Every Unicode scalar value is text, non-characters and private use included, and no octet may change.",
    sends: `text: ${about}`,
    expects: "the same octets back",
    run: (peer) => exchange(peer, bytes, Opcode.text),
  }),
  onConnection({
    id: `6455-5.6-valid-${name}-every-split`,
    group,
    section,
    form: name === "mixture" ? "short" : "full",
    rule: "A fragment may end inside a character.",
    sends: `text in two fragments, cut at each octet in turn, and in fragments of one octet: ${about}`,
    expects: "the same octets back each time",
    async run(peer) {
      for (let cut = 0; cut <= bytes.length; cut++) {
        await peer.send(...fragments(peer, Opcode.text, bytes, [cut, bytes.length - cut]));
        await expectEcho(peer, Opcode.text, bytes);
      }
      await peer.send(...fragments(peer, Opcode.text, bytes, Array<number>(bytes.length).fill(1)));
      await expectEcho(peer, Opcode.text, bytes);
    },
  }),
  onConnection({
    id: `6455-5.6-valid-${name}-in-chops`,
    group,
    section,
    form: "full",
    rule: "A piece of TCP may end inside a character.",
    sends: `text in TCP pieces of one octet: ${about}`,
    expects: "the same octets back",
    async run(peer) {
      await peer.sendInChops(peer.text(bytes));
      await expectEcho(peer, Opcode.text, bytes);
    },
  }),
]);

const binaryIsFree = onConnection({
  id: "6455-5.6-binary-is-not-text",
  group,
  section,
  form: "short",
  rule: '"The "Payload data" is arbitrary binary data": no octets are wrong in a binary message.',
  sends: "every invalid sample of this suite as a binary message, whole and in two fragments",
  expects: "the same octets back",
  async run(peer) {
    for (const { bytes } of invalidSamples) {
      await exchange(peer, bytes);
      await peer.send(...fragments(peer, Opcode.binary, bytes, [1, bytes.length - 1]));
      await expectEcho(peer, Opcode.binary, bytes);
    }
  },
});

const pings = onConnection({
  id: "6455-5.6-character-across-a-ping",
  group,
  section,
  form: "full",
  rule: "A control frame between two halves of a character does not disturb it.",
  sends: "half a character, a ping with invalid UTF-8, the other half",
  expects: "a pong and the character",
  async run(peer) {
    const [a, b] = fragments(peer, Opcode.text, Buffer.from("€"), [1, 2]);
    await peer.send(a as Buffer, peer.ping(Buffer.from([0xff, 0xfe])), b as Buffer);
    await expectEcho(peer, Opcode.text, Buffer.from("€"));
  },
});

const stateIsPerMessage = onConnection({
  id: "6455-5.6-many-texts",
  group,
  section,
  form: "full",
  rule: "Each message is checked by itself.",
  sends: "every valid sample as text messages of one connection, one write",
  expects: "all back, in order",
  async run(peer) {
    await peer.send(...validSamples.map(({ bytes }) => peer.text(bytes)));
    for (const { bytes } of validSamples) await expectEcho(peer, Opcode.text, bytes);
  },
});

export const utf8Valid: readonly Case[] = [...each, binaryIsFree, pings, stateIsPerMessage];
