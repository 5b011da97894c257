// RFC 7692 §7.1: what a server may answer to which offer, and which offers it "MUST decline".
import type { Agreement } from "../deflate/agreement.ts";
import { type Extension, parseExtensions } from "../deflate/extension-header.ts";
import { checkAcceptance, type ServerProbe } from "../opening/server-probe.ts";
import { expectEcho } from "../peer/expect-exchange.ts";
import type { Case, Form } from "../suite/case.ts";
import { statusOf } from "../wire/http-head.ts";
import { Opcode } from "../wire/opcode.ts";
import { onServer } from "./define.ts";
import { proseOf } from "./payloads.ts";

const group = "compression, negotiation";

const windowBits = [8, 9, 10, 11, 12, 13, 14, 15];

const legal: readonly (readonly [name: string, offer: string, form: Form])[] = [
  ["bare", "permessage-deflate", "short"],
  ["server-no-takeover", "permessage-deflate; server_no_context_takeover", "short"],
  ["client-no-takeover", "permessage-deflate; client_no_context_takeover", "short"],
  ["both-no-takeover", "permessage-deflate; server_no_context_takeover; client_no_context_takeover", "full"],
  ["client-bits", "permessage-deflate; client_max_window_bits", "short"],
  ...windowBits.map(
    (n) =>
      [
        `server-bits-${n}`,
        `permessage-deflate; server_max_window_bits=${n}`,
        n === 10 ? "short" : "full",
      ] as const,
  ),
  ...windowBits.map(
    (n) =>
      [
        `client-bits-${n}`,
        `permessage-deflate; client_max_window_bits=${n}`,
        n === 10 ? "short" : "full",
      ] as const,
  ),
  ["both-bits", "permessage-deflate; client_max_window_bits=12; server_max_window_bits=11", "full"],
  [
    "everything",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9",
    "full",
  ],
  [
    "fallbacks",
    "permessage-deflate; server_max_window_bits=10, permessage-deflate; server_no_context_takeover, permessage-deflate",
    "short",
  ],
  ["behind-unknown", "x-unknown; a, permessage-deflate", "full"],
  ["before-unknown", "permessage-deflate, x-unknown; a", "full"],
  ["quoted", 'permessage-deflate; server_max_window_bits="10"', "full"],
  ["spaces", "permessage-deflate  ;  server_max_window_bits=10  ;client_max_window_bits ", "full"],
];

/** Legal by the letter, refused by many: turning the connection down over them is non-strict. */
const unusual: readonly (readonly [name: string, offer: string, rule: string])[] = [
  [
    "spaces-around-equals",
    "permessage-deflate; server_max_window_bits = 10",
    "The grammar of RFC 6455 §9.1 follows RFC 2616, whose implied *LWS allows blanks around every token.",
  ],
  [
    "fallback-behind-invalid",
    "permessage-deflate; server_max_window_bits=7, permessage-deflate",
    "An offer with an invalid value is declined by itself; the next one in the list may still be accepted.",
  ],
];

const invalid: readonly (readonly [name: string, parameters: string, form: Form])[] = [
  ["unknown", "unknown_parameter", "short"],
  ["unknown-value", "unknown_parameter=1", "full"],
  ["unknown-prototype", "__proto__", "full"],
  ["upper-case", "SERVER_NO_CONTEXT_TAKEOVER", "full"],
  ["server-no-takeover-twice", "server_no_context_takeover; server_no_context_takeover", "full"],
  ["client-no-takeover-twice", "client_no_context_takeover; client_no_context_takeover", "full"],
  ["server-bits-twice", "server_max_window_bits=10; server_max_window_bits=10", "short"],
  ["client-bits-twice", "client_max_window_bits; client_max_window_bits", "full"],
  ["server-no-takeover-value", "server_no_context_takeover=1", "short"],
  ["client-no-takeover-value", "client_no_context_takeover=true", "full"],
  ["server-bits-missing", "server_max_window_bits", "short"],
  ...["0", "7", "16", "08", "1000", "99999999999999999999", "-8", "8.0", "8x", "0x8", "abc"].flatMap(
    (value) => [
      [
        `server-bits-${value}`,
        `server_max_window_bits=${value}`,
        ["7", "16", "1000"].includes(value) ? "short" : "full",
      ] as const,
      [`client-bits-${value}`, `client_max_window_bits=${value}`, "full"] as const,
    ],
  ),
];

