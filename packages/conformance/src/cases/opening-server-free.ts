// Opening requests that a server may take or refuse: limits, origins, and what the RFC does not speak of.
import { setField } from "../wire/http-head.ts";
import type { Variant } from "./opening-variant.ts";

export const freeRequests: readonly Variant[] = [
  {
    id: "10.2-origin-foreign",
    section: "RFC 6455 §10.2",
    rule: "A server may refuse origins; whether it does is its policy.",
    sends: "Origin: https://foreign.example",
    outcome: "either",
    change: (request) => setField(request, "Origin", "https://foreign.example"),
  },
  {
    id: "10.2-origin-null",
    section: "RFC 6455 §10.2",
    rule: "A server may refuse origins; whether it does is its policy.",
    sends: "Origin: null",
    outcome: "either",
    change: (request) => setField(request, "Origin", "null"),
  },
  {
    id: "4.2.1-header-64-KiB",
    rule: "Limits on heads are the server's; an answer is not.",
    sends: "a field of 64 KiB",
    outcome: "either",
    form: "short",
    change: (request) => setField(request, "X-Long", "x".repeat(65_536)),
  },
  {
    id: "4.2.1-header-count-2000",
    rule: "Limits on heads are the server's; an answer is not.",
    sends: "2,000 fields",
    outcome: "either",
    change: (request) =>
      request.fields.push(...Array.from({ length: 2000 }, (_, i) => [`X-${i}`, "x"] as const)),
  },
  {
    id: "9110-5.5-nul-in-value",
    section: "RFC 9110 §5.5",
    rule: "A recipient of a NUL in a field value rejects the message or replaces the NUL.",
    sends: "a Cookie with a NUL",
    outcome: "either",
    change: (request) => request.fields.push(["Cookie", "a\0b"]),
  },
  {
    id: "4.1-protocol-twice",
    section: "RFC 6455 §4.1",
    rule: "The subprotocols of a request are to be unique; §4.2.1 does not tell the server to look.",
    sends: "Sec-WebSocket-Protocol: a, a",
    outcome: "either",
    change: (request) => setField(request, "Sec-WebSocket-Protocol", "a, a"),
  },
  {
    id: "4.2.1-upgrade-twice",
    rule: "A repeated Upgrade line combines to a list.",
    sends: "Upgrade: websocket on two lines",
    outcome: "either",
    change: (request) => request.fields.push(["Upgrade", "websocket"]),
  },
  {
    id: "4.2.1-content-length",
    rule: "The RFC does not speak of requests with a body.",
    sends: "Content-Length: 0",
    outcome: "either",
    change: (request) => setField(request, "Content-Length", "0"),
  },
  {
    id: "4.2.1-long-path",
    rule: "The length of a resource name is limited by the server alone.",
    sends: "a query of 4,000 octets",
    outcome: "either",
    change: (request) => {
      request.startLine = request.startLine.replace(
        " HTTP/1.1",
        `${request.startLine.includes("?") ? "&" : "?"}q=${"x".repeat(4000)} HTTP/1.1`,
      );
    },
  },
];
