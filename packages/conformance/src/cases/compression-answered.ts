// RFC 7692 §7.1: which responses a client must not take: it "MUST _Fail the WebSocket Connection_ if the peer server
// accepted" with a parameter that is undefined, invalid, repeated, or was not there to accept.
import { agreementOf } from "../deflate/agreement.ts";
import type { Extension } from "../deflate/extension-header.ts";
import type { ClientCall } from "../opening/client-call.ts";
import { expectEcho } from "../peer/expect-exchange.ts";
import type { Case, Form } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { encodeParameters, legalAnswer, type Parameters, nameOf } from "./compression-offers.ts";
import { onClient } from "./define.ts";
import { proseOf } from "./payloads.ts";

const group = "compression, negotiation";
const section = "RFC 7692 §7, §7.1";

function firstOffer(call: ClientCall): Extension {
  return call.offers[0] ?? call.context.judgement.notOffered("did not offer permessage-deflate");
}

const legal: readonly (readonly [Parameters, Form])[] = [
  [{}, "short"],
  [{ serverNoContextTakeover: true }, "short"],
  [{ clientNoContextTakeover: true }, "short"],
  [{ serverNoContextTakeover: true, clientNoContextTakeover: true }, "full"],
  ...[8, 9, 10, 12, 15].map((n) => [{ serverMaxWindowBits: n }, n === 10 ? "short" : "full"] as const),
  ...[8, 9, 10, 12, 15].map((n) => [{ clientMaxWindowBits: n }, n === 10 ? "short" : "full"] as const),
];

const answersLegal = legal.map(([wanted, form]) =>
  onClient({
    id: `7692-7.1-answer-${nameOf(wanted)}`,
    group,
    section: "RFC 7692 §7.1.1, §7.1.2",
    form,
    rule: "A server may add these parameters even where the offer does not have them, except client_max_window_bits.",
    sends: encodeParameters(wanted),
    expects: "an open connection that carries compressed messages both ways",
    async run(call) {
      const answer = legalAnswer(firstOffer(call), wanted);
      if (answer === undefined) {
        call.context.judgement.notOffered("the client's offer does not allow this answer");
      }
      const peer = await call.accept(answer);
      const payload = proseOf(2000);
      for (let i = 0; i < 2; i++) {
        await peer.send(
          peer.frame({ opcode: Opcode.text, rsv: 4, payload: peer.compressor.compress(payload) }),
        );
        await expectEcho(peer, Opcode.text, payload);
      }
    },
  }),
);

const illegal: readonly (readonly [name: string, parameters: string, form: Form])[] = [
  ["unknown", "unknown_parameter", "short"],
  ["unknown-value", "unknown_parameter=1", "full"],
  ["server-no-takeover-twice", "server_no_context_takeover; server_no_context_takeover", "short"],
  ["server-bits-twice", "server_max_window_bits=15; server_max_window_bits=15", "full"],
  ["server-no-takeover-value", "server_no_context_takeover=1", "short"],
  ["client-no-takeover-value", "client_no_context_takeover=0", "full"],
  ["server-bits-missing", "server_max_window_bits", "full"],
  ["client-bits-missing", "client_max_window_bits", "short"],
  ...["7", "16", "08", "1000", "abc"].flatMap((value) => [
    [`server-bits-${value}`, `server_max_window_bits=${value}`, value === "7" ? "short" : "full"] as const,
    [`client-bits-${value}`, `client_max_window_bits=${value}`, "full"] as const,
  ]),
];

