// RFC 6455 §10.4 after decompression: a message that inflates to a thousand times its size must hit a limit on the way.
import { constants, deflateRawSync } from "node:zlib";
import { gradeFailure } from "../peer/expect-end.ts";
import { describe, refuse } from "../peer/expect-exchange.ts";
import type { Case } from "../suite/case.ts";
import { byteCount } from "../wire/hex.ts";
import { Opcode } from "../wire/opcode.ts";
import { bare } from "./compression-offers.ts";
import { onConnection } from "./define.ts";
import { evenly, fragments } from "./fragments.ts";

/** DEFLATE packs at most 1,032 octets into one, so 1 MiB of zeros takes about 1 KiB. */
function zeros(mebibytes: number): Buffer {
  const unit = deflateRawSync(Buffer.alloc(2 ** 20), { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
  return Buffer.alloc(unit.length * mebibytes, unit).subarray(0, -4);
}

/** More than this and no limit can be meant. */
const absurdMebibytes = 256;

const bombs: readonly (readonly [
  mebibytes: number,
  fragmentSize: number,
  form: "short" | "full" | "long",
])[] = [
  [64, 0, "full"],
  [256, 0, "full"],
  [256, 512, "full"],
  [1024, 0, "long"],
];

export const compressionBombs: readonly Case[] = bombs.map(([mebibytes, size, form]) =>
  onConnection({
    id: `7692-8-bomb-${mebibytes}-MiB${size > 0 ? "-in-fragments" : ""}`,
    group: "limits",
    section: "RFC 6455 §10.4, RFC 7692 §8",
    form,
    heavy: true,
    deadlineMs: 120_000,
    compression: bare,
    rule: "Limits hold for what a message inflates to, and are kept while it inflates.",
    sends: `zeros that inflate to ${mebibytes} MiB${size > 0 ? `, in fragments of ${size} octets` : ""}`,
    expects: `close 1009; an echo is ${mebibytes >= absurdMebibytes ? "non-strict" : "noted"}`,
    async run(peer) {
      const bytes = zeros(mebibytes);
      await peer.send(
        ...fragments(peer, Opcode.binary, bytes, size === 0 ? [bytes.length] : evenly(bytes.length, size), 4),
      );
      const arrival = await peer.next("close 1009");
      if (arrival.kind === "pong" || arrival.kind === "quiet") refuse(peer, arrival, "close 1009");
      if (arrival.kind !== "message") return gradeFailure(peer, arrival, [1009]);
      peer.judgement.saw(describe(arrival));
      const text = `inflates ${byteCount(bytes.length)} to ${mebibytes} MiB and sends it back`;
      if (mebibytes >= absurdMebibytes) peer.judgement.nonStrict(text);
      else peer.judgement.note(text);
    },
  }),
);