/** The response's own rules and those that tie it to the offer; the accepted offer is any that fits. */
function fits(offer: Extension, agreed: Agreement, response: Extension): string | undefined {
  const offered = new Map(offer.parameters);
  const answered = new Set(response.parameters.map(([name]) => name));
  if (offered.has("server_no_context_takeover") && !agreed.serverNoContextTakeover) {
    return "the response lacks the offered server_no_context_takeover (§7.1.1.1)";
  }
  if (offered.has("server_max_window_bits")) {
    if (!answered.has("server_max_window_bits"))
      return "the response lacks the offered server_max_window_bits (§7.1.2.1)";
    if (agreed.serverMaxWindowBits > Number(offered.get("server_max_window_bits"))) {
      return `server_max_window_bits=${agreed.serverMaxWindowBits} is more than was offered (§7.1.2.1)`;
    }
  }
  if (answered.has("client_max_window_bits")) {
    if (!offered.has("client_max_window_bits"))
      return "client_max_window_bits was not offered (§7.1.2.2: MUST NOT)";
    if (agreed.clientMaxWindowBits > Number(offered.get("client_max_window_bits") ?? 15)) {
      return `client_max_window_bits=${agreed.clientMaxWindowBits} is more than was offered (§7.1.2.2)`;
    }
  }
  return undefined;
}

type Attitude = "legal" | "unusual" | "must decline";

async function play(server: ServerProbe, value: string, attitude: Attitude): Promise<void> {
  const { judgement } = server.context;
  const transport = await server.dial();
  const request = server.request(value);
  await server.send(transport, request);
  const read = await server.response(transport);
  if (read.kind !== "head") return judgement.nonStrict("dropped the connection instead of answering");
  if (attitude !== "legal" && (statusOf(read.head) ?? 0) >= 400) {
    const text = "refuses the connection instead of declining the offer";
    return attitude === "unusual" ? judgement.nonStrict(text) : judgement.note(text);
  }
  checkAcceptance(server.context, request.key, read.head);

  const values = read.head.all("Sec-WebSocket-Extensions");
  judgement.saw(values.join(", ") || "no extension");
  if (values.length === 0) {
    if (attitude === "must decline") return undefined;
    return judgement.notOffered("declined permessage-deflate");
  }
  if (attitude === "must decline") return judgement.fail("accepted the offer");
  const agreed = server.agreed(read.head);
  const chosen = values.flatMap(parseExtensions);
  if (agreed === undefined || chosen.length !== 1)
    return judgement.fail("chose something else than one permessage-deflate");
  const offers = parseExtensions(value).filter(
    ({ name, parameters }) => name === "permessage-deflate" && !parameters.some(([, bits]) => bits === "7"),
  );
  const reasons = offers.map((one) => fits(one, agreed, chosen[0] as Extension));
  if (!reasons.includes(undefined)) judgement.failed(reasons[0] ?? "");

  const peer = server.peer(transport, agreed);
  const payload = proseOf(2000);
  for (let i = 0; i < 2; i++) {
    await peer.send(peer.frame({ opcode: Opcode.text, rsv: 4, payload: peer.compressor.compress(payload) }));
    await expectEcho(peer, Opcode.text, payload);
  }
}

const offersLegal = legal.map(([name, value, form]) =>
  onServer({
    id: `7692-7.1-offer-${name}`,
    group,
    section: "RFC 7692 §7.1",
    form,
    rule: "A legal offer is accepted with parameters that fit it, or declined.",
    sends: value,
    expects: "a response that fits the offer, and two compressed messages back",
    run: (server) => play(server, value, "legal"),
  }),
);

const offersUnusual = unusual.map(([name, value, rule]) =>
  onServer({
    id: `7692-7.1-offer-${name}`,
    group,
    section: "RFC 7692 §7, RFC 6455 §9.1",
    form: "full",
    rule,
    sends: value,
    expects: "an acceptance that fits, or 101 without the extension",
    run: (server) => play(server, value, "unusual"),
  }),
);

const offersInvalid = invalid.map(([name, parameters, form]) =>
  onServer({
    id: `7692-7-decline-${name}`,
    group,
    section: "RFC 7692 §7",
    form,
    rule: '"A server MUST decline an extension negotiation offer" with an undefined parameter, an invalid value, or a parameter given twice.',
    sends: `permessage-deflate; ${parameters}`,
    expects: "101 without the extension (or an HTTP error, noted)",
    run: (server) => play(server, `permessage-deflate; ${parameters}`, "must decline"),
  }),
);

export const compressionOffered: readonly Case[] = [...offersLegal, ...offersUnusual, ...offersInvalid];