/** Sends the response with a message behind it that only an open connection echoes. */
async function expectRejection(call: ClientCall, answer: string, openIsNoted = false): Promise<void> {
  const { judgement } = call.context;
  // Whoever opens this connection may well compress; that is not the question here.
  const peer = call.peer(agreementOf({ name: "permessage-deflate", parameters: [] }));
  await call.send(call.response(answer), { behind: Buffer.concat([peer.text("open?"), peer.ping("open?")]) });
  const arrival = await peer.next("the end of TCP", 2_000);
  judgement.saw(arrival.kind);
  if (arrival.kind === "message" || arrival.kind === "pong") {
    if (openIsNoted) return judgement.note("opens the connection (the RFC does not say)");
    judgement.fail("opened the connection");
  }
  if (arrival.kind === "close")
    judgement.nonStrict("opened the connection far enough to close it with a frame");
  if (arrival.kind === "quiet") judgement.nonStrict("left TCP open for 2 s");
}

const answersIllegal = illegal.map(([name, parameters, form]) =>
  onClient({
    id: `7692-7-fail-${name}`,
    group,
    section,
    form,
    rule: 'The client "MUST _Fail the WebSocket Connection_" over a response with an undefined, invalid or repeated parameter.',
    sends: `permessage-deflate; ${parameters}`,
    expects: "the end of TCP, not one frame",
    async run(call) {
      firstOffer(call);
      await expectRejection(call, `permessage-deflate; ${parameters}`);
    },
  }),
);

const special: Case[] = [
  onClient({
    id: "7692-7.1.2.2-client-bits-not-offered",
    group,
    section: "RFC 7692 §7.1.2.2",
    form: "full",
    rule: 'Without "client_max_window_bits" in the offer the response "MUST NOT include" it.',
    sends: "client_max_window_bits=10 to a client that did not offer it",
    expects: "the end of TCP; `not offered` where the client did offer it",
    async run(call) {
      if (firstOffer(call).parameters.some(([name]) => name === "client_max_window_bits")) {
        call.context.judgement.notOffered(
          "the client offers client_max_window_bits, so nothing can be wrong",
        );
      }
      await expectRejection(call, "permessage-deflate; client_max_window_bits=10");
    },
  }),
  onClient({
    id: "7692-5-extension-twice",
    group,
    section: "RFC 7692 §5, RFC 6455 §9.1",
    form: "full",
    rule: "Two extensions that use the same reserved bit cannot both be in use.",
    sends: "permessage-deflate, permessage-deflate",
    expects: "the end of TCP, or an open connection (noted)",
    async run(call) {
      firstOffer(call);
      await expectRejection(call, "permessage-deflate, permessage-deflate", true);
    },
  }),
  onClient({
    id: "6455-4.1-deflate-not-offered",
    group,
    section: "RFC 6455 §4.1",
    form: "full",
    rule: 'An extension "that was not present in the client\'s handshake": the client MUST _Fail the WebSocket Connection_.',
    sends: "permessage-deflate to a client that did not offer it",
    expects: "the end of TCP; `not offered` where the client did offer it",
    async run(call) {
      if (call.offers.length > 0)
        call.context.judgement.notOffered("the client offers permessage-deflate, so nothing can be wrong");
      await expectRejection(call, "permessage-deflate");
    },
  }),
  onClient({
    id: "7692-5-offer-is-legal",
    group,
    section: "RFC 7692 §7.1",
    form: "short",
    rule: "The offer of a client has defined parameters with legal values, none twice.",
    sends: "a response without the extension",
    expects: "an offer that keeps the rules, and a connection without compression",
    async run(call) {
      firstOffer(call);
      for (const offer of call.offers) {
        call.context.judgement.saw(call.request.all("Sec-WebSocket-Extensions").join(", "));
        // Bare client_max_window_bits is legal in an offer only (§7.1.2.2).
        const parameters = offer.parameters.map(
          ([name, value]) => [name, name === "client_max_window_bits" ? (value ?? "15") : value] as const,
        );
        try {
          agreementOf({ name: offer.name, parameters });
        } catch (error) {
          call.context.judgement.failed((error as Error).message);
        }
      }
      const peer = await call.accept();
      await peer.send(peer.text("plain"));
      await expectEcho(peer, Opcode.text, Buffer.from("plain"));
    },
  }),
];

export const compressionAnswered: readonly Case[] = [...answersLegal, ...answersIllegal, ...special];
