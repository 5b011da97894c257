// Every case, in the order of a report, and how a run chooses among them.
import { closeCodes } from "../cases/close-codes.ts";
import { closingOrder } from "../cases/closing-order.ts";
import { closing } from "../cases/closing.ts";
import { compressionAnswered } from "../cases/compression-answered.ts";
import { compressionBombs } from "../cases/compression-bombs.ts";
import { compressionContext } from "../cases/compression-context.ts";
import { compressionDamage } from "../cases/compression-damage.ts";
import { compressionMessages } from "../cases/compression-messages.ts";
import { compressionOffered } from "../cases/compression-offered.ts";
import { compressionStreams } from "../cases/compression-streams.ts";
import { compressionViolations } from "../cases/compression-violations.ts";
import { fragmentationIllegal } from "../cases/fragmentation-illegal.ts";
import { fragmentationLegal } from "../cases/fragmentation-legal.ts";
import { framingLengthEncoding } from "../cases/framing-length-encoding.ts";
import { framingLengths } from "../cases/framing-lengths.ts";
import { http2Client } from "../cases/http2-client.ts";
import { http2Opening } from "../cases/http2-opening.ts";
import { http2Streams } from "../cases/http2-streams.ts";
import { limits } from "../cases/limits.ts";
import { masking } from "../cases/masking.ts";
import { opcodes } from "../cases/opcodes.ts";
import { openingClient } from "../cases/opening-client.ts";
import { openingRequest } from "../cases/opening-request.ts";
import { openingServer } from "../cases/opening-server.ts";
import { pingPong } from "../cases/ping-pong.ts";
import { reservedBits } from "../cases/reserved-bits.ts";
import { utf8FailFast } from "../cases/utf8-fail-fast.ts";
import { utf8Invalid } from "../cases/utf8-invalid.ts";
import { utf8Valid } from "../cases/utf8-valid.ts";
import type { Role } from "../role.ts";
import { type Case, type Form, groups, rolesOf } from "./case.ts";

const all: readonly Case[] = [
  ...openingServer,
  ...openingRequest,
  ...openingClient,
  ...http2Opening,
  ...http2Streams,
  ...http2Client,
  ...framingLengths,
  ...framingLengthEncoding,
  ...masking,
  ...reservedBits,
  ...opcodes,
  ...pingPong,
  ...fragmentationLegal,
  ...fragmentationIllegal,
  ...utf8Valid,
  ...utf8Invalid,
  ...utf8FailFast,
  ...closing,
  ...closingOrder,
  ...closeCodes,
  ...limits,
  ...compressionBombs,
  ...compressionOffered,
  ...compressionAnswered,
  ...compressionMessages,
  ...compressionStreams,
  ...compressionContext,
  ...compressionViolations,
  ...compressionDamage,
];

/** Which cases. */
export interface Selection {
  /** Of the endpoint under test. */
  readonly role: Role;
  /** Patterns of ids, of which one has to fit: `*` stands for anything, as in `6455-5.2-*`. Default: all. */
  readonly cases?: readonly string[] | undefined;
  /** Default: `"full"`. */
  readonly form?: Form | undefined;
}

const formsOf: Record<Form, readonly Form[]> = {
  short: ["short"],
  full: ["short", "full"],
  long: ["short", "full", "long"],
};

/** The cases that are chosen, in the order of a report; none where no pattern fits. */
export function selectCases({ role, cases = ["*"], form = "full" }: Selection): Case[] {
  const patterns = cases.map(patternOf);
  return groups.flatMap((group) =>
    all.filter(
      (one) =>
        one.group === group &&
        rolesOf(one).includes(role) &&
        formsOf[form].includes(one.form) &&
        patterns.some((pattern) => pattern.test(one.id)),
    ),
  );
}

/** What stands between stars is meant as it is: ids have dots. */
function patternOf(text: string): RegExp {
  const parts = text.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** Throws `RangeError` where there is none. */
export function caseWithId(role: Role, id: string): Case {
  const one = all.find((other) => other.id === id && rolesOf(other).includes(role));
  if (one === undefined) throw new RangeError(`Cannot play "${id}": no case for a ${role} has this id`);
  return one;
}
