// RFC 8441, Bootstrapping WebSockets with HTTP/2: the setting (§3), the extended CONNECT (§4) and WebSocket on it (§5).
import { informative, must, mustNot, type Rfc, type Section, should } from "./requirement.ts";

const sections: readonly Section[] = [
  {
    section: "3",
    title: "The SETTINGS_ENABLE_CONNECT_PROTOCOL SETTINGS Parameter",
    requirements: [
      must(
        "server",
        'Of SETTINGS_ENABLE_CONNECT_PROTOCOL: "The value of the parameter MUST be 0 or 1."',
        "advertises extended CONNECT (RFC 8441 §3)",
        "8441-3-setting",
      ),
      mustNot(
        "server",
        '"A sender MUST NOT send a SETTINGS_ENABLE_CONNECT_PROTOCOL parameter with the value of 0 after previously sending a value of 1."',
        "8441-3-setting",
      ),
      mustNot(
        "client",
        '"Upon receipt of SETTINGS_ENABLE_CONNECT_PROTOCOL with a value of 1, a client MAY use the Extended CONNECT as defined in this document when creating new streams"; before, or without it, it must not.',
        "goes back to HTTP/1.1, by another connection, where the server does not advertise them",
        "that does not advertise them",
      ),
    ],
  },
  {
    section: "4",
    title: "The Extended CONNECT Method",
    requirements: [
      must(
        "client",
        '"On requests that contain the :protocol pseudo-header field, the :scheme and :path pseudo-header fields of the target URI (see Section 5) MUST also be included."',
        "createConnectRequest › puts path and query of %s into :path, host and port into :authority (RFC 8441 §4)",
        "createConnectRequest › asks %s for the scheme %s (RFC 8441 §5)",
      ),
      must(
        "server",
        "A request without one of them, or with one that is not valid, is malformed (RFC 9113 §8.1.1).",
        "connect-rejections.test.ts › no :scheme",
        "connect-rejections.test.ts › no :path",
        "connect-rejections.test.ts › no :authority",
      ),
      must(
        "server",
        ":authority is the host and port of the target URI, as in any other request of HTTP/2.",
        "same origin over HTTP/2 › is compared with :authority (RFC 8441 §5) › %s may connect to %s",
        "connect-rejections.test.ts › the authority …",
      ),
      mustNot(
        "server",
        '"In particular, the server MUST NOT create a tunnel to the host indicated by the :authority as it would with a CONNECT method request that was not modified by this extension."',
        "accept over HTTP/2 › takes any :authority for a name of its own, and asks nobody there (RFC 8441 §4)",
        "connect-rejections.test.ts › a CONNECT without :protocol",
        "8441-4-no-tunnel",
        "8441-4-plain-connect",
      ),
    ],
  },
  {
    section: "5",
    title: "Using Extended CONNECT to Bootstrap the WebSocket Protocol",
    requirements: [
      must(
        "client",
        '"The :protocol pseudo-header field MUST be included in the CONNECT request, and it MUST have a value of "websocket" to initiate a WebSocket connection on an HTTP/2 stream."',
        "createConnectRequest › writes what the example has (RFC 8441 §5.1)",
        "asks with an extended CONNECT that has what the URL and the options say (RFC 8441 §5)",
        "8441-5-request",
      ),
      should(
        "server",
        "A :protocol that is not supported is answered with 501 (RFC 9220 §3, for the same method over HTTP/3).",
        "connect-rejections.test.ts › the :protocol connect-udp",
        "8441-5-protocol-*",
      ),
      must(
        "client",
        '"The scheme of the target URI … MUST be "https" for "wss"-schemed WebSockets and "http" for "ws"-schemed WebSockets."',
        "createConnectRequest › asks %s for the scheme %s (RFC 8441 §5)",
      ),
      mustNot(
        "client",
        'Of Connection and Upgrade: "They MUST NOT be included in the CONNECT request defined here."',
        "createConnectRequest › has no Connection, Upgrade, Host or Sec-WebSocket-Key (RFC 8441 §5)",
        "create-connect-request.test.ts › the header Upgrade",
      ),
      must(
        "both",
        "A message that has one of them is malformed (RFC 9113 §8.2.2).",
        "connect-rejections.test.ts › Connection",
        "connect-rejections.test.ts › Upgrade",
        "verify-connect-response.test.ts › Upgrade (RFC 9113 §8.2.2)",
      ),
      must(
        "client",
        '"The Host information is conveyed as part of the :authority pseudo-header field, which is required on every HTTP/2 transaction."',
        "createConnectRequest › puts path and query of %s into :path, host and port into :authority (RFC 8441 §4)",
      ),
      mustNot(
        "both",
        '"Implementations using this extended CONNECT to bootstrap WebSockets do not do the processing of the Sec-WebSocket-Key and Sec-WebSocket-Accept header fields of [RFC6455]".',
        "accept over HTTP/2 › ignores %s: there is nothing to prove (RFC 8441 §5)",
        "accept over HTTP/2 › accepts the example with a 200 that has no Upgrade and no Sec-WebSocket-Accept (RFC 8441 §5)",
        "verifyConnectResponse › ignores %s: nothing was asked (RFC 8441 §5)",
      ),
      must(
        "both",
        '"The Origin [RFC6454], Sec-WebSocket-Version, Sec-WebSocket-Protocol, and Sec-WebSocket-Extensions header fields are used in the CONNECT request and response-header fields as defined in [RFC6455]."',
        "both roles agree over HTTP/2, from createConnectRequest to verifyConnectResponse (RFC 8441 §5)",
        "same origin over HTTP/2 › is compared with :authority (RFC 8441 §5) › %s may not connect to %s",
        "connect-rejections.test.ts › the version 8",
        "8441-5-version-*",
        "8441-5-protocols-offered",
        "8441-5-extension-unknown",
        "8441-5-response-*-not-offered",
        "verify-connect-response.test.ts › a subprotocol not offered (RFC 8441 §5)",
      ),
      must(
        "both",
        "Names of header fields are in lower case.",
        "createConnectRequest › writes every name in lower case, and repeated fields as a list (RFC 8441 §5)",
        "http2ResponseHeaders › writes names in lower case, and repeated fields as a list (RFC 8441 §5)",
      ),
      must(
        "client",
        "Only a 2xx opens the WebSocket (RFC 9110 §9.3.6); every other response leaves it unopened.",
        "verifyConnectResponse › takes the status %i (RFC 9110 §9.3.6)",
        "verifyConnectResponse refuses › the status %i (RFC 9110 §9.3.6)",
        "8441-5-response-status-*",
      ),
      should(
        "both",
        '"After successfully processing the opening handshake, the peers should proceed with the WebSocket Protocol [RFC6455] using the HTTP/2 stream from the CONNECT transaction as if it were the TCP connection referred to in [RFC6455]."',
        "answers an extended CONNECT with 200 and carries messages on its stream (RFC 8441 §5)",
        "carries many sockets on one TCP connection, each for itself (RFC 8441 §5)",
        "carries a megabyte each way, through flow control (RFC 8441 §5)",
        "lets flow control hold back who is not read, and nobody else",
      ),
      must(
        "both",
        '"Orderly TCP-level closures are represented as END_STREAM flags".',
        "closes cleanly, whoever begins: END_STREAM after both close frames (RFC 8441 §5)",
        "is 1006 without an error where the client ends its stream before it closed (RFC 8441 §5)",
        "closes when either side does, ends stream and session, and leaves nothing behind (RFC 8441 §5)",
        "takes the end of the stream without a close frame for 1006, as that of TCP",
      ),
      must(
        "both",
        '"RST exceptions are represented with the RST_STREAM frame … with the CANCEL error code".',
        "resets the stream with CANCEL where it terminates (RFC 8441 §5)",
        "is 1006 with an error where the client %s (RFC 8441 §5)",
        "CANCEL, which is TCP's reset (RFC 8441 §5)",
        "tells the server of a connection that is given up",
      ),
      must(
        "server",
        "A stream that ends, is reset or fails leaves the others of its session alone.",
        "8441-5-end-stream*",
        "8441-5-reset",
        "8441-5-failed-neighbour",
        "8441-5-*-sockets",
      ),
    ],
  },
  informative("5.1", "Example"),
  {
    section: "7",
    title: "About Intermediaries",
    requirements: [
      should(
        "client",
        'To a proxy: "it should continue to use a traditional CONNECT (i.e., not with a :protocol pseudo-header field) to tunnel through that proxy to the WebSocket server via HTTP."',
        "is not shared between ways: a proxy, other credentials for it, none",
      ),
    ],
  },
  informative("1", "Introduction"),
];

export const rfc8441: Rfc = { number: "8441", title: "Bootstrapping WebSockets with HTTP/2", sections };
