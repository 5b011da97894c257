// RFC 6455 §9, §11: negotiating extensions, and the header fields that the RFC registers.
import { must, mustNot, type Section } from "./requirement.ts";

export const extensions: readonly Section[] = [
  {
    section: "9",
    title: "Extensions",
    requirements: [
      mustNot(
        "server",
        '"A server MUST NOT respond with any extension not requested by the client."',
        "throws when the answer was not offered, or is no extension (RFC 6455 §4.2.2)",
        "6455-9.1-extension-unknown",
      ),
      must(
        "both",
        'Extension parameters "MUST be chosen in accordance with the specification of the extension to which the parameters apply".',
        "negotiation › both sides come to the same agreement, which keeps the wishes of both (RFC 7692 §7.1)",
        "7692-5-offer-is-legal",
        "7692-7.1-offer-*",
      ),
    ],
  },
  {
    section: "9.1",
    title: "Negotiating Extensions",
    requirements: [
      must(
        "both",
        'If a value does not conform to the ABNF, "the recipient of such malformed data MUST immediately _Fail the WebSocket Connection_".',
        "parseExtensions › finds %j malformed (RFC 6455 §9.1)",
        "rejections.test.ts › the extensions …",
        "verify-response.test.ts › malformed extensions",
        "6455-9.1-extension-malformed-*",
        "6455-4.1-response-extension-malformed",
      ),
      must(
        "both",
        "A quoted parameter value: \"the value after quoted-string unescaping MUST conform to the 'token' ABNF\".",
        "parseExtensions › finds %j malformed (RFC 6455 §9.1)",
        "6455-9.1-extension-malformed-6",
        "6455-9.1-extension-quoted",
      ),
      must(
        "server",
        "A list split over several lines is one list.",
        "accept, extensions › reads several lines as one list (RFC 6455 §9.1)",
        "6455-9.1-extension-lines",
      ),
      must(
        "both",
        '"Any extension-token used MUST be a registered token".',
        "createOffer › %j → permessage-deflate%s (RFC 7692 §7.1)",
        "7692-5-offer-is-legal",
      ),
      must(
        "both",
        '"The parameters supplied with any given extension MUST be defined for that extension."',
        "createOffer › %j → permessage-deflate%s (RFC 7692 §7.1)",
        "acceptOffer › a server that demands nothing › answers what the client asks for",
        "7692-5-offer-is-legal",
        "7692-7.1-offer-*",
      ),
      mustNot(
        "client",
        'The client is only offering, "and MUST NOT use them unless the server indicates that it wishes to use the extension".',
        "an extension that was offered and not accepted is not used (RFC 6455 §9.1)",
        "6455-7.1-stays-open",
      ),
    ],
  },
  {
    section: "11.1.1",
    title: 'Registration of "ws" Scheme',
    requirements: [
      must(
        "client",
        'Characters of the host that a URI cannot have "MUST be converted from Unicode to ASCII".',
        "createRequest › names the host of %s as %s (RFC 6455 §4.1)",
      ),
      must(
        "client",
        "Characters of other components that a URI cannot have MUST be percent-encoded as UTF-8.",
        "createRequest › asks %s for %s (RFC 6455 §3)",
      ),
    ],
  },
  {
    section: "11.3.1",
    title: "Sec-WebSocket-Key",
    requirements: [
      mustNot(
        "client",
        'What is sent: "The |Sec-WebSocket-Key| header field MUST NOT appear more than once in an HTTP request."',
        "create-request.test.ts › the header Sec-WebSocket-Key",
        "6455-4.1-request-key",
      ),
      mustNot(
        "server",
        'What is received: "The |Sec-WebSocket-Key| header field MUST NOT appear more than once in an HTTP request."',
        "rejections.test.ts › the same key twice",
        "6455-11.3.1-key-twice",
        "6455-11.3.1-key-twice-same",
      ),
    ],
  },
  {
    section: "11.3.2",
    title: "Sec-WebSocket-Extensions",
    requirements: [
      mustNot(
        "server",
        'It "MUST NOT appear more than once in an HTTP response".',
        "hands the offers over as they came, and the answer back (RFC 6455 §9.1)",
        "7692-7.1-offer-*",
      ),
    ],
  },
  {
    section: "11.3.3",
    title: "Sec-WebSocket-Accept",
    requirements: [
      mustNot(
        "server",
        'What is sent: "The |Sec-WebSocket-Accept| header MUST NOT appear more than once in an HTTP response."',
        "accept › encodes as a 101 (RFC 6455 §4.2.2)",
        "6455-4.2.2-plain",
      ),
      mustNot(
        "client",
        'What is received: "The |Sec-WebSocket-Accept| header MUST NOT appear more than once in an HTTP response."',
        "verify-response.test.ts › the accept value twice",
        "verify-response.test.ts › two accept values",
        "6455-4.1-response-accept-twice",
      ),
    ],
  },
  {
    section: "11.3.4",
    title: "Sec-WebSocket-Protocol",
    requirements: [
      must(
        "server",
        "It may appear several times in a request, which is one list.",
        "accept, subprotocols › reads several lines as one list (RFC 6455 §11.3.4)",
        "a subprotocol twice over two lines",
      ),
      mustNot(
        "server",
        'What is sent: "the |Sec-WebSocket-Protocol| header field MUST NOT appear more than once in an HTTP response".',
        "chooses the server's preferred one among those offered (RFC 6455 §4.2.2)",
        "6455-4.2.2-protocol-several",
      ),
      mustNot(
        "client",
        'What is received: "the |Sec-WebSocket-Protocol| header field MUST NOT appear more than once in an HTTP response".',
        "verify-response.test.ts › two subprotocols",
        "6455-4.1-response-protocol-lines",
      ),
    ],
  },
  {
    section: "11.3.5",
    title: "Sec-WebSocket-Version",
    requirements: [
      mustNot(
        "client",
        'What is sent: "the |Sec-WebSocket-Version| header field MUST NOT appear more than once in an HTTP request".',
        "writes the request line, then the fields, then an empty line (RFC 6455 §4.1)",
        "6455-4.1-request-version",
      ),
      mustNot(
        "server",
        'What is received: "the |Sec-WebSocket-Version| header field MUST NOT appear more than once in an HTTP request".',
        "rejections.test.ts › the same version twice",
        "6455-11.3.5-version-twice",
      ),
    ],
  },
];
