// RFC 6455 §4.1, the client's request: each requirement on the head that a client under test sends.
import type { ClientCall } from "../opening/client-call.ts";
import { parseExtensions } from "../deflate/extension-header.ts";
import { expectAlive } from "../peer/expect-exchange.ts";
import type { Case } from "../suite/case.ts";
import type { Judgement } from "../suite/verdict.ts";
import { onClient } from "./define.ts";

interface Check {
  readonly id: string;
  readonly section?: string;
  readonly rule: string;
  readonly expects: string;
  readonly check: (call: ClientCall, judgement: Judgement) => void;
}

const checks: readonly Check[] = [
  {
    id: "method",
    rule: '"The method of the request MUST be GET, and the HTTP version MUST be at least 1.1."',
    expects: "GET … HTTP/1.1",
    check({ request }, judgement) {
      judgement.saw(request.startLine);
      if (!/^GET \S+ HTTP\/1\.1$/.test(request.startLine))
        judgement.failed(`the request line is "${request.startLine}"`);
    },
  },
  {
    id: "target",
    rule: 'The "Request-URI" matches the resource name of the URL or is an absolute http/https URI; a fragment is never part of it (§3).',
    expects: "the path that was listed, without #",
    check({ request }, judgement) {
      const target = request.startLine.split(" ")[1] ?? "";
      judgement.saw(target);
      const path = target.replace(/^https?:\/\/[^/]+/, "");
      if (path !== "/case/6455-4.1-request-target") judgement.failed(`the target is "${target}"`);
    },
  },
  {
    id: "host",
    rule: 'A |Host| header field "whose value contains /host/ plus optionally ":" followed by /port/".',
    expects: "exactly one Host, with a port that is not the default",
    check({ request }, judgement) {
      const hosts = request.all("Host");
      judgement.saw(`Host: ${hosts.join(" | ")}`);
      if (hosts.length !== 1 || !/^(?:\[[\da-f:]+\]|[\w.-]+):\d+$/i.test(hosts[0] ?? ""))
        judgement.failed(`Host is "${hosts.join(" | ")}"`);
    },
  },
  {
    id: "upgrade",
    rule: 'An |Upgrade| header field "whose value MUST include the "websocket" keyword".',
    expects: "Upgrade: websocket",
    check: ({ request }, judgement) =>
      wantsToken(judgement, "Upgrade", request.tokens("Upgrade"), "websocket"),
  },
  {
    id: "connection",
    rule: 'A |Connection| header field "whose value MUST include the "Upgrade" token".',
    expects: "Connection: Upgrade",
    check: ({ request }, judgement) =>
      wantsToken(judgement, "Connection", request.tokens("Connection"), "upgrade"),
  },
  {
    id: "key",
    rule: 'A |Sec-WebSocket-Key| header field: "a nonce consisting of a randomly selected 16-byte value that has been base64-encoded".',
    expects: "exactly one key, the base64 of 16 bytes, new for this connection",
    check({ request, key, earlierKeys }, judgement) {
      judgement.saw(`key ${key}`);
      if (request.all("Sec-WebSocket-Key").length !== 1)
        judgement.failed("there is not exactly one Sec-WebSocket-Key");
      const nonce = Buffer.from(key, "base64");
      if (nonce.length !== 16 || nonce.toString("base64") !== key)
        judgement.failed(`"${key}" is not the base64 of 16 bytes`);
      if (earlierKeys.has(key))
        judgement.failed(
          'the key was used on an earlier connection ("The nonce MUST be selected randomly for each connection")',
        );
      if (new Set(nonce).size < 4) judgement.failed("the key does not look random");
    },
  },
  {
    id: "version",
    rule: 'A |Sec-WebSocket-Version| header field: "The value of this header field MUST be 13."',
    expects: "exactly one, 13",
    check({ request }, judgement) {
      const versions = request.all("Sec-WebSocket-Version");
      judgement.saw(`version ${versions.join(" | ")}`);
      if (versions.length !== 1 || versions[0] !== "13")
        judgement.failed(`Sec-WebSocket-Version is "${versions.join(" | ")}"`);
    },
  },
  {
    id: "extensions",
    section: "RFC 6455 §9.1",
    rule: "Sec-WebSocket-Extensions, where it is sent, follows its grammar.",
    expects: "a well-formed list, or no such field",
    check({ request }, judgement) {
      const values = request.all("Sec-WebSocket-Extensions");
      judgement.saw(values.join(" | ") || "no extensions");
      for (const value of values) {
        try {
          parseExtensions(value);
        } catch (error) {
          judgement.failed((error as Error).message);
        }
      }
    },
  },
  {
    id: "no-protocol",
    rule: "Sec-WebSocket-Protocol, where it is sent, holds unique non-empty tokens.",
    expects: "tokens without repetition, or no such field",
    check({ request }, judgement) {
      const values = request.all("Sec-WebSocket-Protocol");
      judgement.saw(values.join(" | ") || "no subprotocols");
      const tokens = values.flatMap((value) => value.split(",").map((token) => token.trim()));
      if (tokens.some((token) => !/^[!#$%&'*+\-.^_`|~\w]+$/.test(token)))
        judgement.failed(`"${values.join(", ")}" does not hold tokens`);
      if (new Set(tokens).size < tokens.length)
        judgement.failed(`"${values.join(", ")}" repeats a subprotocol`);
    },
  },
  {
    id: "no-body",
    section: "RFC 9110 §9.3.1",
    rule: 'A GET has no content, and nothing follows the request before the response: the client "MUST wait".',
    expects: "no Content-Length above 0, no Transfer-Encoding",
    check({ request }, judgement) {
      const length = request.all("Content-Length")[0] ?? "0";
      if (length !== "0" || request.all("Transfer-Encoding").length > 0)
        judgement.failed("the request announces a body");
    },
  },
];

function wantsToken(judgement: Judgement, name: string, tokens: readonly string[], wanted: string): void {
  judgement.saw(`${name}: ${tokens.join(", ")}`);
  if (!tokens.includes(wanted)) judgement.failed(`${name} does not include "${wanted}"`);
}

const each = checks.map(({ id, section, rule, expects, check }) =>
  onClient({
    id: `6455-4.1-request-${id}`,
    group: "opening handshake, client",
    section: section ?? "RFC 6455 §4.1",
    form: "short",
    rule,
    sends: "nothing before the request; a correct response after it",
    expects,
    async run(call) {
      check(call, call.context.judgement);
      await expectAlive(await call.accept());
    },
  }),
);

const urls: Case[] = [
  onClient({
    id: "6455-3-query",
    group: "opening handshake, client",
    section: "RFC 6455 §3",
    form: "short",
    rule: 'The resource name is the path and "?" and the query.',
    sends: "a URL with the query ?a=1&b=%20x&c",
    expects: "the same query in the request line",
    urlSuffix: "?a=1&b=%20x&c",
    async run(call) {
      const target = call.request.startLine.split(" ")[1] ?? "";
      call.context.judgement.saw(target);
      if (!target.endsWith("/case/6455-3-query?a=1&b=%20x&c"))
        call.context.judgement.failed(`the target is "${target}"`);
      await expectAlive(await call.accept());
    },
  }),
  onClient({
    id: "6455-3-fragment",
    group: "opening handshake, client",
    section: "RFC 6455 §3",
    form: "full",
    rule: '"Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used on these URIs."',
    sends: "a URL with #fragment",
    expects: "a request without it, or no request at all",
    urlSuffix: "#fragment",
    mayNotCall: true,
    async run(call) {
      const target = call.request.startLine.split(" ")[1] ?? "";
      call.context.judgement.saw(target);
      if (target.includes("#") || target.includes("%23"))
        call.context.judgement.failed(`the target is "${target}"`);
      await expectAlive(await call.accept());
    },
  }),
  onClient({
    id: "6455-4.1-waits-for-response",
    group: "opening handshake, client",
    section: "RFC 6455 §4.1",
    form: "full",
    rule: '"Once the client\'s opening handshake has been sent, the client MUST wait for a response from the server before sending any further data."',
    sends: "nothing for 150 ms, then a correct response",
    expects: "not one octet before the response",
    async run(call) {
      // Silence has no other evidence than time.
      const read = await call.transport.read(150);
      if (read.kind === "data")
        call.context.judgement.fail(`${read.bytes.length} bytes came before the response`);
      if (read.kind !== "quiet") call.context.judgement.fail("gave up within 150 ms");
      await expectAlive(await call.accept());
    },
  }),
];

export const openingRequest: readonly Case[] = [...each, ...urls];
