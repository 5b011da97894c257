// RFC 6455 §4.1: what a client must send, and which responses it must not believe.
import type { ClientCall } from "../opening/client-call.ts";
import { expectAlive, expectEcho } from "../peer/expect-exchange.ts";
import type { Case } from "../suite/case.ts";
import { encodeHead } from "../wire/http-head.ts";
import { Opcode } from "../wire/opcode.ts";
import { onClient } from "./define.ts";
import type { ResponseVariant } from "./response-variant.ts";
import { choosing } from "./responses-that-choose.ts";
import { believable } from "./responses-to-believe.ts";
import { unbelievable } from "./responses-to-refuse.ts";

const group = "opening handshake, client";

/** Sends the response, and behind it in the same segment what only an open connection would answer. */
async function play(call: ClientCall, variant: ResponseVariant): Promise<void> {
  if (variant.protocols !== undefined && call.request.all("Sec-WebSocket-Protocol").length === 0) {
    call.context.judgement.notOffered("did not offer the subprotocols this case asked for");
  }
  const response = call.response();
  variant.change(response, call);
  const peer = call.peer();
  await call.send(response, {
    chop: variant.chop ?? 0,
    behind: Buffer.concat([peer.text("open?"), peer.ping("open?")]),
  });
  const { judgement } = call.context;

  if (variant.outcome === "open") {
    await expectEcho(peer, Opcode.text, Buffer.from("open?"));
    return expectAlive(peer);
  }
  const arrival = await peer.next("the end of TCP", 2_000);
  switch (arrival.kind) {
    case "message":
    case "pong":
      judgement.saw("an open connection");
      if (variant.outcome === "fail") judgement.fail("opened the connection");
      if (variant.outcome === "should fail") return judgement.nonStrict("opened the connection");
      return judgement.note("opens the connection (allowed)");
    case "close":
      judgement.saw(`close ${arrival.code}`);
      return judgement.nonStrict("opened the connection far enough to close it with a frame");
    case "quiet":
      judgement.saw("no frame, TCP open");
      // A client that got a plain HTTP response may keep the HTTP connection.
      if (!variant.id.startsWith("status-")) judgement.nonStrict("left TCP open for 2 s");
      return;
    default:
      judgement.saw("TCP ended by the client");
      if (variant.outcome === "either") judgement.note("fails the connection (allowed)");
  }
}

const responses = [...believable, ...unbelievable, ...choosing].map((variant) =>
  onClient({
    id: `6455-4.1-response-${variant.id}`,
    group,
    section: variant.section ?? "RFC 6455 §4.1",
    form: variant.form ?? "full",
    rule: variant.rule,
    sends: variant.responds,
    expects: {
      open: "an open connection",
      fail: "the end of TCP, not one frame",
      "should fail": "the end of TCP, not one frame",
      either: "either (noted)",
    }[variant.outcome],
    ...(variant.protocols !== undefined && { protocols: variant.protocols }),
    run: (call) => play(call, variant),
  }),
);

const special: Case[] = [
  onClient({
    id: "6455-4.1-frames-behind-response",
    group,
    section: "RFC 6455 §4.2.2",
    form: "short",
    rule: 'Having answered, "the server may begin sending": frames may come in the segment of the response.',
    sends: "the response, two texts and a fragment in one segment; the rest of the message later",
    expects: "three echoes",
    async run(call) {
      const peer = call.peer();
      const fragment = peer.frame({ opcode: Opcode.text, fin: false, payload: Buffer.from("th") });
      await call.send(call.response(), {
        behind: Buffer.concat([peer.text("one"), peer.text("two"), fragment]),
      });
      await peer.send(peer.frame({ opcode: Opcode.continuation, payload: Buffer.from("ree") }));
      for (const text of ["one", "two", "three"]) await expectEcho(peer, Opcode.text, Buffer.from(text));
    },
  }),
  onClient({
    id: "6455-4.1-close-behind-response",
    group,
    section: "RFC 6455 §5.5.1",
    form: "full",
    rule: "A server may close as soon as it answered.",
    sends: "the response and Close 1001 in one segment",
    expects: "a Close in return",
    async run(call) {
      const peer = call.peer();
      await call.send(call.response(), { behind: peer.close(1001) });
      const arrival = await peer.next("a Close");
      if (arrival.kind !== "close") peer.judgement.fail(`${arrival.kind} came instead of a Close`);
      peer.judgement.saw("close");
    },
  }),
  onClient({
    id: "6455-4.1-early-hints",
    group,
    section: "RFC 9110 §15.2",
    form: "full",
    rule: '"A client MUST be able to parse one or more 1xx responses received prior to a final response".',
    sends: "HTTP/1.1 103 Early Hints, then a correct response",
    expects: "an open connection (a refusal is non-strict)",
    async run(call) {
      const peer = call.peer();
      const hints = encodeHead({
        startLine: "HTTP/1.1 103 Early Hints",
        fields: [["Link", "</style.css>; rel=preload"]],
      });
      await call.send(Buffer.concat([hints, encodeHead(call.response())]), { behind: peer.text("open?") });
      const arrival = await peer.next("the echo", 2_000);
      if (arrival.kind === "message") return peer.judgement.saw("an open connection");
      peer.judgement.saw(arrival.kind);
      return peer.judgement.nonStrict("cannot open a connection after an informational response");
    },
  }),
  onClient({
    id: "6455-4.1-end-in-response",
    group,
    section: "RFC 6455 §4.1",
    form: "full",
    rule: "A connection that ends before the response is whole never opened.",
    sends: "half a response and the end of TCP",
    expects: "the end of TCP, not one frame",
    async run(call) {
      const bytes = encodeHead(call.response());
      await call.send(bytes.subarray(0, bytes.length / 2));
      call.transport.end();
      const arrival = await call.peer().next("the end of TCP", 2_000);
      call.context.judgement.saw(arrival.kind);
      if (arrival.kind === "quiet") call.context.judgement.nonStrict("kept TCP half open for 2 s");
      else if (arrival.kind !== "end" && arrival.kind !== "reset")
        call.context.judgement.fail("sent frames on a connection that never opened");
    },
  }),
];

export const openingClient: readonly Case[] = [...responses, ...special];
