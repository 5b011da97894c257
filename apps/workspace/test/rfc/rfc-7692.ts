// RFC 7692, Compression Extensions for WebSocket: the frame of such extensions (§5, §6) and permessage-deflate (§7).
import { informative, must, mustNot, notOurs, type Rfc, type Section, should } from "./requirement.ts";

const alone = "permessage-deflate is the only extension that this stack negotiates";

const sections: readonly Section[] = [
  {
    section: "5",
    title: "Extension Negotiation",
    requirements: [
      must(
        "client",
        "An offer is an element of |Sec-WebSocket-Extensions| with the extension's name; several elements are several choices, the first preferred.",
        "createOffer › %j → permessage-deflate%s (RFC 7692 §7.1)",
        "7692-5-offer-is-legal",
      ),
      should(
        "server",
        "It is recommended to accept the offer that the client prefers.",
        "takes the first that it can accept, as the client prefers",
        "7692-7.1-offer-fallback-behind-invalid",
      ),
      must(
        "server",
        "What a server accepts MUST be a compression that it supports in full.",
        "acceptOffer › never throws, answers no offer but a valid one, and promises nothing it was not allowed to",
        "7692-7.2-*",
      ),
      mustNot(
        "server",
        '"A server MUST NOT accept a PMCE extension negotiation offer together with another extension if the PMCE will conflict with the extension on their use of the RSV1 bit."',
        "takes the first that it can accept, as the client prefers",
        "skips other extensions before, between and behind",
      ),
      must(
        "client",
        '"A client that received a response accepting a PMCE extension negotiation offer together with such an extension MUST _Fail the WebSocket Connection_."',
        "7692-5-extension-twice",
        "6455-4.1-response-extension-unknown",
      ),
      notOurs(
        "MUST NOT",
        "server",
        "A server MUST NOT accept it together with an extension whose output it would compress and that needs frames or reserved bits preserved.",
        alone,
      ),
      notOurs("MUST", "client", "A client MUST fail the connection over a response that does so.", alone),
      mustNot(
        "server",
        "A server that declines all offers MUST NOT answer with any.",
        "acceptOffer › declines (RFC 7692 §7.1) › no offer at all, and offers of other extensions",
        "7692-7-decline-*",
      ),
      must(
        "client",
        '"If a server gives an invalid response, such as accepting a PMCE that the client did not offer, the client MUST _Fail the WebSocket Connection_."',
        "verifyAnswer › never throws, and agrees to nothing beyond what was offered",
        "6455-4.1-deflate-not-offered",
      ),
      must(
        "both",
        "Once it is agreed, both endpoints MUST use the procedures of §6 and §7.2 with the agreed parameters.",
        "over $name › %s → %s › delivers %i bytes unchanged",
        "negotiation › what was agreed works in both directions",
        "7692-7.2-*",
      ),
    ],
  },
  {
    section: "6",
    title: "Framing",
    requirements: [
      must(
        "both",
        "Only data messages are compressed, and RSV1 of the first frame says whether one is.",
        "compression (RFC 7692 §6) › sends compressed messages with RSV1, others without",
        "compression (RFC 7692 §6) › sends close frames plain",
        "7692-6-uncompressed-messages",
      ),
      must(
        "both",
        "The opcode of a compressed message is that of the original.",
        "compression (RFC 7692 §6) › sends compressed messages with RSV1, others without",
        "7692-7.2-*",
      ),
    ],
  },
  {
    section: "6.1",
    title: "Compression",
    requirements: [
      must(
        "both",
        "To send a compressed message, the whole payload MUST be compressed and RSV1 set on its first frame.",
        "compression (RFC 7692 §6) › sends compressed messages with RSV1, others without",
        "7692-7.2-*",
      ),
      must(
        "both",
        "To send a message that is not compressed, RSV1 MUST be clear.",
        "compression (RFC 7692 §6) › sends compressed messages with RSV1, others without",
        "sends prepared messages, compressed or not",
        "7692-6-uncompressed-messages",
      ),
      mustNot(
        "both",
        'What is sent: "An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first fragments of a data message."',
        "compression (RFC 7692 §6) › sends close frames plain",
        "7692-6.1-control-between-fragments",
        "7692-7.2-*",
      ),
      must(
        "both",
        'What is received with that bit on such a frame: "An endpoint receiving such a frame MUST _Fail the WebSocket Connection_."',
        "protocol-compression.test.ts › RSV1 on a control frame",
        "protocol-compression.test.ts › RSV1 on a continuation",
        "7692-6.1-rsv-100-*",
        "7692-6.1-rsv1-on-*",
      ),
    ],
  },
  {
    section: "6.2",
    title: "Decompression",
    requirements: [
      must(
        "both",
        "To receive a compressed message, the payloads of its fragments MUST be joined and decompressed as one.",
        "receives compressed messages, whole and in fragments, beside plain ones",
        "7692-7.2.3-*",
      ),
      must(
        "both",
        "A message whose first frame has RSV1 clear MUST be taken as it is.",
        "receives compressed messages, whole and in fragments, beside plain ones",
        "7692-6-uncompressed-messages",
        "7692-7.2.2-window-across-uncompressed",
      ),
    ],
  },
  {
    section: "7",
    title: 'The "permessage-deflate" Extension',
    requirements: [
      must(
        "server",
        '"A server MUST decline an extension negotiation offer for this extension if any of the following conditions are met": a parameter that is not defined.',
        "acceptOffer › declines (RFC 7692 §7.1) › an unknown parameter, with a value and without: %j",
        "7692-7-decline-*",
      ),
      must(
        "server",
        "It MUST decline an offer with a parameter of an invalid value.",
        "acceptOffer › declines (RFC 7692 §7.1) › server_max_window_bits=%j",
        "acceptOffer › declines (RFC 7692 §7.1) › client_max_window_bits=%j",
        "acceptOffer › declines (RFC 7692 §7.1) › a value where none may be, or none where one must be: %s",
        "7692-7-decline-*",
      ),
      must(
        "server",
        'It MUST decline where "The negotiation offer contains multiple extension parameters with the same name."',
        "acceptOffer › declines (RFC 7692 §7.1) › a parameter twice: %s",
        "7692-7-decline-*",
      ),
      must(
        "server",
        'It MUST decline where "The server doesn\'t support the offered configuration."',
        "falls back behind offers that it cannot satisfy",
        "declines a client that cannot limit its window where that is demanded (RFC 7692 §7.1.2.2)",
        "7692-7.1-offer-*",
      ),
      must(
        "client",
        '"A client MUST _Fail the WebSocket Connection_ if the peer server accepted an extension negotiation offer for this extension with an extension negotiation response" with a parameter that is not defined.',
        "verifyAnswer › refuses (RFC 7692 §7.1) › an unknown parameter, with a value and without: %j",
        "7692-7-fail-unknown-*",
      ),
      must(
        "client",
        "It MUST fail over a response with a parameter of an invalid value.",
        "verifyAnswer › refuses (RFC 7692 §7.1) › a window of %j bits, on either side",
        "7692-7-fail-client-bits-*",
        "7692-7-fail-server-bits-*",
      ),
      must(
        "client",
        "It MUST fail over a response with several parameters of the same name.",
        "verifyAnswer › refuses (RFC 7692 §7.1) › %j › permessage-deflate%s",
        "7692-7-fail-*",
      ),
      must(
        "client",
        "It MUST fail over a response with a configuration that it does not support.",
        "verifyAnswer › refuses (RFC 7692 §7.1) › %j › permessage-deflate%s",
        "7692-7.1.2.2-client-bits-not-offered",
      ),
    ],
  },
  informative("7.1", "Extension Parameters"),
  informative("7.1.1", "Context Takeover Control"),
  {
    section: "7.1.1.1",
    title: 'The "server_no_context_takeover" Extension Parameter',
    requirements: [
      must(
        "both",
        '"This extension parameter has no value."',
        "a value where none may be, or none where one must be: %s",
        "7692-7-fail-*",
        "7692-7-decline-*",
      ),
      must(
        "server",
        '"A server accepts an extension negotiation offer that includes the "server_no_context_takeover" extension parameter by including" it in the response.',
        "accept-offer.test.ts › ; server_no_context_takeover",
        "7692-7.1-offer-*",
      ),
      should(
        "server",
        "It is recommended to support the parameter in an offer.",
        "accept-offer.test.ts › ; server_no_context_takeover",
      ),
    ],
  },
  {
    section: "7.1.1.2",
    title: 'The "client_no_context_takeover" Extension Parameter',
    requirements: [
      must(
        "both",
        '"This extension parameter has no value."',
        "a value where none may be, or none where one must be: %s",
        "7692-7-fail-*",
        "7692-7-decline-*",
      ),
      should(
        "client",
        "It is recommended to support the parameter in a response, offered or not.",
        "verifyAnswer › agrees (RFC 7692 §7.1) › %j › permessage-deflate%s",
        "7692-7.1-answer-*",
      ),
    ],
  },
  informative("7.1.2", "Limiting the LZ77 Sliding Window Size"),
  {
    section: "7.1.2.1",
    title: 'The "server_max_window_bits" Extension Parameter',
    requirements: [
      must(
        "both",
        'Its value "has a decimal integer value without leading zeroes between 8 to 15", and MUST conform to that grammar.',
        "acceptOffer › declines (RFC 7692 §7.1) › server_max_window_bits=%j",
        "verifyAnswer › refuses (RFC 7692 §7.1) › a window of %j bits, on either side",
        "7692-7-fail-server-bits-*",
        "7692-7-decline-server-bits-*",
      ),
      must(
        "server",
        "A server accepts it by answering it with the same or a smaller value.",
        "accept-offer.test.ts › ; server_max_window_bits=10",
        "7692-7.1-offer-*",
      ),
    ],
  },
  {
    section: "7.1.2.2",
    title: 'The "client_max_window_bits" Extension Parameter',
    requirements: [
      must(
        "both",
        'In an offer it "has no value or a decimal integer value without leading zeroes between 8 to 15"; in a response it has one.',
        "acceptOffer › declines (RFC 7692 §7.1) › client_max_window_bits=%j",
        "verifyAnswer › refuses (RFC 7692 §7.1) › a window of %j bits, on either side",
        "7692-7-fail-client-bits-*",
        "7692-7-decline-client-bits-*",
      ),
      mustNot(
        "server",
        '"If a received extension negotiation offer doesn\'t have the "client_max_window_bits" extension parameter, the corresponding extension negotiation response to the offer MUST NOT include the "client_max_window_bits" extension parameter."',
        "declines a client that cannot limit its window where that is demanded (RFC 7692 §7.1.2.2)",
        "7692-7.1-offer-*",
      ),
      must(
        "client",
        "A client that did not offer it fails over a response that has it.",
        "verifyAnswer › refuses (RFC 7692 §7.1) › %j › permessage-deflate%s",
        "7692-7.1.2.2-client-bits-not-offered",
      ),
    ],
  },
  informative("7.1.3", "Examples"),
  informative("7.2", "Message Payload Transformation"),
  {
    section: "7.2.1",
    title: "Compression",
    requirements: [
      must(
        "both",
        'A message is compressed by DEFLATE and ends in an empty block without compression, of which it is to "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end."',
        "without the four of the flush (RFC 7692 §7.2.1)",
        "writes what a stream with a memory reads (RFC 7692 §7.2.1)",
        "7692-7.2-*",
      ),
      must(
        "both",
        'When a block with "BFINAL" set "doesn\'t end at a byte boundary, an endpoint MUST add minimal padding bits of 0 to make it end at a byte boundary".',
        "writes what a stream with a memory reads (RFC 7692 §7.2.1)",
        "7692-7.2-*",
      ),
      mustNot(
        "both",
        "A window longer than 32,768 bytes MUST NOT be used.",
        "refers back no further than agreed, to nothing that was not sent compressed (RFC 7692 §7.1.2)",
        "7692-7.2-large-*",
      ),
      must(
        "client",
        "Where client_no_context_takeover was agreed, the client MUST begin each message with an empty window.",
        "compresses without a memory as if each message were the first (RFC 7692 §7.1.1)",
        "7692-7.2-client-no-takeover-*",
      ),
      must(
        "server",
        "Where server_no_context_takeover was agreed, the server MUST begin each message with an empty window.",
        "compresses without a memory as if each message were the first (RFC 7692 §7.1.1)",
        "7692-7.2-server-no-takeover-*",
      ),
      mustNot(
        "client",
        "Where client_max_window_bits was agreed, the client MUST NOT use a longer window.",
        "refers back no further than agreed, to nothing that was not sent compressed (RFC 7692 §7.1.2)",
        "7692-7.2-client-bits-9-*",
      ),
      mustNot(
        "server",
        "Where server_max_window_bits was agreed, the server MUST NOT use a longer window.",
        "refers back no further than agreed, to nothing that was not sent compressed (RFC 7692 §7.1.2)",
        "7692-7.2-server-bits-9-*",
      ),
    ],
  },
  {
    section: "7.2.2",
    title: "Decompression",
    requirements: [
      must(
        "both",
        'To "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload of the message", and to decompress the result.',
        "reads what a stream with a memory writes (RFC 7692 §7.2.2)",
        "7692-7.2.1-level-*",
        "7692-7.2.3-*",
      ),
      must(
        "client",
        "Without server_no_context_takeover, the client MUST decompress each message with the window of the one before.",
        "shares the sliding window between messages (RFC 7692 §7.2.3.2)",
        "7692-7.2.2-reach-*",
        "7692-7.2-thousand-messages",
      ),
      must(
        "server",
        "Without client_no_context_takeover, the server MUST decompress each message with the window of the one before.",
        "shares the sliding window between messages (RFC 7692 §7.2.3.2)",
        "7692-7.2.2-reach-*",
        "7692-7.2-thousand-messages",
      ),
      must(
        "client",
        "Without server_max_window_bits, the client MUST decompress with a window of 32,768 bytes.",
        "reads what a stream with a memory writes (RFC 7692 §7.2.2)",
        "7692-7.2.2-reach-32768",
      ),
      must(
        "server",
        "Without client_max_window_bits, the server MUST decompress with a window of 32,768 bytes.",
        "reads what a stream with a memory writes (RFC 7692 §7.2.2)",
        "7692-7.2.2-reach-32768",
      ),
      must(
        "both",
        "What cannot be decompressed is no message: the connection fails.",
        "protocol-compression.test.ts › data that cannot be decompressed",
        "decompress › what is not DEFLATE data › never throws, whatever it is",
        "7692-7.2.2-*",
      ),
    ],
  },
  {
    section: "7.2.3",
    title: "Examples",
    requirements: [
      must(
        "both",
        "Messages of one block, of several, without compression, with final blocks and with shared windows are all read.",
        "rfc-examples.test.ts › decompress › as %s › %s",
        "7692-7.2.3-*",
        "7692-7.2.3.2-shared-window",
      ),
    ],
  },
  informative("7.2.3.1", "A Message Compressed Using One Compressed DEFLATE Block"),
  informative("7.2.3.2", "Sharing LZ77 Sliding Window"),
  informative("7.2.3.3", "Using a DEFLATE Block with No Compression"),
  informative("7.2.3.4", 'Using a DEFLATE Block with "BFINAL" Set to 1'),
  informative("7.2.3.5", "Two DEFLATE Blocks in One Message"),
  informative("7.2.3.6", "Generating an Empty Fragment"),
  informative("8", "Security Considerations"),
  informative("9.1", 'Registration of the "permessage-deflate" WebSocket Extension Name'),
];

export const rfc7692: Rfc = {
  number: "7692",
  title: "Compression Extensions for WebSocket",
  sections,
};
