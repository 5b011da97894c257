// RFC 8441 §3 to §5: the setting, and extended CONNECTs that a server has to accept or refuse.
import { once } from "node:events";
import type { OutgoingHttpHeaders } from "node:http2";
import { type AddressInfo, createServer } from "node:net";
import { describeAnswer, type Http2Answer, type Http2Probe } from "../opening/http2-probe.ts";
import { exchange } from "../peer/expect-exchange.ts";
import type { Case } from "../suite/case.ts";
import { onHttp2Server } from "./define.ts";
import { textOf } from "./payloads.ts";

const group = "HTTP/2";
const protocolRule =
  'The :protocol of the request "MUST have a value of "websocket" to initiate a WebSocket connection".';
const fieldsRule =
  '"Sec-WebSocket-Version, Sec-WebSocket-Protocol, and Sec-WebSocket-Extensions header fields are used … as defined in [RFC6455]."';

interface Request {
  readonly id: string;
  readonly section?: string;
  readonly rule: string;
  readonly sends: string;
  /** Fields instead of those of a good request; `undefined` leaves one out. */
  readonly change: OutgoingHttpHeaders;
  readonly short?: boolean;
}

/** To which the answer is yes, and then an echo. */
const accepted: readonly (Request & { readonly check?: (server: Http2Probe, answer: Response) => void })[] = [
  {
    id: "8441-5-plain",
    rule: "A correct extended CONNECT is accepted with a 2xx, and the stream carries frames.",
    sends: "a correct request",
    change: {},
    short: true,
  },
  {
    id: "8441-5-key-ignored",
    rule: '"Implementations using this extended CONNECT … do not do the processing of the Sec-WebSocket-Key and Sec-WebSocket-Accept header fields".',
    sends: "a Sec-WebSocket-Key that is none",
    change: { "sec-websocket-key": "not base64 at all!!" },
  },
  {
    id: "8441-5-cookie",
    rule: '"Other HTTP request and response-header fields, such as those for manipulating cookies, may be included".',
    sends: "a cookie",
    change: { cookie: "a=b; c=d" },
  },
  {
    id: "8441-5-protocols-offered",
    section: "RFC 8441 §5, RFC 6455 §4.2.2",
    rule: fieldsRule,
    sends: "the subprotocols conformance-a and conformance-b",
    change: { "sec-websocket-protocol": "conformance-a, conformance-b" },
    short: true,
    check({ context: { judgement } }, { headers }) {
      const chosen = headers["sec-websocket-protocol"];
      if (chosen === undefined) judgement.note("chooses none of the subprotocols (allowed)");
      else if (chosen !== "conformance-a" && chosen !== "conformance-b") {
        judgement.failed(`chose the subprotocol "${String(chosen)}"`);
      }
    },
  },
  {
    id: "8441-5-no-protocol-offered",
    section: "RFC 8441 §5, RFC 6455 §4.2.2",
    rule: fieldsRule,
    sends: "no subprotocol",
    change: {},
    check({ context: { judgement } }, { headers }) {
      const chosen = headers["sec-websocket-protocol"];
      if (chosen !== undefined) judgement.failed(`chose the subprotocol "${String(chosen)}" out of none`);
    },
  },
  {
    id: "8441-5-extension-unknown",
    section: "RFC 8441 §5, RFC 6455 §9.1",
    rule: fieldsRule,
    sends: "the extension x-conformance",
    change: { "sec-websocket-extensions": "x-conformance; a=1" },
    check({ context: { judgement } }, { headers }) {
      const extensions = headers["sec-websocket-extensions"];
      if (extensions !== undefined) judgement.failed(`accepted the extension "${String(extensions)}"`);
    },
  },
];

type Response = Http2Answer & { readonly kind: "response" };

const refused: readonly Request[] = [
  {
    id: "8441-5-protocol-unknown",
    section: "RFC 8441 §4, §5, RFC 9220 §3",
    rule: protocolRule,
    sends: ":protocol: x-conformance",
    change: { ":protocol": "x-conformance" },
    short: true,
  },
  {
    id: "8441-5-protocol-alike",
    rule: protocolRule,
    sends: ":protocol: websockets",
    change: { ":protocol": "websockets" },
  },
  {
    id: "8441-4-plain-connect",
    section: "RFC 8441 §4, RFC 9113 §8.5",
    rule: "A CONNECT without :protocol asks for a proxy, and opens no WebSocket.",
    sends: "a CONNECT with no more than :authority",
    change: { ":protocol": undefined, ":scheme": undefined, ":path": undefined },
  },
];

