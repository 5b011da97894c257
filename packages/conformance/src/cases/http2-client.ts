// RFC 8441 §4 and §5: what a client must send over HTTP/2, and which responses it must not believe.
import type { OutgoingHttpHeaders } from "node:http2";
import type { Http2ClientCall } from "../opening/http2-client-call.ts";
import { expectAlive, expectEcho } from "../peer/expect-exchange.ts";
import type { Case } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { onHttp2Client } from "./define.ts";

const group = "HTTP/2";

interface ResponseVariant {
  readonly id: string;
  readonly section?: string;
  readonly rule: string;
  readonly responds: OutgoingHttpHeaders;
  readonly outcome: "open" | "fail" | "either";
}

const responses: readonly ResponseVariant[] = [
  {
    id: "plain",
    rule: "A 200 opens the WebSocket.",
    responds: { ":status": 200 },
    outcome: "open",
  },
  {
    id: "status-201",
    section: "RFC 9110 §9.3.6",
    rule: '"Any 2xx (Successful) response indicates that the sender (and all inbound proxies) will switch to tunnel mode".',
    responds: { ":status": 201 },
    outcome: "either",
  },
  {
    id: "accept-ignored",
    rule: '"Implementations using this extended CONNECT … do not do the processing of the Sec-WebSocket-Key and Sec-WebSocket-Accept header fields".',
    responds: { ":status": 200, "sec-websocket-accept": "not an answer to anything" },
    outcome: "open",
  },
  ...[302, 400, 401, 403, 500].map((status): ResponseVariant => ({
    id: `status-${status}`,
    rule: "A response that is no 2xx opens nothing.",
    responds: { ":status": status, ...(status === 302 && { location: "/elsewhere" }) },
    outcome: "fail",
  })),
  {
    id: "protocol-not-offered",
    section: "RFC 8441 §5, RFC 6455 §4.1",
    rule: "A subprotocol that was not offered fails the connection.",
    responds: { ":status": 200, "sec-websocket-protocol": "x-conformance" },
    outcome: "fail",
  },
  {
    id: "extension-not-offered",
    section: "RFC 8441 §5, RFC 6455 §4.1",
    rule: "An extension that was not offered fails the connection.",
    responds: { ":status": 200, "sec-websocket-extensions": "x-conformance" },
    outcome: "fail",
  },
];

export const http2Client: Case[] = [
  onHttp2Client({
    id: "8441-5-request",
    group,
    section: "RFC 8441 §4, §5",
    rule: '"The :protocol pseudo-header field MUST be included in the CONNECT request, and it MUST have a value of "websocket"".',
    sends: "a 200",
    expects: "a CONNECT with the five pseudo-header fields and nothing of HTTP/1.1",
    form: "short",
    async run(call) {
      checkRequest(call);
      await open(call, { ":status": 200 });
    },
  }),
  ...responses.map(({ id, section = "RFC 8441 §5", rule, responds, outcome }) =>
    onHttp2Client({
      id: `8441-5-response-${id}`,
      group,
      section,
      rule,
      sends: JSON.stringify(responds),
      expects: { open: "an open connection", fail: "not one frame", either: "either (noted)" }[outcome],
      form: ["plain", "status-403"].includes(id) ? "short" : "full",
      run: (call) => (outcome === "open" ? open(call, responds) : refuse(call, responds, outcome)),
    }),
  ),
];

function checkRequest({ headers, context: { judgement } }: Http2ClientCall): void {
  const wanted = {
    ":method": "CONNECT",
    ":protocol": "websocket",
    ":scheme": "https",
    ":path": "/case/8441-5-request",
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (headers[name] !== value) judgement.failed(`${name} is "${String(headers[name])}", not "${value}"`);
  }
  const authority = headers[":authority"] ?? "";
  if (!/:\d+$/.test(authority)) judgement.failed(`:authority is "${authority}", without the port of the URL`);
  if (headers["sec-websocket-version"] !== "13") judgement.failed("no Sec-WebSocket-Version: 13");
  for (const name of ["connection", "upgrade"]) {
    if (name in headers) judgement.failed(`${name}: "MUST NOT be included in the CONNECT request"`);
  }
  for (const name of ["sec-websocket-key", "host"]) {
    if (name in headers) judgement.note(`sends ${name}, which means nothing here`);
  }
  judgement.saw(`CONNECT ${headers[":path"]}`);
}

async function open(call: Http2ClientCall, responds: OutgoingHttpHeaders): Promise<void> {
  call.respond(responds);
  const peer = call.peer();
  await peer.send(peer.text("open?"));
  await expectEcho(peer, Opcode.text, Buffer.from("open?"));
  await expectAlive(peer);
}

async function refuse(
  call: Http2ClientCall,
  responds: OutgoingHttpHeaders,
  outcome: "fail" | "either",
): Promise<void> {
  const { judgement } = call.context;
  call.respond(responds);
  const peer = call.peer();
  // Behind the response, what only an open connection would answer.
  await peer.send(peer.text("open?"), peer.ping("open?"));
  const arrival = await peer.next("the end of the stream", 2_000);
  judgement.saw(arrival.kind);
  if (arrival.kind === "end" || arrival.kind === "reset") {
    if (outcome === "either") judgement.note("fails the connection (allowed)");
    return;
  }
  if (arrival.kind === "quiet") return judgement.nonStrict("left the stream open for 2 s");
  if (outcome === "either") return judgement.note("opens the connection (allowed)");
  if (arrival.kind === "close") {
    return judgement.nonStrict("opened the connection far enough to close it with a frame");
  }
  return judgement.fail("opened the connection");
}
