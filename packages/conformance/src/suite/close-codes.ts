// Which status codes may stand in a Close frame, by RFC 6455 §7.4 and the registry it created.

export type CloseCodeClass =
  /** Defined for the wire, or left to libraries and applications (3000–4999). */
  | "sendable"
  /** RFC 6455 §7.4.1: "MUST NOT be set as a status code in a Close control frame by an endpoint". */
  | "never sent"
  /** 0–999: RFC 6455 §7.4.2 "not used". */
  | "not used"
  /** 1004 and 1016–2999: reserved, without a meaning so far. */
  | "reserved"
  /** 5000 and up: in no range of RFC 6455 §7.4.2. */
  | "undefined";

export function closeCodeClass(code: number): CloseCodeClass {
  if (code < 1000) return "not used";
  if (code === 1005 || code === 1006 || code === 1015) return "never sent";
  if (code === 1004 || (code >= 1016 && code < 3000)) return "reserved";
  return code < 5000 ? "sendable" : "undefined";
}
