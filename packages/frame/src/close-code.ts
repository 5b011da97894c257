// The close codes of RFC 6455 §7.4 and of the IANA registry it founded.

/** Why a connection closes (RFC 6455 §7.4.1 and the IANA WebSocket close code registry). */
export const CloseCode = {
  /** The purpose of the connection is fulfilled. */
  normal: 1000,
  /** The server shuts down, or the browser left the page. */
  goingAway: 1001,
  /** The peer broke the protocol. */
  protocolError: 1002,
  /** A kind of data this endpoint cannot take, such as binary where only text is understood. */
  unsupportedData: 1003,
  /** Local only: the peer's close frame carried no code. Never on the wire. */
  noStatus: 1005,
  /** Local only: the connection broke without a close frame. Never on the wire. */
  abnormal: 1006,
  /** A text message, or a close reason, is not UTF-8. */
  invalidPayload: 1007,
  /** A message breaks a rule of the application; the code to use when no other fits. */
  policyViolation: 1008,
  /** A message is larger than this endpoint accepts. */
  messageTooBig: 1009,
  /** The client needed an extension that the server did not agree to. */
  mandatoryExtension: 1010,
  /** The server met a condition it did not expect. */
  internalError: 1011,
  /** The service restarts; come back after a while. */
  serviceRestart: 1012,
  /** The service is overloaded; come back later or elsewhere. */
  tryAgainLater: 1013,
  /** A gateway got an invalid answer from the server behind it. */
  badGateway: 1014,
  /** Local only: the TLS handshake failed. Never on the wire. */
  tlsHandshake: 1015,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/**
 * Whether a close frame may carry this code: 1000–1003, 1007–1014, and 3000–4999
 * (RFC 6455 §7.4.1 and §7.4.2, IANA registry).
 */
export function isWireCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  // RFC 6455 §7.4.2: "3000-3999 … reserved for use by libraries, frameworks, and applications", "4000-4999 … private use"
  if (code >= 3000) return code <= 4999;
  // RFC 6455 §7.4.1: 1005, 1006 and 1015 "MUST NOT be set as a status code in a Close control frame"; 1004 is reserved.
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}
