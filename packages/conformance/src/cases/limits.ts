// RFC 6455 §10.4: limits "to avoid denial of service" are the implementation's to choose; 1009 is how it says so (§7.4.1).
// These cases ask whether something absurd is refused on its header or waited for.
import { gradeFailure } from "../peer/expect-end.ts";
import { refuse } from "../peer/expect-exchange.ts";
import type { Case } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";

const group = "limits";
const section = "RFC 6455 §10.4, §7.4.1";

const lengths: readonly (readonly [name: string, declaredLength: bigint])[] = [
  ["2-31", 2n ** 31n],
  ["2-32", 2n ** 32n],
  ["2-32-plus-5", 2n ** 32n + 5n],
  ["2-40", 2n ** 40n],
  ["2-53-minus-1", 2n ** 53n - 1n],
  ["2-53", 2n ** 53n],
  ["2-53-plus-1", 2n ** 53n + 1n],
  ["2-62", 2n ** 62n],
  ["2-63-minus-1", 2n ** 63n - 1n],
];

/** 2^53 bytes are nine petabytes: nothing can hold them, so waiting for them is no policy. */
const impossible = 2n ** 53n;

const huge = lengths.map(([name, declaredLength]) =>
  onConnection({
    id: `6455-10.4-length-${name}`,
    group,
    section,
    form: name === "2-53" || name === "2-32-plus-5" ? "short" : "full",
    rule: "A declared length that cannot be meant is refused before any of it arrives, and no memory is spent on it.",
    sends: `the header of a binary frame of ${declaredLength} bytes, and five octets`,
    expects: "close 1009 (or 1002) at once; below 2^53 waiting is noted, the RFC leaves it free",
    async run(peer) {
      const payload = Buffer.from("Hello");
      await peer.send(peer.frame({ opcode: Opcode.binary, payload, declaredLength, lengthBits: 64 }));
      const arrival = await peer.next("close 1009", 1_000);
      if (arrival.kind === "quiet") {
        peer.judgement.saw("nothing in 1 s");
        const text = `waits for a frame of ${declaredLength} bytes`;
        if (declaredLength >= impossible) peer.judgement.nonStrict(text);
        else peer.judgement.note(text);
        return;
      }
      if (arrival.kind === "message" || arrival.kind === "pong") refuse(peer, arrival, "close 1009");
      await gradeFailure(peer, arrival, [1009, 1002]);
    },
  }),
);

const endless = onConnection({
  id: "6455-10.4-endless-message",
  group,
  section,
  form: "full",
  heavy: true,
  deadlineMs: 60_000,
  rule: "The sum of the fragments of a message is limited as well as one frame.",
  sends: "a message that never ends, in fragments of 1 MiB, up to 128 MiB",
  expects: "close 1009 on the way; taking all of it is noted",
  async run(peer) {
    const payload = Buffer.alloc(2 ** 20);
    for (let sent = 0; sent < 128; sent++) {
      const opcode = sent === 0 ? Opcode.binary : Opcode.continuation;
      await peer.send(peer.frame({ opcode, fin: false, payload }));
      const arrival = await peer.next("close 1009", 1);
      if (arrival.kind === "quiet") continue;
      if (arrival.kind === "message" || arrival.kind === "pong") refuse(peer, arrival, "close 1009");
      peer.judgement.saw(`after ${sent + 1} MiB`);
      return gradeFailure(peer, arrival, [1009], { dropIsFine: true });
    }
    peer.judgement.saw("nothing in 128 MiB");
    peer.judgement.note("takes 128 MiB of one message without a word");
  },
});

export const limits: readonly Case[] = [...huge, endless];
