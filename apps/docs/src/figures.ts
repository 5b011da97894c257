// The figures of the course, each made of bytes that our own packages wrote. Whoever calls has seen to it that masking keys
// are not random.
import { Protocol } from "@ws/connection";
import { acceptOffer, createOffer, MessageDeflate, resolveDeflateOptions } from "@ws/deflate";
import { encodeClosePayload, encodeFrame, Opcode, RSV1 } from "@ws/frame";
import { exchangeFigure, type Passing } from "./exchange-figure.ts";
import { frameFields } from "./frame-fields.ts";
import { frameFigure } from "./frame-figure.ts";

const deflateOptions = resolveDeflateOptions("client", {
  thresholdBytes: 0,
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
});

/** What a client with compression sends for one message after the other. */
function compressed(...messages: string[]): Uint8Array[] {
  const { agreement } = acceptOffer(
    [createOffer(deflateOptions)],
    resolveDeflateOptions("server", {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
    }),
  )!;
  const deflate = new MessageDeflate("server", agreement, deflateOptions);
  return messages.map((message) => {
    const payload = deflate.compress(new TextEncoder().encode(message));
    if (payload === undefined) throw new Error(`Cannot draw “${message}”: it does not get smaller`);
    return encodeFrame("server", Opcode.text, payload, true, RSV1);
  });
}

/** What leaves in one piece may be several frames. */
function framesOf(bytes: Uint8Array): Uint8Array[] {
  const end = frameFields(bytes)?.at(-1)?.end;
  return end === undefined ? [] : [Uint8Array.from(bytes.subarray(0, end)), ...framesOf(bytes.subarray(end))];
}

/** What two ends say to each other while something is done to them. */
function conversation(
  act: (ends: { client: Protocol; server: Protocol; deliver: () => void }) => void,
): Passing[] {
  const client = new Protocol({ role: "client", maxMessageBytes: 1024 });
  const server = new Protocol({ role: "server", maxMessageBytes: 1024 });
  const passings: Passing[] = [];
  const carry = (from: "client" | "server", source: Protocol, target: Protocol): boolean => {
    const frames = source.output.take().flatMap(framesOf);
    for (const bytes of frames) {
      const text = frameFields(bytes)!
        .filter(({ kind }) => kind !== "length" && kind !== "key")
        .map((field) => field.text.replace(/^.*opcode \d+: /, "").replace(/^.*: /, ""))
        .join(" ");
      passings.push({ from, text, bytes });
      target.receive(Uint8Array.from(bytes)); // which unmasks in place
      while (target.next() !== undefined);
    }
    return frames.length > 0;
  };
  const deliver = (): void => {
    while (carry("client", client, server) || carry("server", server, client));
  };
  act({ client, server, deliver });
  deliver();
  return passings;
}

/** By file name. */
export function figures(): Record<string, string> {
  const [first, second] = compressed("tick tick tick tick", "tick tick tick tick");
  return {
    "hello-server.svg": frameFigure({
      alt: "The frame of a server that says Hello: two bytes of header, five of text",
      bytes: encodeFrame("server", Opcode.text, "Hello"),
      bits: true,
    }),
    "length-16.svg": frameFigure({
      alt: "A binary frame of 200 bytes: its length takes sixteen bits more",
      bytes: encodeFrame("server", Opcode.binary, new Uint8Array(200)),
      bits: true,
      maxBytes: 16,
      payloadText: () => "payload: 200 bytes, all zero",
    }),
    "length-64.svg": frameFigure({
      alt: "A binary frame of 65,536 bytes: its length takes sixty-four bits more",
      bytes: encodeFrame("server", Opcode.binary, new Uint8Array(65_536)),
      maxBytes: 16,
      payloadText: () => "payload: 65,536 bytes, all zero",
    }),
    "hello-client.svg": frameFigure({
      alt: "The frame of a client that says Hello: the mask bit is set, a key of four bytes follows, and the text cannot be read",
      bytes: encodeFrame("client", Opcode.text, "Hello"),
      bits: true,
    }),
    "euro.svg": frameFigure({
      alt: "A text frame with 5 €: the currency sign takes three bytes",
      bytes: encodeFrame("server", Opcode.text, "5 €"),
    }),
    "fragment-1.svg": frameFigure({
      alt: "The first fragment: opcode text, without FIN",
      bytes: encodeFrame("server", Opcode.text, "Hel", false),
      bits: true,
    }),
    "fragment-2.svg": frameFigure({
      alt: "The last fragment: opcode continuation, with FIN",
      bytes: encodeFrame("server", Opcode.continuation, "lo", true),
      bits: true,
    }),
    "ping.svg": exchangeFigure(
      "A server pings with the payload 7, and the client answers with a pong of the same payload",
      conversation(({ server }) => server.sendControl(Opcode.ping, "7")),
    ),
    "close-frame.svg": frameFigure({
      alt: "A close frame: code 1000, reason bye",
      bytes: encodeFrame("server", Opcode.close, encodeClosePayload(1000, "bye")),
      bits: true,
    }),
    "closing.svg": exchangeFigure(
      "The client sends a message and a close frame; the server answers with a close frame",
      conversation(({ client }) => {
        client.send("last");
        client.close(1000, "bye");
      }),
    ),
    "deflate-1.svg": frameFigure({
      alt: "A compressed message: RSV1 is set, and nineteen letters take fewer bytes",
      bytes: first!,
      bits: true,
      payloadText: (payload) => `19 letters in ${payload.length} bytes of DEFLATE`,
    }),
    "deflate-2.svg": frameFigure({
      alt: "The same message again: it refers to the one before, and takes fewer bytes still",
      bytes: second!,
      payloadText: (payload) => `the same 19 letters in ${payload.length} bytes`,
    }),
  };
}
