// RFC 6455 §4.1: responses that choose extensions and subprotocols, rightly and wrongly; and one that is merely long.
import { setField } from "../wire/http-head.ts";
import type { ResponseVariant } from "./response-variant.ts";

const extensionRule =
  'An extension "that was not present in the client\'s handshake": the client MUST _Fail the WebSocket Connection_.';
const protocolRule =
  'A subprotocol "that was not present in the client\'s handshake": the client MUST _Fail the WebSocket Connection_.';

export const choosing: readonly ResponseVariant[] = [
  {
    id: "extension-unknown",
    rule: extensionRule,
    responds: "Sec-WebSocket-Extensions: x-unknown",
    outcome: "fail",
    form: "short",
    change: (response) => setField(response, "Sec-WebSocket-Extensions", "x-unknown"),
  },
  {
    id: "extension-malformed",
    section: "RFC 6455 §9.1",
    rule: 'A value that does not follow the grammar: the recipient "MUST immediately _Fail the WebSocket Connection_".',
    responds: "Sec-WebSocket-Extensions: ; =",
    outcome: "fail",
    change: (response) => setField(response, "Sec-WebSocket-Extensions", "; ="),
  },
  {
    id: "protocol-not-offered",
    rule: protocolRule,
    responds: "a subprotocol, where none was offered",
    outcome: "fail",
    form: "short",
    change: (response) => setField(response, "Sec-WebSocket-Protocol", "x-unknown.example"),
  },
  {
    id: "protocol-empty",
    rule: 'For a subprotocol "the empty string is not the same as the null value" and not legal.',
    responds: "an empty Sec-WebSocket-Protocol, where none was offered",
    outcome: "fail",
    change: (response) => setField(response, "Sec-WebSocket-Protocol", ""),
  },
  {
    id: "protocol-chosen",
    rule: "One of the offered subprotocols may be chosen.",
    responds: "the second of two offered subprotocols",
    outcome: "open",
    protocols: ["chat.example", "superchat.example"],
    change: (response) => setField(response, "Sec-WebSocket-Protocol", "superchat.example"),
  },
  {
    id: "protocol-other",
    rule: protocolRule,
    responds: "a third, where two were offered",
    outcome: "fail",
    protocols: ["chat.example", "superchat.example"],
    change: (response) => setField(response, "Sec-WebSocket-Protocol", "other.example"),
  },
  {
    id: "protocol-case",
    rule: protocolRule,
    responds: "an offered one in another case",
    outcome: "fail",
    protocols: ["chat.example", "superchat.example"],
    change: (response) => setField(response, "Sec-WebSocket-Protocol", "CHAT.example"),
  },
  {
    id: "protocol-both",
    rule: "Sec-WebSocket-Protocol of a response is a single token.",
    responds: "both offered subprotocols in one value",
    outcome: "fail",
    protocols: ["chat.example", "superchat.example"],
    change: (response) => setField(response, "Sec-WebSocket-Protocol", "chat.example, superchat.example"),
  },
  {
    id: "protocol-lines",
    section: "RFC 6455 §11.3.4",
    rule: 'In a response, Sec-WebSocket-Protocol "MUST NOT appear more than once".',
    responds: "both offered subprotocols on two lines",
    outcome: "fail",
    protocols: ["chat.example", "superchat.example"],
    change: (response) =>
      response.fields.push(
        ["Sec-WebSocket-Protocol", "chat.example"],
        ["Sec-WebSocket-Protocol", "superchat.example"],
      ),
  },
  {
    id: "protocol-none-chosen",
    rule: "A server need not choose; whether the client goes on is its own affair.",
    responds: "no subprotocol, where two were offered",
    outcome: "either",
    protocols: ["chat.example", "superchat.example"],
    change: () => {},
  },
  {
    id: "header-64-KiB",
    rule: "Limits on heads are the client's to choose.",
    responds: "a field of 64 KiB",
    outcome: "either",
    change: (response) => setField(response, "X-Long", "x".repeat(65_536)),
  },
];
