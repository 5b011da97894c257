// The client's side of the handshake over HTTP/2 (RFC 8441 §5): the response to an extended CONNECT → what was agreed, or
// a refusal. Must not know the session, or what to do about redirects.

import { connectionField } from "./connection-fields.ts";
import type { ResponseHead } from "./head.ts";
import type { Offer } from "./offer.ts";
import { quote } from "./quote.ts";
import { refusal, type Refused } from "./refused.ts";
import { verifyNegotiation, type Verified, type VerifyOptions } from "./verify-negotiation.ts";

/**
 * Decides about the response to a {@link createConnectRequest | request over HTTP/2}. Whatever the server sends ends in a
 * value, never in an exception. A Sec-WebSocket-Accept is ignored: nothing was asked that it could answer.
 *
 * @example
 * ```ts
 * import { createConnectRequest, HeaderFields, verifyConnectResponse } from "@ws/handshake";
 *
 * const request = createConnectRequest({ url: new URL("wss://example.org/") });
 * const fields = { ":status": 403, "content-type": "text/plain" }; // of the event "response"
 * const response = { httpVersion: "2.0", status: 403, reason: "", headers: HeaderFields.fromHttp2(fields) };
 * const result = verifyConnectResponse(request, response);
 * if (!result.accepted) result.code; // "UNEXPECTED_STATUS", and result.status is 403
 * ```
 */
export function verifyConnectResponse<Agreed = undefined>(
  request: Offer,
  response: ResponseHead,
  options: VerifyOptions<Agreed> = {},
): Verified<Agreed> | Refused {
  return (
    checkStatus(response) ?? checkConnectionFields(response) ?? verifyNegotiation(request, response, options)
  );
}

function checkStatus(response: ResponseHead): Refused | undefined {
  // RFC 9110 §9.3.6: "Any 2xx (Successful) response indicates that the sender (and all inbound proxies) will switch"
  if (response.status >= 200 && response.status <= 299) return undefined;
  return refusal(response, "UNEXPECTED_STATUS", `the server answered ${response.status}, not 200`);
}

function checkConnectionFields(response: ResponseHead): Refused | undefined {
  // RFC 9113 §8.2.2: "Any message containing connection-specific header fields MUST be treated as malformed"
  const name = connectionField(response.headers);
  if (name === undefined) return undefined;
  return refusal(response, "CONNECTION_FIELD", `the header ${quote(name)} has no place in HTTP/2`);
}
