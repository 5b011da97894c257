// The opening handshake of RFC 6455 §4 and RFC 8441 as pure functions: heads in, decisions and bytes out, for both roles.

// Both roles
export { HandshakeError, type HandshakeErrorCode } from "./handshake-error.ts";
export type { ExtendedConnect, RequestHead, ResponseHead } from "./head.ts";
export type { HeadLimits } from "./head-decoder.ts";
export { HeaderFields } from "./header-fields.ts";
export type { HeaderInput, HeaderLine } from "./header-lines.ts";
export type { Http2Headers } from "./http2-headers.ts";
export { RequestDecoder } from "./request-decoder.ts";
export { ResponseDecoder } from "./response-decoder.ts";
export { formatExtensions, parseExtensions, type ExtensionOffer } from "./extension-offer.ts";

// The server
export { accept, createAcceptor, type Accepted } from "./accept.ts";
export { acceptKey } from "./accept-key.ts";
export { encodeResponse } from "./encode-response.ts";
export { http2ResponseHeaders } from "./http2-response-headers.ts";
export type { AcceptOptions, ExtensionAnswer } from "./negotiation.ts";
export type { OriginPolicy } from "./origin.ts";
export { reject, type Rejected, type RejectionCode } from "./rejected.ts";

// The client
export { createConnectRequest, type ConnectRequest } from "./create-connect-request.ts";
export { createRequest, type ClientRequest, type RequestOptions } from "./create-request.ts";
export type { Offer, OfferOptions } from "./offer.ts";
export type { Refused, RefusalCode } from "./refused.ts";
export type { ExtensionVerdict, Verified, VerifyOptions } from "./verify-negotiation.ts";
export { verifyConnectResponse } from "./verify-connect-response.ts";
export { verifyResponse } from "./verify-response.ts";
