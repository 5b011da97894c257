// RFC 6455 §4.2.1: requests that look unusual and are right, and those that a server may take either way.
import type { OpeningRequest } from "../opening/server-probe.ts";
import { setField } from "../wire/http-head.ts";
import { connectionRule, upgradeRule, type Variant } from "./opening-variant.ts";

const rename = (request: OpeningRequest, change: (name: string) => string): void => {
  request.fields = request.fields.map(([name, value]) => [change(name), value]);
};
const oddly = (text: string): string =>
  Array.from(text, (char, i) => (i % 2 === 0 ? char.toLowerCase() : char.toUpperCase())).join("");

const insensitive = '"all header field names in both HTTP requests and HTTP responses are case-insensitive"';

export const acceptedRequests: readonly Variant[] = [
  {
    id: "4.2.2-plain",
    rule: "A correct request is accepted.",
    sends: "a correct request",
    outcome: "accept",
    form: "short",
    change: () => {},
  },
  {
    id: "4.2.2-sample-key",
    section: "RFC 6455 §1.3, §4.2.2",
    rule: "The RFC's own key gives its own accept value.",
    sends: "the key dGhlIHNhbXBsZSBub25jZQ==",
    outcome: "accept",
    form: "short",
    change: (request) =>
      Object.assign(request, { key: "dGhlIHNhbXBsZSBub25jZQ==" }) &&
      setField(request, "Sec-WebSocket-Key", request.key),
  },
  {
    id: "4.2.1-names-lower",
    rule: insensitive,
    sends: "field names in lower case",
    outcome: "accept",
    form: "short",
    change: (request) => rename(request, (name) => name.toLowerCase()),
  },
  {
    id: "4.2.1-names-upper",
    rule: insensitive,
    sends: "field names in upper case",
    outcome: "accept",
    change: (request) => rename(request, (name) => name.toUpperCase()),
  },
  {
    id: "4.2.1-names-odd",
    rule: insensitive,
    sends: "field names in mixed case",
    outcome: "accept",
    change: (request) => rename(request, oddly),
  },
  {
    id: "4.2.1-reversed",
    rule: '"the order of the header fields is not important"',
    sends: "the fields in reverse order",
    outcome: "accept",
    change: (request) => void request.fields.reverse(),
  },
  ...["WebSocket", "WEBSOCKET", "wEbSoCkEt"].map((value): Variant => ({
    id: `4.2.1-upgrade-${value}`,
    rule: upgradeRule,
    sends: `Upgrade: ${value}`,
    outcome: "accept",
    form: value === "WEBSOCKET" ? "short" : "full",
    change: (request) => setField(request, "Upgrade", value),
  })),
  {
    id: "4.2.1-upgrade-list",
    rule: upgradeRule,
    sends: "Upgrade: foo/2, websocket",
    outcome: "lenient",
    change: (request) => setField(request, "Upgrade", "foo/2, websocket"),
  },
  ...[
    "upgrade",
    "UPGRADE",
    "keep-alive, Upgrade",
    "Upgrade, keep-alive",
    "keep-alive,Upgrade,foo",
    "foo , upgrade , bar",
  ].map((value, i): Variant => ({
    id: `4.2.1-connection-${i + 1}`,
    rule: connectionRule,
    sends: `Connection: ${value}`,
    outcome: "accept",
    form: i === 2 ? "short" : "full",
    change: (request) => setField(request, "Connection", value),
  })),
  {
    id: "4.2.1-connection-tabs",
    rule: connectionRule,
    sends: "Connection: foo,⇥upgrade⇥, bar, with tabs where optional whitespace may be",
    outcome: "lenient",
    change: (request) => setField(request, "Connection", "foo,\tupgrade\t, bar"),
  },
  {
    id: "4.2.1-connection-lines",
    rule: connectionRule,
    sends: "Connection: keep-alive, and Connection: Upgrade on a line of its own",
    outcome: "accept",
    form: "short",
    change: (request) => {
      setField(request, "Connection", "keep-alive");
      request.fields.push(["Connection", "Upgrade"]);
    },
  },
  {
    id: "4.2.1-unknown-fields",
    rule: '"Unknown header fields are ignored".',
    sends: "fifty unknown fields, cookies, an Authorization",
    outcome: "accept",
    change: (request) =>
      request.fields.push(
        ["Cookie", "a=b; c=d"],
        ["Authorization", "Basic YTpi"],
        ...Array.from({ length: 50 }, (_, i) => [`X-Unknown-${i}`, `value ${i}`] as const),
      ),
  },
  {
    id: "4.2.1-spaces-around-values",
    section: "RFC 9112 §5",
    rule: "Optional whitespace around a field value is not part of it.",
    sends: "blanks around every value",
    outcome: "accept",
    change: (request) => {
      request.fields = request.fields.map(([name, value]) => [name, `  ${value}  `]);
    },
  },
  {
    id: "4.2.1-tabs-around-values",
    section: "RFC 9112 §5",
    rule: "Optional whitespace around a field value is not part of it, tabs included.",
    sends: "tabs around every value",
    outcome: "lenient",
    change: (request) => {
      request.fields = request.fields.map(([name, value]) => [name, `\t${value}\t`]);
    },
  },
  {
    id: "4.2.1-prototype-names",
    rule: '"Unknown header fields are ignored", whatever they are called.',
    sends: "fields named __proto__, constructor, toString",
    outcome: "accept",
    change: (request) => request.fields.push(["__proto__", "x"], ["constructor", "y"], ["toString", "z"]),
  },
  {
    id: "4.2.1-head-in-octets",
    rule: "A head may arrive in pieces of any size.",
    sends: "a correct request in TCP pieces of one octet",
    outcome: "accept",
    form: "short",
    chop: 1,
    change: () => {},
  },
  {
    id: "4.2.1-head-in-sevens",
    rule: "A head may arrive in pieces of any size.",
    sends: "a correct request in TCP pieces of seven octets",
    outcome: "accept",
    chop: 7,
    change: () => {},
  },
  {
    id: "4.1-no-protocol-offered",
    section: "RFC 6455 §4.2.2",
    rule: 'Without an offer of subprotocols "the only acceptable value is null".',
    sends: "no Sec-WebSocket-Protocol",
    outcome: "accept",
    change: () => {},
  },
  {
    id: "4.2.2-protocol-unknown",
    section: "RFC 6455 §4.2.2",
    rule: "The value chosen is one the client offered, or none.",
    sends: "Sec-WebSocket-Protocol: x-unknown.example",
    outcome: "lenient",
    form: "short",
    change: (request) => setField(request, "Sec-WebSocket-Protocol", "x-unknown.example"),
  },
  {
    id: "4.2.2-protocol-several",
    section: "RFC 6455 §4.2.2",
    rule: "At most one of the offered values is chosen.",
    sends: "four subprotocols on two lines",
    outcome: "lenient",
    change: (request) =>
      request.fields.push(["Sec-WebSocket-Protocol", "a, b"], ["Sec-WebSocket-Protocol", "c,d"]),
  },
  {
    id: "9.1-extension-unknown",
    section: "RFC 6455 §9.1",
    rule: '"Extensions not listed by the client MUST NOT be listed", and those not known are not chosen.',
    sends: "Sec-WebSocket-Extensions: x-unknown; a=1; b, x-other",
    outcome: "accept",
    form: "short",
    change: (request) => setField(request, "Sec-WebSocket-Extensions", "x-unknown; a=1; b, x-other"),
  },
  {
    id: "9.1-extension-quoted",
    section: "RFC 6455 §9.1",
    rule: "A parameter value may be a quoted string that holds a token.",
    sends: 'Sec-WebSocket-Extensions: x-unknown; a="1"',
    outcome: "accept",
    change: (request) => setField(request, "Sec-WebSocket-Extensions", 'x-unknown; a="1"'),
  },
  {
    id: "9.1-extension-prototype",
    section: "RFC 6455 §9.1",
    rule: "Names of extensions are tokens and mean nothing else.",
    sends: "Sec-WebSocket-Extensions: constructor, __proto__; toString",
    outcome: "accept",
    change: (request) => setField(request, "Sec-WebSocket-Extensions", "constructor, __proto__; toString"),
  },
  {
    id: "9.1-extension-lines",
    section: "RFC 6455 §9.1",
    rule: "The header may be split across several lines, which combine to one value.",
    sends: "two Sec-WebSocket-Extensions lines",
    outcome: "accept",
    change: (request) =>
      request.fields.push(["Sec-WebSocket-Extensions", "x-a"], ["Sec-WebSocket-Extensions", "x-b; c"]),
  },
  {
    id: "4.2.1-absolute-uri",
    rule: 'A Request-URI may be "an absolute HTTP/HTTPS URI containing the /resource name/".',
    sends: "GET http://host/… in absolute form",
    outcome: "lenient",
    change: (request) => {
      request.startLine = request.startLine.replace(
        "GET ",
        `GET http://${request.fields.find(([name]) => name === "Host")?.[1]}`,
      );
    },
  },
];
