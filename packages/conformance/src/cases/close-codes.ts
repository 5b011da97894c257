// RFC 6455 §7.4: which status codes may stand in a Close frame, class by class.
import { describe, refuse } from "../peer/expect-exchange.ts";
import { expectCloseReply, expectTcpEnd, gradeFailure } from "../peer/expect-end.ts";
import type { Peer } from "../peer/peer.ts";
import type { Case } from "../suite/case.ts";
import { closeCodeClass } from "../suite/close-codes.ts";
import { onConnection, onServer } from "./define.ts";

const group = "close codes";
const section = "RFC 6455 §7.4.1, §7.4.2";

/** One code, on a fresh connection. */
async function judgeCode(peer: Peer, code: number, reason = ""): Promise<void> {
  await peer.send(peer.close(code, reason));
  const kind = closeCodeClass(code);
  if (kind === "sendable") {
    await expectCloseReply(peer, code);
    return expectTcpEnd(peer);
  }
  const arrival = await peer.next("close 1002");
  if (arrival.kind === "message" || arrival.kind === "pong" || arrival.kind === "quiet")
    refuse(peer, arrival, "close 1002");
  const accepted = arrival.kind === "close" && [code, undefined, 1000].includes(arrival.code);
  if (!accepted) return gradeFailure(peer, arrival, [1002]);

  peer.judgement.saw(describe(arrival));
  const took = `took code ${code} for a legal one`;
  if (kind === "undefined") peer.judgement.note(`${took}; no range of §7.4.2 has it, no rule forbids it`);
  else if (kind === "reserved") peer.judgement.nonStrict(`${took}; it is reserved and has no meaning so far`);
  else peer.judgement.failed(`${took}; §7.4: ${kind}`);
}

const rules = {
  sendable: [
    "A code that is defined, registered or left to applications closes the connection normally.",
    "a Close with the same code",
  ],
  "never sent": [
    '1005, 1006 and 1015 "MUST NOT be set as a status code in a Close control frame by an endpoint".',
    "close 1002",
  ],
  "not used": ['"Status codes in the range 0-999 are not used."', "close 1002"],
  reserved: [
    '1004 and 1016-2999 are "reserved for definition by this protocol, its future revisions, and extensions".',
    "close 1002",
  ],
  undefined: [
    "Codes from 5000 on are in no range of §7.4.2; the RFC does not say what becomes of them.",
    "close 1002, or the same code (noted)",
  ],
} as const;

const short = [0, 999, 1000, 1001, 1004, 1005, 1006, 1011, 1015, 1016, 2999, 3000, 4999, 5000, 65_535];
const sampled = [
  ...[1, 2, 10, 100, 255, 256, 500, 900, 990, 998],
  ...[1002, 1003, 1007, 1008, 1009, 1010, 1012, 1013, 1014],
  ...[1017, 1018, 1020, 1050, 1099, 1100, 1500, 1999, 2000, 2001, 2500, 2998],
  ...[3001, 3500, 3999, 4000, 4001, 4500, 4998],
  ...[5001, 6000, 10_000, 32_767, 32_768, 65_534],
];

const each = [...short, ...sampled]
  .toSorted((a, b) => a - b)
  .map((code) => {
    const [rule, expects] = rules[closeCodeClass(code)];
    return onConnection({
      id: `6455-7.4-code-${code}`,
      group,
      section,
      form: short.includes(code) ? "short" : "full",
      rule,
      sends: `Close ${code}`,
      expects,
      run: (peer) => judgeCode(peer, code),
    });
  });

const withReason = [1000, 1005, 1015, 3000, 999].map((code) =>
  onConnection({
    id: `6455-7.4-code-${code}-with-reason`,
    group,
    section,
    form: "full",
    rule: rules[closeCodeClass(code)][0],
    sends: `Close ${code} with a reason`,
    expects: rules[closeCodeClass(code)][1],
    run: (peer) => judgeCode(peer, code, "because"),
  }),
);

/** Dials once per code, so only a server can be swept; a client calls when it likes. */
const sweep = onServer({
  id: "6455-7.4-every-code",
  group,
  section,
  form: "long",
  heavy: true,
  deadlineMs: 900_000,
  rule: "Every one of the 65,536 codes is in one class, and is treated so.",
  sends: "Close with each code from 0 to 65535, one connection each",
  expects: "sendable codes in return, 1002 for the others",
  async run(server) {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < 65_536) {
        const peer = await server.open();
        await judgeCode(peer, next++);
        peer.transport.destroy();
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
  },
});

export const closeCodes: readonly Case[] = [...each, ...withReason, sweep];
