// What other implementations published about themselves, and the tests that would have found it here.
import type { Advisory } from "./row.ts";

export const advisories: readonly Advisory[] = [
  {
    ids: ["CVE-2016-10518"],
    elsewhere: "A ping with a number for a payload sent as many bytes of memory that nobody had cleared.",
    here: "What is neither a string nor bytes is a TypeError before anything is allocated.",
    code: ["packages/connection/src/message-like.ts", "packages/frame/src/frame-encoder.ts"],
    shownBy: [
      "poisoned memory › never leaves with a ping of a number (CVE-2016-10518",
      "everything that is sent is exactly what was given, with a poisoned pool (CVE-2016-10518)",
      "disclosure.test.ts › nothing of a poisoned pool is on the wire",
    ],
  },
  {
    ids: ["CVE-2016-10542"],
    elsewhere: "Messages could be as large as the sender liked, unless somebody had set a limit.",
    here: "There is always a limit: 1 MiB for a server, 16 MiB for a client and for the bare decoder. A misspelt option is refused, not ignored.",
    code: ["packages/connection/src/connection-options.ts", "packages/server/src/known-options.ts"],
    shownBy: [
      "CVE-2016-10542: there was no sane limit by default: 16 MiB is one",
      "frames.test.ts › CVE-2016-10542: one octet above the default limit",
      "are as documented: 1 MiB messages on a server, 16 MiB on a client",
      "refuses %s and names %s (CVE-2016-10542: a limit that nobody had set)",
    ],
  },
  {
    ids: ["GHSA-5v72-xg48-5rpm"],
    elsewhere:
      "The name of an extension was looked up in an object, met a property of its prototype, and the server crashed.",
    here: "Offers are lists of pairs, headers are keys of a Map.",
    code: ["packages/handshake/src/extension-offer.ts", "packages/deflate/src/parameters.ts"],
    shownBy: [
      "GHSA-5v72-xg48-5rpm: an extension named like a property of Object.prototype crashed the server",
      "GHSA-5v72-xg48-5rpm: names of extensions and parameters hit the prototype, and crashed: %s",
      "handshake.test.ts › an extension of a stranger › CVE-2026-2229, GHSA-5v72-xg48-5rpm",
    ],
  },
  {
    ids: ["CVE-2021-32640", "CVE-2020-7662"],
    elsewhere:
      "Regular expressions on headers of the handshake backtracked for as long as a client had made them long.",
    here: "Scanners written by hand pass over each header once.",
    code: ["packages/handshake/src/field-scanner.ts", "packages/handshake/src/field-list.ts"],
    shownBy: [
      "CVE-2021-32640 and CVE-2020-7662: a regular expression on a header of the handshake backtracked › %s",
      "a hostile header of 64 KiB costs about four times what one of 16 KiB does (CVE-2021-32640, CVE-2020-7662)",
      "answers hostile %s in a moment (CVE-2021-32640, CVE-2020-7662)",
    ],
  },
  {
    ids: ["CVE-2024-37890"],
    elsewhere: "Beyond the limit of headers `Upgrade` was no longer there, and reading it threw.",
    here: "Each header that must be there is asked for as one that may be missing.",
    code: ["packages/handshake/src/request-rules.ts"],
    shownBy: [
      "CVE-2024-37890: with so many headers that Upgrade was dropped, reading it crashed the server",
      "survives 300 headers, whether or not they hide the handshake (CVE-2024-37890",
    ],
  },
  {
    ids: ["CVE-2026-45736"],
    elsewhere: "Closing with a typed array for a reason sent memory that nobody had cleared.",
    here: "A reason that is no string is a TypeError.",
    code: ["packages/frame/src/close-payload.ts"],
    shownBy: [
      "poisoned memory › never leaves with a close payload (CVE-2026-45736",
      "a close reason that is no string is a TypeError, and nothing is sent (CVE-2026-45736)",
      "disclosure.test.ts › nothing of a poisoned pool is on the wire",
    ],
  },
  {
    ids: ["CVE-2026-48779"],
    elsewhere:
      "Fragments of one byte, and when that was mended empty ones, filled the memory far below every limit in bytes.",
    here: "A fragment leaves its bytes in one buffer, and nothing else.",
    code: ["packages/frame/src/growing-buffer.ts", "packages/connection/src/message-assembly.ts"],
    shownBy: [
      "CVE-2026-48779: tiny, then empty fragments exhausted memory: the decoder keeps none of them",
      "floods.test.ts › 0.92 MB of %s fragments of an unfinished message hold less than 2 MB (CVE-2026-48779)",
      "a flood of %s fragments of a message that nobody reads is stopped (CVE-2026-48779)",
    ],
  },
  {
    ids: ["CVE-2026-1526"],
    elsewhere: "Messages were inflated whole before anybody asked how large they had become.",
    here: "The limit is zlib's own, so that inflating stops there.",
    code: ["packages/deflate/src/decompressor.ts", "packages/deflate/src/inflate-parts.ts"],
    shownBy: [
      "CVE-2026-1526: messages were inflated without a bound",
      "CVE-2026-1526: nor is a message that comes in parts",
      "bombs.test.ts › CVE-2026-1526: %s ends in 1009",
    ],
  },
  {
    ids: ["CVE-2026-1528"],
    elsewhere: "A length of 64 bits overflowed, and the parser threw what nobody caught.",
    here: "Lengths are numbers that cannot overflow, compared before they are added to anything; a refusal is a close frame.",
    code: ["packages/frame/src/frame-header.ts"],
    shownBy: [
      "CVE-2026-1528: a 64-bit length overflowed and threw out of the parser: %s",
      "frames.test.ts › CVE-2026-1528: a length of 2^63",
    ],
  },
  {
    ids: ["CVE-2026-2229"],
    elsewhere: "A window of 1000 bits was agreed to, and zlib threw a RangeError that nobody caught.",
    here: "Anything but 8 to 15, written plainly, is an offer that is declined, or an answer that ends the handshake.",
    code: ["packages/deflate/src/parameters.ts"],
    shownBy: [
      "CVE-2026-2229: a window of 1000 bits was agreed to",
      "handshake.test.ts › an extension of a stranger › CVE-2026-2229",
    ],
  },
  {
    ids: ["CVE-2026-1527"],
    elsewhere: "An option of the upgrade was written into the request with its line breaks.",
    here: "Every part of a head is checked where it is written.",
    code: ["packages/handshake/src/field-text.ts", "packages/handshake/src/header-lines.ts"],
    shownBy: [
      "CVE-2026-1527: an option of the upgrade carried a line break into the request",
      "writes nothing at all where %s has a line break (CVE-2026-1527)",
      "cannot be split by %s: refused when the server is made (CVE-2026-1527)",
    ],
  },
  {
    ids: ["CVE-2022-21676", "CVE-2022-41940", "CVE-2023-31125"],
    elsewhere: "Crafted frames, reserved bits or queries ended in an exception that ended the process.",
    here: "Decoders fail with one documented kind of error, which becomes a close frame or a status.",
    code: ["packages/connection/src/protocol.ts", "packages/server/src/incoming-handshake.ts"],
    shownBy: [
      "CVE-2022-21676, CVE-2022-41940: a crafted frame threw what nobody caught: every pair of first octets",
      "CVE-2022-41940: a crafted request of the handshake threw an exception that nobody caught",
      "are names like any other in headers, protocols, extensions and queries (GHSA-5v72-xg48-5rpm, CVE-2023-31125)",
      "without-listeners.test.ts › a process without a listener for anything › survives 500 broken upgrades",
    ],
  },
  {
    ids: ["CVE-2020-36049", "CVE-2022-2421", "CVE-2023-32695", "CVE-2026-33151"],
    elsewhere:
      "Decoders of events copied strings over and over, took any shape for an event, or waited for attachments without end.",
    here: "A message is decoded once, whole, within its limits, and has the shape of its type or is refused; its binary values come in the same frame, counted.",
    code: ["packages/rooms/src/wire/codec.ts", "packages/rooms/src/wire/message-shapes.ts"],
    shownBy: [
      "hostile input (CVE-2020-36049, CVE-2022-2421, CVE-2023-32695, CVE-2026-33151) › %s is an error with a code",
      "takes a message that looks like one with blobs as what it is (CVE-2022-2421: placeholders in data were believed)",
      "blobs without end (CVE-2026-33151)",
    ],
  },
  {
    ids: ["CVE-2024-38355"],
    elsewhere: "An `error` event that nobody listened for ended the process.",
    here: "A connection emits no `error` event: what went wrong is in the result of closing.",
    code: ["packages/connection/src/connection-events.ts", "packages/connection/src/session.ts"],
    shownBy: [
      "without-listeners.test.ts › a process without a listener for anything › survives 500 broken upgrades",
      "without-listeners.test.ts › a process without a listener for anything › survives 300 servers",
      "connection (%s) › without listeners › an error of the transport crashes nothing and is in the result",
    ],
  },
  {
    ids: ["CVE-2020-28481"],
    elsewhere: "Pages of every origin were let in by default.",
    here: "By default only those of the same host are.",
    code: ["packages/handshake/src/origin.ts"],
    shownBy: [
      "CVE-2020-28481: pages of any origin were let in by default › only the same origin is",
      "lets in the pages of its own origin, and requests without one",
    ],
  },
  {
    ids: ["CVE-2017-16031"],
    elsewhere: "Identifiers came from `Math.random`, which can be foretold.",
    here: "Keys and tokens come from the system's random source; `Math.random` spreads out waiting times, and decides nothing else.",
    code: [
      "packages/frame/src/mask.ts",
      "packages/handshake/src/accept-key.ts",
      "apps/chat/src/server/session.ts",
    ],
    shownBy: [
      "10,000 messages of a client have 10,000 masking keys, though Math.random is a constant (CVE-2017-16031",
      "no two handshakes have a key in common, though Math.random is a constant (CVE-2017-16031",
    ],
  },
  {
    ids: ["CVE-2016-10536"],
    elsewhere: "A client verified no certificate unless told to.",
    here: "A client verifies all of them unless told not to.",
    code: ["packages/client/src/dial.ts"],
    shownBy: ["verifies certificates by default, and takes a CA (CVE-2016-10536"],
  },
  {
    ids: ["CVE-2023-43669"],
    elsewhere: "At each chunk the whole head was parsed again.",
    here: "The decoder goes on where it was.",
    code: ["packages/handshake/src/head-decoder.ts", "packages/server/src/request-reader.ts"],
    shownBy: [
      "CVE-2023-43669: the head was parsed from its start at each chunk, which is quadratic › each byte is read once, in chunks of %i",
      "CVE-2023-43669: the head was parsed from its start at each chunk, which is quadratic › a line that never ends costs no more than its bytes",
    ],
  },
  {
    ids: ["CVE-2020-27813"],
    elsewhere:
      "What had been read and what was announced overflowed when they were added, and passed below the limit.",
    here: "What is announced is compared with what is left of the limit.",
    code: ["packages/frame/src/frame-header.ts", "packages/connection/src/message-assembly.ts"],
    shownBy: [
      "CVE-2020-27813: what had been read plus %s overflowed below the limit",
      "frames.test.ts › CVE-2020-27813: 2^63 - 1 behind a first fragment",
    ],
  },
  {
    ids: ["a stray continuation after a compressed message"],
    elsewhere:
      "Whether a message was under way was inferred from what the last one had left behind, so that a continuation was taken for a part of it.",
    here: "Whether a message is under way is a state of its own, which ends with its last fragment.",
    code: ["packages/connection/src/message-assembly.ts"],
    shownBy: [
      "frames.test.ts › frames of a stranger › a stray continuation after a compressed message was taken for its next fragment",
      "refuses a stray continuation after a compressed message",
    ],
  },
];
