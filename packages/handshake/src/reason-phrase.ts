// The reason phrases of the statuses that a handshake answers with (RFC 9110 §15). For people reading a trace: clients
// ignore them.

const REASON_PHRASES: ReadonlyMap<number, string> = new Map([
  [101, "Switching Protocols"],
  [301, "Moved Permanently"],
  [302, "Found"],
  [303, "See Other"],
  [307, "Temporary Redirect"],
  [308, "Permanent Redirect"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [408, "Request Timeout"],
  [410, "Gone"],
  [414, "URI Too Long"],
  [421, "Misdirected Request"],
  [426, "Upgrade Required"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [500, "Internal Server Error"],
  [501, "Not Implemented"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
  [505, "HTTP Version Not Supported"],
]);

/** Empty for a status without one, which the grammar of RFC 9112 §4 allows. */
export function reasonPhrase(status: number): string {
  return REASON_PHRASES.get(status) ?? "";
}
