// The client's side of the handshake over HTTP/1.1 (RFC 6455 §4.1): the response to a request → what was agreed, or a
// refusal. Owns putting the parts together; must not know who sent the request, or what to do about redirects.

import type { ClientRequest } from "./create-request.ts";
import type { ResponseHead } from "./head.ts";
import type { Refused } from "./refused.ts";
import { checkResponse } from "./response-rules.ts";
import { verifyNegotiation, type Verified, type VerifyOptions } from "./verify-negotiation.ts";

/**
 * Decides about the response to a request. Whatever the server sends ends in a value, never in an exception.
 *
 * @example
 * ```ts
 * import { createRequest, ResponseDecoder, verifyResponse } from "@ws/handshake";
 *
 * const request = createRequest({ url: new URL("ws://example.org/") });
 * const response = new ResponseDecoder().push(new TextEncoder().encode("HTTP/1.1 401 Unauthorized\r\n\r\n"));
 * if (response !== undefined) {
 *   const result = verifyResponse(request, response);
 *   if (!result.accepted) result.code; // "UNEXPECTED_STATUS", and result.status is 401
 * }
 * ```
 */
export function verifyResponse<Agreed = undefined>(
  request: Pick<ClientRequest, "key" | "protocols" | "extensions">,
  response: ResponseHead,
  options: VerifyOptions<Agreed> = {},
): Verified<Agreed> | Refused {
  return checkResponse(response, request.key) ?? verifyNegotiation(request, response, options);
}