const versionRefused: readonly Request[] = ["8", "14", "013", "text", undefined].map((version) => ({
  id: `8441-5-version-${version ?? "missing"}`,
  section: "RFC 8441 §5, RFC 6455 §4.2.2, §4.4",
  rule: fieldsRule,
  sends: version === undefined ? "no Sec-WebSocket-Version" : `Sec-WebSocket-Version: ${version}`,
  change: { "sec-websocket-version": version },
  short: version === "14",
}));

export const http2Opening: Case[] = [
  onHttp2Server({
    id: "8441-3-setting",
    group,
    section: "RFC 8441 §3",
    rule: 'SETTINGS_ENABLE_CONNECT_PROTOCOL: "The value of the parameter MUST be 0 or 1."',
    sends: "the preface of HTTP/2",
    expects: "SETTINGS with the value 1, which is not taken back while sockets come and go",
    form: "short",
    async run(server) {
      const session = await server.session();
      server.context.judgement.saw("SETTINGS_ENABLE_CONNECT_PROTOCOL 1");
      for (let i = 0; i < 3; i++) {
        const peer = await server.open(undefined, session);
        await exchange(peer, textOf(10), 1);
        peer.transport.destroy();
      }
      if (!session.remoteSettings.enableConnectProtocol) server.context.judgement.failed("took it back");
    },
  }),
  ...accepted.map((one) =>
    onHttp2Server({
      ...textOfRequest(one),
      expects: "a 2xx, and the echo of a message",
      async run(server) {
        const { transport, answer } = await callWith(server, one);
        const response = server.accepted(answer);
        one.check?.(server, response);
        await exchange(server.peer(transport), textOf(10), 1);
      },
    }),
  ),
  ...refused.map((one) =>
    onHttp2Server({
      ...textOfRequest(one),
      expects: "an error status, best 501 for a :protocol",
      async run(server) {
        const { answer } = await callWith(server, one);
        gradeRefusal(server, answer);
      },
    }),
  ),
  ...versionRefused.map((one) =>
    onHttp2Server({
      ...textOfRequest(one),
      expects: "an error status and Sec-WebSocket-Version: 13",
      async run(server) {
        const { answer } = await callWith(server, one);
        if (!gradeRefusal(server, answer) || one.change["sec-websocket-version"] === undefined) return;
        const versions = String(answer.kind === "response" ? answer.headers["sec-websocket-version"] : "");
        if (!versions.split(/\s*,\s*/).includes("13")) {
          server.context.judgement.failed(`named no version it understands: "${versions}"`);
        }
      },
    }),
  ),
  onHttp2Server({
    id: "8441-4-no-tunnel",
    group,
    section: "RFC 8441 §4",
    rule: '"the server MUST NOT create a tunnel to the host indicated by the :authority".',
    sends: "a good request with the :authority of a port at which the suite listens",
    expects: "no connection to that port, whether the request is accepted or not",
    form: "short",
    async run(server) {
      let tunnelled = false;
      const listener = createServer((socket) => {
        tunnelled = true;
        socket.destroy();
      });
      listener.listen(0, "127.0.0.1");
      await once(listener, "listening");
      try {
        const { port } = listener.address() as AddressInfo;
        const call = await server.call(await server.session(), {
          ...server.request(),
          ":authority": `127.0.0.1:${port}`,
        });
        // The answer, and a message or its refusal behind it: by then a tunnel would have been made.
        if (call.answer.kind === "response" && call.answer.status < 300) {
          await exchange(server.peer(call.transport), textOf(10), 1);
        }
        if (tunnelled) server.context.judgement.failed("connected to the host in :authority");
      } finally {
        listener.close();
      }
    },
  }),
];

function textOfRequest({ id, section = "RFC 8441 §5", rule, sends, short = false }: Request) {
  return { id, group, section, rule, sends, form: short ? "short" : "full" } as const;
}

async function callWith(server: Http2Probe, { change }: Request) {
  const fields = Object.entries({ ...server.request(), ...change });
  const headers = Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  return server.call(await server.session(), headers);
}

/** Whether it was refused with a response. */
function gradeRefusal({ context: { judgement } }: Http2Probe, answer: Http2Answer): boolean {
  if (answer.kind === "quiet") return judgement.fail("neither refused nor accepted");
  if (answer.kind === "reset") {
    judgement.nonStrict(`${describeAnswer(answer)}: an error status would say more`);
    return false;
  }
  if (answer.status < 300) judgement.fail("accepted the request");
  if (answer.status < 400) judgement.nonStrict(`answered :status ${answer.status}, which is no error`);
  return true;
}
