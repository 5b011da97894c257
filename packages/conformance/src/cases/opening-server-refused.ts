// RFC 6455 §4.2.1: requests that do not match its description, "including but not limited to any violations of the ABNF".
import { removeField, setField } from "../wire/http-head.ts";
import { connectionRule, upgradeRule, type Variant } from "./opening-variant.ts";

const keyRule =
  'A |Sec-WebSocket-Key| header field with a base64-encoded value "that, when decoded, is 16 bytes in length".';

export const refusedRequests: readonly Variant[] = [
  {
    id: "4.2.1-no-host",
    rule: "A |Host| header field containing the server's authority (and HTTP/1.1 requires one).",
    sends: "no Host",
    outcome: "refuse",
    form: "short",
    change: (request) => removeField(request, "Host"),
  },
  {
    id: "4.2.1-no-upgrade",
    rule: upgradeRule,
    sends: "no Upgrade",
    outcome: "refuse",
    form: "short",
    change: (request) => removeField(request, "Upgrade"),
  },
  {
    id: "4.2.1-upgrade-other",
    rule: upgradeRule,
    sends: "Upgrade: foo",
    outcome: "refuse",
    change: (request) => setField(request, "Upgrade", "foo"),
  },
  {
    id: "4.2.1-upgrade-alike",
    rule: upgradeRule,
    sends: "Upgrade: websockets",
    outcome: "refuse",
    change: (request) => setField(request, "Upgrade", "websockets"),
  },
  {
    id: "4.2.1-upgrade-empty",
    rule: upgradeRule,
    sends: "Upgrade without a value",
    outcome: "refuse",
    change: (request) => setField(request, "Upgrade", ""),
  },
  {
    id: "4.2.1-no-connection",
    rule: connectionRule,
    sends: "no Connection",
    outcome: "refuse",
    form: "short",
    change: (request) => removeField(request, "Connection"),
  },
  {
    id: "4.2.1-connection-other",
    rule: connectionRule,
    sends: "Connection: keep-alive",
    outcome: "refuse",
    change: (request) => setField(request, "Connection", "keep-alive"),
  },
  {
    id: "4.2.1-connection-alike",
    rule: connectionRule,
    sends: "Connection: upgraded",
    outcome: "refuse",
    change: (request) => setField(request, "Connection", "upgraded"),
  },
  ...(
    [
      ["missing", undefined],
      ["empty", ""],
      ["15-bytes", "AAAAAAAAAAAAAAAAAAAA"],
      ["17-bytes", "AAAAAAAAAAAAAAAAAAAAAAA="],
      ["junk", "not base64 at all!!"],
      ["unpadded", "dGhlIHNhbXBsZSBub25jZQ"],
      ["url-safe", "dGhlIHNhb-_sZSBub25jZQ=="],
      ["bad-chars", "dGhlIHNhbXBsZSBub25jZ*=="],
      ["padded-too-much", "dGhlIHNhbXBsZSBub25jZQ==="],
      ["inner-space", "dGhlIHNhbXBs ZSBub25jZQ=="],
    ] as const
  ).map(([name, value]): Variant => ({
    id: `4.2.1-key-${name}`,
    rule: keyRule,
    sends: value === undefined ? "no Sec-WebSocket-Key" : `Sec-WebSocket-Key: ${value}`,
    outcome: "refuse",
    form: ["missing", "15-bytes"].includes(name) ? "short" : "full",
    change: (request) => {
      if (value === undefined) removeField(request, "Sec-WebSocket-Key");
      else setField(request, "Sec-WebSocket-Key", value);
    },
  })),
  {
    id: "11.3.1-key-twice",
    section: "RFC 6455 §11.3.1",
    rule: 'The |Sec-WebSocket-Key| header field "MUST NOT appear more than once in an HTTP request".',
    sends: "two different keys on two lines",
    outcome: "refuse",
    form: "short",
    change: (request) => request.fields.push(["Sec-WebSocket-Key", "AQIDBAUGBwgJCgsMDQ4PEA=="]),
  },
  {
    id: "11.3.1-key-twice-same",
    section: "RFC 6455 §11.3.1",
    rule: 'The |Sec-WebSocket-Key| header field "MUST NOT appear more than once in an HTTP request".',
    sends: "the same key on two lines",
    outcome: "refuse",
    change: (request) => request.fields.push(["Sec-WebSocket-Key", request.key]),
  },
  ...["POST", "PUT", "HEAD", "OPTIONS", "get"].map((method): Variant => ({
    id: `4.2.1-method-${method}`,
    rule: 'A "GET request" is required; methods are case-sensitive.',
    sends: `the request with ${method}`,
    outcome: "refuse",
    form: method === "POST" ? "short" : "full",
    change: (request) => {
      request.startLine = request.startLine.replace("GET", method);
      if (method === "POST" || method === "PUT") request.fields.push(["Content-Length", "0"]);
    },
  })),
  ...["HTTP/1.0", "HTTP/0.9", "HTP/1.1", ""].map((version): Variant => ({
    id: `4.2.1-http-${version === "" ? "none" : version.replace("/", "-")}`,
    rule: '"An HTTP/1.1 or higher GET request"',
    sends: `a request line that ends in "${version}"`,
    outcome: "refuse",
    form: version === "HTTP/1.0" ? "short" : "full",
    change: (request) => {
      request.startLine = request.startLine.replace(" HTTP/1.1", version === "" ? "" : ` ${version}`);
    },
  })),
  {
    id: "9.1-extension-malformed-empty",
    section: "RFC 6455 §9.1",
    rule: 'A value that does not follow the grammar: the recipient "MUST immediately _Fail the WebSocket Connection_".',
    sends: "Sec-WebSocket-Extensions without a value",
    outcome: "refuse",
    change: (request) => setField(request, "Sec-WebSocket-Extensions", ""),
  },
  ...[
    "; a=1",
    "foo; =1",
    "foo; a=",
    "foo bar",
    'foo; a="b c"',
    'foo; a="b',
    "foo; a=b=c",
    "f@o",
    "foo;; a",
  ].map((value, i): Variant => ({
    id: `9.1-extension-malformed-${i + 1}`,
    section: "RFC 6455 §9.1",
    rule: 'A value that does not follow the grammar: the recipient "MUST immediately _Fail the WebSocket Connection_".',
    sends: `Sec-WebSocket-Extensions: ${value}`,
    outcome: "refuse",
    form: i === 2 ? "short" : "full",
    change: (request) => setField(request, "Sec-WebSocket-Extensions", value),
  })),
  ...["a b", "a,,b;c", "", "ä", "a/b"].map((value, i): Variant => ({
    id: `4.2.1-protocol-malformed-${i + 1}`,
    section: "RFC 6455 §4.1, §4.2.1",
    rule: "Subprotocols are tokens (1#token); a request that breaks the grammar gets an HTTP error.",
    sends: `Sec-WebSocket-Protocol: ${value}`,
    outcome: "refuse",
    change: (request) => setField(request, "Sec-WebSocket-Protocol", Buffer.from(value).toString("latin1")),
  })),
  {
    id: "9112-5.1-space-before-colon",
    section: "RFC 9112 §5.1",
    rule: '"A server MUST reject, with a response status code of 400 (Bad Request), any received request message that contains whitespace between a header field name and colon."',
    sends: '"Upgrade : websocket"',
    outcome: "refuse",
    change: (request) => {
      request.fields = request.fields.map(([name, value]) => [name === "Upgrade" ? "Upgrade " : name, value]);
    },
  },
  {
    id: "9112-3.2-host-twice",
    section: "RFC 9112 §3.2",
    rule: '"A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that … contains more than one Host header field line".',
    sends: "two Host lines",
    outcome: "refuse",
    change: (request) => request.fields.push(["Host", "other.example"]),
  },
];
