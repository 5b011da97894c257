// RFC 6455 §4.1: responses that look unusual and are right.
import { setField } from "../wire/http-head.ts";
import { acceptIn, type ResponseVariant } from "./response-variant.ts";

export const believable: readonly ResponseVariant[] = [
  {
    id: "plain",
    rule: "A correct response opens the connection.",
    responds: "a correct response",
    outcome: "open",
    form: "short",
    change: () => {},
  },
  {
    id: "names-lower",
    rule: "Header field names are case-insensitive.",
    responds: "field names in lower case",
    outcome: "open",
    change: (response) => {
      response.fields = response.fields.map(([name, value]) => [name.toLowerCase(), value]);
    },
  },
  {
    id: "names-upper",
    rule: "Header field names are case-insensitive.",
    responds: "field names in upper case",
    outcome: "open",
    form: "short",
    change: (response) => {
      response.fields = response.fields.map(([name, value]) => [name.toUpperCase(), value]);
    },
  },
  {
    id: "reversed",
    rule: "The order of fields is not important.",
    responds: "fields in reverse order",
    outcome: "open",
    change: (response) => void response.fields.reverse(),
  },
  {
    id: "upgrade-case",
    rule: 'The value "websocket" is matched without case.',
    responds: "Upgrade: WebSocket",
    outcome: "open",
    form: "short",
    change: (response) => setField(response, "Upgrade", "WebSocket"),
  },
  {
    id: "connection-case",
    rule: 'The token "Upgrade" is matched without case.',
    responds: "Connection: upGRADE",
    outcome: "open",
    change: (response) => setField(response, "Connection", "upGRADE"),
  },
  {
    id: "connection-list",
    rule: '|Connection| must "contain a token", it may contain others.',
    responds: "Connection: keep-alive, Upgrade",
    outcome: "open",
    change: (response) => setField(response, "Connection", "keep-alive, Upgrade"),
  },
  {
    id: "accept-spaces",
    rule: 'The accept value is compared "ignoring any leading and trailing whitespace".',
    responds: "blanks and a tab around the accept value",
    outcome: "open",
    change: (response, call) =>
      setField(response, "Sec-WebSocket-Accept", `  ${acceptIn(response, call)} \t`),
  },
  {
    id: "other-reason",
    rule: "The reason phrase means nothing.",
    responds: "HTTP/1.1 101 Web Socket Protocol Handshake",
    outcome: "open",
    change: (response) => {
      response.startLine = "HTTP/1.1 101 Web Socket Protocol Handshake";
    },
  },
  {
    id: "no-reason",
    section: "RFC 9112 §4",
    rule: "The reason phrase may be empty.",
    responds: "HTTP/1.1 101 and a blank",
    outcome: "open",
    change: (response) => {
      response.startLine = "HTTP/1.1 101 ";
    },
  },
  {
    id: "other-fields",
    rule: "Unknown header fields are ignored.",
    responds: "Set-Cookie, Server, Date and unknown fields besides",
    outcome: "open",
    change: (response) =>
      response.fields.push(
        ["Set-Cookie", "a=b"],
        ["Server", "x"],
        ["Date", "Thu, 01 Jan 1970 00:00:00 GMT"],
        ["X-Unknown", "y"],
        ["__proto__", "z"],
      ),
  },
  {
    id: "octets",
    rule: "A response may arrive in pieces of any size.",
    responds: "a correct response in TCP pieces of one octet",
    outcome: "open",
    form: "short",
    chop: 1,
    change: () => {},
  },
];
