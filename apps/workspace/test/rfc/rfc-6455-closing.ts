// RFC 6455 §7, §8, §10: closing, errors, security.
import { informative, must, mustNot, notOurs, type Section, should, shouldNot } from "./requirement.ts";

export const closing: readonly Section[] = [
  informative("7", "Closing the Connection"),
  {
    section: "7.1.1",
    title: "Close the WebSocket Connection",
    requirements: [
      should(
        "both",
        'It "SHOULD use a method that cleanly closes the TCP connection, as well as the TLS session, if applicable, discarding any trailing bytes that may have been received".',
        "connection (%s) › closing over TCP › after a failure the close frame survives a peer that keeps sending (RFC 6455 §7.1.7)",
        "6455-5.5.1-behind-close-*",
      ),
      should(
        "server",
        '"The underlying TCP connection, in most normal cases, SHOULD be closed first by the server".',
        "connection (%s) › closing over TCP › ours first: frames, then the server's FIN first (RFC 6455 §7.1.1)",
        "6455-7.1.1-server-ends-tcp",
      ),
      should(
        "client",
        'When it is told to close, "it SHOULD wait for a TCP Close from the server".',
        "connection (%s) › closing over TCP › ours first: frames, then the server's FIN first (RFC 6455 §7.1.1)",
        "6455-7.1.1-client-waits-for-tcp-end",
      ),
    ],
  },
  {
    section: "7.1.2",
    title: "Start the WebSocket Closing Handshake",
    requirements: [
      must(
        "both",
        'To start it with a code and a reason, "an endpoint MUST send a Close control frame" with them.',
        "over $name › %s → %s › closes cleanly, with code and reason, after everything sent before (RFC 6455 §7.1.2)",
        "close payload › encode › lays the code in two octets and the reason behind it (RFC 6455 §5.5.1)",
      ),
      should(
        "both",
        'Once a Close frame was both sent and received, the endpoint "SHOULD _Close the WebSocket Connection_".',
        "ours first: waits for theirs, and the server ends TCP then (RFC 6455 §7.1.1)",
        "6455-7.1.1-server-ends-tcp",
      ),
    ],
  },
  {
    section: "7.1.4",
    title: "The WebSocket Connection is Closed",
    requirements: [
      must(
        "both",
        '"If the TCP connection was closed after the WebSocket closing handshake was completed, the WebSocket connection is said to have been closed _cleanly_", and only then.',
        "connection (%s) › closing › a transport cut %s",
        "connection (%s) › closing › is not clean when our close frame never left",
        "6455-7.1.4-tcp-end-*",
      ),
    ],
  },
  {
    section: "7.1.5",
    title: "The WebSocket Connection Close Code",
    requirements: [
      must(
        "both",
        "It is the code in the first Close frame that was received.",
        "both at once: the peer's code and reason are the result (RFC 6455 §7.1.5)",
      ),
      must(
        "both",
        '"If this Close control frame contains no status code, _The WebSocket Connection Close Code_ is considered to be 1005."',
        "close payload › decode › is 1005 where there is none (RFC 6455 §7.1.5)",
        "answers an empty close frame with an empty one; its code counts as 1005 (RFC 6455 §7.1.5)",
      ),
      must(
        "both",
        '"If _The WebSocket Connection is Closed_ and no Close control frame was received by the endpoint", the code is 1006.',
        "an end of the transport before any close frame is 1006 (RFC 6455 §7.1.5)",
        "over $name › %s → %s › reports a broken connection as 1006 (RFC 6455 §7.1.5)",
      ),
    ],
  },
  {
    section: "7.1.6",
    title: "The WebSocket Connection Close Reason",
    requirements: [
      must(
        "both",
        "It is the text behind the code in the first Close frame that was received, or empty.",
        "both at once: the peer's code and reason are the result (RFC 6455 §7.1.5)",
        "protocol (%s) › closing handshake › reads the longest reason",
      ),
    ],
  },
  {
    section: "7.1.7",
    title: "Fail the WebSocket Connection",
    requirements: [
      must(
        "client",
        '"the client MUST _Close the WebSocket Connection_".',
        "after a failure we end at once, and read to the end (RFC 6455 §7.1.7)",
        "client › the answer (RFC 6455 §4.1) › refuses %s, and drops the socket",
        "6455-5.1-masked-*",
      ),
      must(
        "server",
        '"the server MUST _Close the WebSocket Connection_".',
        "after a failure we end at once, and read to the end (RFC 6455 §7.1.7)",
        "after a failure a peer that never ends is cut at the deadline",
        "6455-5.1-unmasked-*",
      ),
      should(
        "server",
        "It SHOULD log the problem; here it is a value, for the application to log.",
        "has the result 1006, not clean, with the error (RFC 6455 §7.1.5)",
      ),
      should(
        "both",
        'If the connection was open, "the endpoint SHOULD send a Close frame with an appropriate status code (Section 7.4) before proceeding to _Close the WebSocket Connection_".',
        "protocol (%s) › failure (RFC 6455 §7.1.7) › by %s › is one event and one close frame: %s",
        "protocol error › %s closes with %i (RFC 6455 §7.4.1)",
        "6455-5.2-opcode-*",
      ),
      mustNot(
        "both",
        '"An endpoint MUST NOT continue to attempt to process data (including a responding Close frame) from the remote endpoint after being instructed to _Fail the WebSocket Connection_."',
        "protocol (%s) › failure (RFC 6455 §7.1.7) › ends everything: nothing is received or sent, and the transport ends",
        "6455-5.2-rsv-behind-valid-message",
      ),
      shouldNot(
        "client",
        "Clients SHOULD NOT close the connection for other reasons, unless the application says so.",
        "6455-7.1-stays-open",
      ),
    ],
  },
  {
    section: "7.2.1",
    title: "Client-Initiated Closure",
    requirements: [
      must(
        "client",
        'In the opening handshake, "the client MUST _Fail the WebSocket Connection_ as defined in Section 7.1.7".',
        "client › the answer (RFC 6455 §4.1) › refuses %s, and drops the socket",
        "6455-4.1-response-*",
      ),
      must(
        "client",
        '"If at any point the underlying transport layer connection is unexpectedly lost, the client MUST _Fail the WebSocket Connection_."',
        "connection (%s) › closing over TCP › a reset before anything is 1006 with its error",
        "connection (%s) › closing › a transport cut %s",
        "6455-7.1.4-tcp-end-*",
      ),
    ],
  },
  {
    section: "7.2.2",
    title: "Server-Initiated Closure",
    requirements: [
      must(
        "server",
        'To abort the opening handshake, "the server MUST simply _Close the WebSocket Connection_".',
        "server › handshake › refuses %s, answers in full and ends the socket (RFC 6455 §4.2.2)",
        "6455-4.2.1-*",
      ),
    ],
  },
  {
    section: "7.2.3",
    title: "Recovering from Abnormal Closure",
    requirements: [
      notOurs(
        "SHOULD",
        "client",
        "Clients SHOULD use some form of backoff to reconnect: a random delay first, then longer and longer ones.",
        "`connect` opens one connection and does not reconnect",
      ),
    ],
  },
  {
    section: "7.3",
    title: "Normal Closure of Connections",
    requirements: [
      shouldNot(
        "client",
        '"Clients SHOULD NOT close the WebSocket connection arbitrarily."',
        "6455-7.1-stays-open",
      ),
    ],
  },
  informative("7.4", "Status Codes"),
  {
    section: "7.4.1",
    title: "Defined Status Codes",
    requirements: [
      mustNot(
        "both",
        '1005 "MUST NOT be set as a status code in a Close control frame by an endpoint".',
        "refuses to send code %d, and sends nothing (RFC 6455 §7.4)",
        "close payload › decode › takes or refuses each of the 65,536 codes (RFC 6455 §7.4)",
        "6455-7.4-code-1005",
      ),
      mustNot(
        "both",
        '1006 "MUST NOT be set as a status code in a Close control frame by an endpoint".',
        "refuses to send code %d, and sends nothing (RFC 6455 §7.4)",
        "close payload › decode › takes or refuses each of the 65,536 codes (RFC 6455 §7.4)",
        "6455-7.4-code-1006",
      ),
      mustNot(
        "both",
        '1015 "MUST NOT be set as a status code in a Close control frame by an endpoint".',
        "refuses to send code %d, and sends nothing (RFC 6455 §7.4)",
        "close payload › decode › takes or refuses each of the 65,536 codes (RFC 6455 §7.4)",
        "6455-7.4-code-1015",
      ),
      should(
        "both",
        "Each failure has the code that fits: 1002 for the protocol, 1007 for text that is none, 1009 for what is too big.",
        "protocol error › %s closes with %i (RFC 6455 §7.4.1)",
        "refuses a message over the limit with 1009, and both sides learn of it (RFC 6455 §7.4.1)",
        "6455-8.1-invalid-*",
        "6455-10.4-length-*",
      ),
      notOurs(
        "SHOULD",
        "client",
        "With 1010, the reason SHOULD list the extensions that are missing.",
        "the client requires no extension, so it never closes with 1010",
      ),
    ],
  },
  {
    section: "7.4.2",
    title: "Reserved Status Code Ranges",
    requirements: [
      must(
        "both",
        '"Status codes in the range 0-999 are not used", and those to 2999 only where they are defined.',
        "close code › is fit for the wire or not, each of the 65,536 (RFC 6455 §7.4)",
        "6455-7.4-code-999",
        "6455-7.4-every-code",
      ),
      must(
        "both",
        'Codes "3000-3999 are reserved for use by libraries, frameworks, and applications", 4000-4999 for private use: both pass.',
        "protocol (%s) › closing handshake › echoes code %i (RFC 6455 §5.5.1)",
        "6455-7.4-code-3000",
        "6455-7.4-code-4999",
      ),
    ],
  },
  {
    section: "8.1",
    title: "Handling Errors in UTF-8-Encoded Data",
    requirements: [
      must(
        "both",
        '"When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream is not, in fact, a valid UTF-8 stream, that endpoint MUST _Fail the WebSocket Connection_."',
        "protocol (%s) › UTF-8 (RFC 6455 §8.1) › refuses %s, whole, byte by byte and in fragments",
        "utf8 validator › follows RFC 3629 §4 through every sequence of up to four octets, octet by octet",
        "6455-8.1-invalid-*",
        "6455-8.1-fail-fast-*",
        "7692-8.1-invalid-*",
      ),
      must(
        "both",
        "The rule applies to the opening handshake as well.",
        "rejections.test.ts › the subprotocols …",
        "head-decoder.test.ts › a target beyond ASCII",
      ),
    ],
  },
  {
    section: "10.1",
    title: "Non-Browser Clients",
    requirements: [
      must(
        "server",
        'Servers "must consider that they might be accessed in unexpected ways" and trust no input.',
        "accept never throws for what a peer sends, and its answer can be written and read",
        "any bytes end in events, never in an exception, and cost at most one close frame",
        "mutated sessions end in a result, and leave nothing",
      ),
    ],
  },
  {
    section: "10.2",
    title: "Origin Considerations",
    requirements: [
      should(
        "server",
        'Servers that are meant for certain sites only "SHOULD verify the |Origin| field is an origin they expect"; here that is the default.',
        "origin, by default › keeps every other page out",
        "origin, by default › lets a page of the same host in",
        "6455-10.2-origin-*",
      ),
      should(
        "server",
        'If the origin is unacceptable, "it SHOULD respond to the WebSocket handshake with a reply containing HTTP 403 Forbidden status code".',
        "rejections.test.ts › another origin",
      ),
    ],
  },
  {
    section: "10.3",
    title: "Attacks On Infrastructure (Masking)",
    requirements: [
      must(
        "client",
        '"Clients MUST choose a new masking key for each frame, using an algorithm that cannot be predicted by end applications that provide data."',
        "masking key › shows no pattern over 10,000 of them (RFC 6455 §5.3, §10.3)",
        "6455-5.3-fresh-keys-*",
      ),
      mustNot(
        "client",
        'Once the transmission of a frame has begun, its payload "must not be capable of being modified by the application".',
        "encoder › pieces › masks a copy of %i bytes in a buffer of its size",
        "encoder › never writes to what it is given, as %s (RFC 6455 §5.3)",
      ),
    ],
  },
  {
    section: "10.4",
    title: "Implementation-Specific Limits",
    requirements: [
      must(
        "both",
        'Implementations that have limits of the size of frames or messages "MUST protect themselves against exceeding those limits".',
        "protocol (%s) › maxMessageBytes (RFC 6455 §10.4) › accepts exactly that many and refuses one more",
        "protocol (%s) › maxMessageBytes (RFC 6455 §10.4) › decides on the header, before a byte of payload",
        "of an unfinished message hold less than 2 MB",
        "6455-10.4-length-*",
        "7692-8-bomb-*",
      ),
      should(
        "both",
        '"Such an implementation SHOULD impose a limit on frame sizes and the total message size after reassembly from multiple frames."',
        "are as documented: 1 MiB messages on a server, 16 MiB on a client",
        "sums up fragments: exactly the limit is accepted",
        "6455-10.4-endless-message",
      ),
    ],
  },
  {
    section: "10.6",
    title: "Connection Confidentiality and Integrity",
    requirements: [
      must(
        "both",
        '"WebSocket implementations MUST support TLS".',
        "over TLS › nothing of a handshake is readable on the wire",
        "verifies certificates by default, and takes a CA",
      ),
    ],
  },
  {
    section: "10.7",
    title: "Handling of Invalid Data",
    requirements: [
      must(
        "both",
        '"Incoming data MUST always be validated by both clients and servers."',
        "any bytes end in events, never in an exception, and cost at most one close frame",
        "verifyResponse never throws for what a server sends",
        "accept never throws for what a peer sends, and its answer can be written and read",
      ),
      should(
        "both",
        "Behind a successful handshake, invalid data SHOULD be answered by a Close frame with an appropriate code.",
        "protocol (%s) › failure (RFC 6455 §7.1.7) › by %s › is one event and one close frame: %s",
        "6455-5.2-opcode-*",
      ),
      should(
        "server",
        "Invalid data in the handshake SHOULD be answered by an appropriate HTTP status.",
        "server › handshake › refuses %s, answers in full and ends the socket (RFC 6455 §4.2.2)",
        "6455-4.2.1-*",
      ),
    ],
  },
];
