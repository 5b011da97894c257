// From a verified answer to a Connection, the same over every version of HTTP: judging the extensions, telling of the
// answer, handing the stream over.
import type { Duplex } from "node:stream";
import { Connection } from "@ws/connection";
import { type Agreement, type Extension, MessageDeflate, verifyAnswer } from "@ws/deflate";
import {
  type ExtensionVerdict,
  formatExtensions,
  type Refused,
  type ResponseHead,
  type Verified,
  type VerifyOptions,
} from "@ws/handshake";
import { withoutCredentials } from "./address.ts";
import type { ConnectPlan } from "./connect-plan.ts";

/**
 * @param verify judges the answer
 * @param head what came behind it
 * @returns the connection; or the refusal, after which the stream is destroyed
 */
export function establish(
  duplex: Duplex,
  url: URL,
  response: ResponseHead,
  head: Uint8Array,
  plan: ConnectPlan,
  verify: (options: VerifyOptions<Agreement>) => Verified<Agreement> | Refused,
): Connection | Refused {
  const { deflate, onResponse } = plan;
  try {
    const { httpVersion, status, headers } = response;
    onResponse?.({ url: withoutCredentials(url), httpVersion, status, headers });
  } catch (error) {
    duplex.destroy();
    throw error;
  }
  const result = verify({
    ...(deflate !== undefined && { extensions: (answers) => judgeAnswer(answers, deflate) }),
  });
  if (!result.accepted) {
    duplex.destroy();
    return result;
  }
  return new Connection(duplex, {
    ...plan.connection,
    role: "client",
    protocol: result.protocol,
    extensions: formatExtensions(result.extensions),
    ...(result.agreed && deflate && { compression: new MessageDeflate("client", result.agreed, deflate) }),
    head,
  });
}

function judgeAnswer(
  answers: readonly Extension[],
  options: NonNullable<ConnectPlan["deflate"]>,
): ExtensionVerdict<Agreement> {
  const [answer, another] = answers;
  // RFC 7692 §5: at most one of the offers of the same extension can be accepted.
  if (answer === undefined || another !== undefined)
    return { refused: "permessage-deflate was accepted twice" };
  const agreement = verifyAnswer(answer, options);
  return typeof agreement === "string" ? { refused: agreement } : { agreed: agreement };
}
