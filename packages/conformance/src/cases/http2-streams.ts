// RFC 8441 §5: a stream in place of a TCP connection: how it ends, and that its neighbours do not notice.
import { type ClientHttp2Stream, constants } from "node:http2";
import type { Http2Probe } from "../opening/http2-probe.ts";
import { drain, expectCloseReply } from "../peer/expect-end.ts";
import { exchange, expectEcho } from "../peer/expect-exchange.ts";
import type { Peer } from "../peer/peer.ts";
import type { Case } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { onHttp2Server } from "./define.ts";
import { binaryOf, textOf } from "./payloads.ts";

const group = "HTTP/2";
const section = "RFC 8441 §5";
const endRule = '"Orderly TCP-level closures are represented as END_STREAM flags".';
const sharedRule = "The streams of one session are connections of their own.";

export const http2Streams: Case[] = [
  onHttp2Server({
    id: "8441-5-end-stream",
    group,
    section,
    rule: endRule,
    sends: "a Close, and after the one in return END_STREAM",
    expects: "END_STREAM, and no RST_STREAM with an error",
    form: "short",
    async run(server) {
      const { peer, stream } = await open(server);
      await peer.send(peer.close(1000));
      await expectCloseReply(peer, 1000);
      const arrival = await peer.next("END_STREAM", 2_000);
      if (arrival.kind !== "end")
        peer.judgement.nonStrict(`no END_STREAM behind the Close, but ${arrival.kind}`);
      peer.transport.end();
      await closed(stream, 1_000);
      if (stream.rstCode) peer.judgement.nonStrict(`ended it with RST_STREAM ${stream.rstCode}`);
    },
  }),
  onHttp2Server({
    id: "8441-5-end-stream-without-close",
    group,
    section: "RFC 8441 §5, RFC 6455 §7.1.4",
    rule: endRule,
    sends: "END_STREAM without a Close",
    expects: "the end of the stream, while another one of the session goes on",
    form: "full",
    async run(server) {
      const { peer, session } = await open(server);
      const other = await server.open(undefined, session);
      peer.transport.end();
      if (!(await drain(peer, 2_000))) peer.judgement.nonStrict("left the stream open for 2,000 ms");
      await exchange(other, textOf(10), Opcode.text);
    },
  }),
  onHttp2Server({
    id: "8441-5-reset",
    group,
    section,
    rule: '"RST exceptions are represented with the RST_STREAM frame … with the CANCEL error code".',
    sends: "RST_STREAM (CANCEL) in the middle of a message",
    expects: "nothing of it on another stream of the session, and new streams",
    form: "short",
    async run(server) {
      const { peer, stream, session } = await open(server);
      const other = await server.open(undefined, session);
      await peer.send(peer.frame({ opcode: Opcode.text, fin: false, payload: textOf(100) }));
      stream.close(constants.NGHTTP2_CANCEL);
      await exchange(other, textOf(10), Opcode.text);
      await exchange(await server.open(undefined, session), textOf(10), Opcode.text);
    },
  }),
  onHttp2Server({
    id: "8441-5-failed-neighbour",
    group,
    section: "RFC 8441 §5, RFC 6455 §5.1",
    rule: 'Over HTTP/2 too, "a client MUST mask all frames", and what fails is one WebSocket and not the session.',
    sends: "an unmasked frame on one stream, a message on another",
    expects: "close 1002 on the one, an echo on the other",
    form: "short",
    async run(server) {
      const { peer, session } = await open(server);
      const other = await server.open(undefined, session);
      await peer.send(peer.frame({ opcode: Opcode.text, payload: textOf(5), mask: false }));
      const arrival = await peer.next("close 1002");
      if (arrival.kind === "message") peer.judgement.fail("took an unmasked frame");
      if (arrival.kind !== "close" || arrival.code !== 1002) {
        peer.judgement.nonStrict(`failed the WebSocket in another way than with close 1002: ${arrival.kind}`);
      }
      await exchange(other, textOf(10), Opcode.text);
    },
  }),
  ...[
    { count: 2, form: "short" },
    { count: 50, form: "full" },
  ].map(({ count, form }) =>
    onHttp2Server({
      id: `8441-5-${count}-sockets`,
      group,
      section,
      rule: sharedRule,
      sends: `a message on each of ${count} streams of one session, all of them opened before`,
      expects: "each echo on the stream of its message",
      form: form as "short" | "full",
      async run(server) {
        const session = await server.session();
        const peers: Peer[] = [];
        while (peers.length < count) {
          // A server may allow fewer streams at once.
          if (peers.length >= (session.remoteSettings.maxConcurrentStreams ?? Infinity)) break;
          peers.push(await server.open(undefined, session));
        }
        if (peers.length < count) server.context.judgement.note(`allows ${peers.length} streams at once`);
        const payload = (i: number): Buffer => Buffer.from(`message ${i} of ${count}`);
        await Promise.all(peers.map((peer, i) => peer.send(peer.text(payload(i)))));
        for (const [i, peer] of peers.entries()) await expectEcho(peer, Opcode.text, payload(i));
      },
    }),
  ),
  onHttp2Server({
    id: "8441-5-slow-neighbour",
    group,
    section: "RFC 8441 §1, §5",
    rule: 'A tunnelled stream "enjoys the normal … flow-control features of HTTP/2".',
    sends: "512 KiB on a stream that reads none of the echo, then a message on another, then reads",
    expects: "the echo on the other stream at once, and the large one in full in the end",
    form: "full",
    async run(server) {
      const { peer, stream, session } = await open(server);
      const other = await server.open(undefined, session);
      const large = binaryOf(512 * 1024);
      stream.pause();
      const sent = peer.send(peer.binary(large));
      await exchange(other, textOf(10), Opcode.text);
      stream.resume();
      await sent;
      await expectEcho(peer, Opcode.binary, large);
    },
  }),
];

async function open(server: Http2Probe) {
  const session = await server.session();
  const { stream, transport, answer } = await server.call(session, server.request());
  server.accepted(answer);
  return { session, stream, peer: server.peer(transport) };
}

/** Only then it is known whether a RST_STREAM came behind END_STREAM. */
async function closed(stream: ClientHttp2Stream, withinMs: number): Promise<void> {
  if (stream.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, withinMs);
    stream.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
