// What strangers may try, the rule that stops it, and the tests that try it.
import type { Threat } from "./row.ts";

export const threats: readonly Threat[] = [
  {
    threat: "A page of another site opens a WebSocket with the cookies of its visitor",
    rule: "A request with an `Origin` is accepted only where that is the host asked for, compared without regard to case and default ports; an application widens this by a list or a function, and turns it off only by saying so.",
    code: ["packages/handshake/src/origin.ts", "packages/server/src/handshake-policy.ts"],
    shownBy: [
      "origin, by default › lets a page of the same host in: %s, %s",
      "origin, by default › keeps every other page out: %s, %j",
      "lets in the pages of its own origin, and requests without one (security: cross-site hijacking)",
      "CVE-2020-28481: pages of any origin were let in by default › only the same origin is",
      "safety.test.ts › the handshake › is refused to pages of other origins, with the cookie that their visitors' browsers send along",
      "is not given to, nor taken from, pages of other origins",
    ],
    bound: "34 spellings of other origins get 403 and never a 101; 14 spellings of the same one are let in.",
  },
  {
    threat: "A handshake that never ends, or one of endless headers",
    rule: "One deadline covers TLS, request and `authenticate`; a head has at most 16 KiB and 100 fields; `maxPendingHandshakes` bounds how many are under way, and the oldest give way.",
    code: [
      "packages/handshake/src/head-decoder.ts",
      "packages/server/src/reception.ts",
      "packages/server/src/first-request-deadline.ts",
      "packages/server/src/admission.ts",
    ],
    shownBy: [
      "a hundred that send an octet now and then are cut at the deadline, and who comes meanwhile is served",
      "slow-handshake.test.ts › slow handshake › on a port of the server's own › lets who has taken longest give way",
      "slow-handshake.test.ts › slow handshake › on a port of the server's own › serves others while a thousand trickle",
      "slow-handshake.test.ts › slow handshake › on an http server that is not ours › ends a connection that says nothing, and one that trickles",
      "slow-handshake.test.ts › slow handshake › on an http server that is not ours › ends TLS that never begins, and TLS without a request",
      "ends a session that never asks, and one that has nothing more to carry (security: slow handshake)",
      "keeps nothing of 2,000 heads that were too large",
      "limits of the %s decoder › let 16384 bytes through by default, and not one more",
      "limits of the %s decoder › let 100 fields through by default, and not one more",
    ],
    bound:
      "100 clients that send an octet every 20 ms are told 408 after the second they were given, while others connect and have messages echoed. 1,000 that trickle leave no more than 500 pending and hold less than 60 MiB, both ends counted. 1,500 heads of 17 KiB leave less than 48 MiB behind, before any collection.",
  },
  {
    threat: "Pings without end from a peer that reads no pong",
    rule: "While the transport is backed up only the newest pong is owed.",
    code: ["packages/connection/src/protocol.ts", "packages/connection/src/outbox.ts"],
    shownBy: [
      "floods.test.ts › 800,000 pings of a client that reads no pong hold less than 10 MB",
      "memory (%s) › 800,000 pings from a peer that does not read hold less than 10 MB",
      "memory of streams (%s) › a flood of pings between fragments that nobody reads holds the newest pong",
      "owes few pongs to who floods with pings and reads none of the answers",
      "pongs are owed, newest only, while the transport is far behind",
    ],
    bound:
      "800,000 pings: memory grows by less than 10 MB and less than 1 MB waits to be sent, over TCP and over a transport that takes nothing. Over HTTP/2, 50,000 pings of 125 bytes leave less than 1 MiB waiting.",
  },
  {
    threat: "A message of countless fragments, of one byte or none, compressed or not",
    rule: "Small parts are copied into one buffer that grows with what has arrived, empty ones leave nothing, and a stream that nobody reads pauses the transport.",
    code: [
      "packages/frame/src/growing-buffer.ts",
      "packages/connection/src/message-assembly.ts",
      "packages/connection/src/incoming-streams.ts",
    ],
    shownBy: [
      "floods.test.ts › 0.92 MB of %s fragments of an unfinished message hold less than 2 MB",
      "memory (%s) › 0.92 MB of %s fragments of an unfinished message hold less than 2 MB",
      "memory of streams (%s) › a flood of %s fragments of a message that nobody reads is stopped",
      "CVE-2026-48779: tiny, then empty fragments exhausted memory: the decoder keeps none of them",
    ],
    bound:
      "0.92 MB on the wire, as fragments of one byte or of none, plain and compressed, hold less than 2 MB. As a stream that nobody reads, fragments of one byte pause the transport after 66,000 of them and less than 2 MB.",
  },
  {
    threat: "TCP segments of one byte",
    rule: "No object is kept for a chunk: what belongs to an unfinished frame is copied together.",
    code: ["packages/frame/src/frame-decoder.ts", "packages/frame/src/growing-buffer.ts"],
    shownBy: [
      "floods.test.ts › 20,000 TCP chunks of one byte each leave memory flat",
      "memory (%s) › a million one-byte chunks leave memory flat",
      "memory (%s) › a large message in one-byte chunks holds a small multiple of itself",
      "decoder › chunks of one byte › keep memory flat, a million of them",
      "decoder › chunks of one byte › cost no more each where many of them wait",
    ],
    bound:
      "1,000,000 chunks: memory grows by less than 2 MB. 20,000 over a socket, counted one by one as they arrive, of a message that stays unfinished: less than 1 MB.",
  },
  {
    threat: "Little compressed data that becomes very much, at once or spread over fragments",
    rule: "Inflating stops at the first byte above `maxMessageBytes`; a stream is inflated no further than somebody reads; a message may not consist of countless final blocks.",
    code: [
      "packages/deflate/src/decompressor.ts",
      "packages/deflate/src/inflate-parts.ts",
      "packages/connection/src/message-assembly.ts",
    ],
    shownBy: [
      "bombs.test.ts › CVE-2026-1526: %s ends in 1009, and never took 48 MB",
      "bomb › as %s › no context takeover: %s › 1 KiB that becomes 1 MiB stops at whatever is allowed",
      "512 KiB that would become 512 MiB never take more than the limit and a few chunks",
      "bomb › spread over final blocks (RFC 7692 §7.2.3.4) › zlib was set up anew",
      "memory › a bomb of 1 KiB parts is inflated no faster than it is read",
      "a bomb is inflated no further than somebody reads, and text() stops at maxMessageBytes",
    ],
    bound:
      "Through a server: 1 MiB that would become 1 GiB, whole or in 1,025 fragments, five times, ends in 1009, and the peak of resident memory rises by less than 48 MB. 1 KiB that becomes one byte too many ends so as well.",
  },
  {
    threat: "Lengths that lie: 2^63, 2^53, the high bit, more octets than needed, beyond the limit",
    rule: "A frame is judged by its header, before a byte of its payload is read or room is made for it; the limit is on the sum of all fragments.",
    code: ["packages/frame/src/frame-decoder.ts", "packages/connection/src/message-assembly.ts"],
    shownBy: [
      "frames.test.ts › frames of a stranger › %s: the header is refused with its own close code, and the server goes on",
      "CVE-2026-1528: a 64-bit length overflowed and threw out of the parser: %s",
      "CVE-2020-27813: what had been read plus %s overflowed below the limit",
      "make room for a few hundred bytes where 8 MiB are announced and ten sent",
      "memory (%s) › a header that announces the most takes no room for it",
      "protocol (%s) › maxMessageBytes (RFC 6455 §10.4) › refuses a fragment by its header when the sum will be too large",
    ],
    bound:
      "Each ends in 1002 or 1009 before any payload is sent, and allocates nothing; 100 peers that announce 16 MB and send three bytes hold less than 2 MB together.",
  },
  {
    threat: "Memory of others that leaves with a frame",
    rule: "Memory that is not cleared is overwritten wholly before anybody sees it, the rest of its buffer included; what is neither text nor bytes is a TypeError at the call.",
    code: [
      "packages/frame/src/platform.ts",
      "packages/frame/src/growing-buffer.ts",
      "packages/frame/src/frame-encoder.ts",
      "packages/connection/src/message-like.ts",
    ],
    shownBy: [
      "disclosure.test.ts › nothing of a poisoned pool is on the wire, whatever was asked for",
      "poisoned memory › never leaves with frames, as %s",
      "poisoned memory › never shows in payloads, as %s",
      "poisoned memory › never shows in collected bytes",
      "memory disclosure (%s) › everything that is sent is exactly what was given, with a poisoned pool",
      "memory disclosure (%s) › connections that send in turns are given their own bytes only",
    ],
    bound:
      "With every allocation filled with a pattern, none of it is in what is sent or received, nor in the buffers behind it, for sizes around every boundary from 0 to 300,000 characters.",
  },
  {
    threat: "Line breaks in what a caller hands on: headers, protocols, paths, reasons",
    rule: "Every name and value is checked where it is given, by both ends; a caller's mistake is a TypeError, and nothing has been written by then.",
    code: [
      "packages/handshake/src/field-text.ts",
      "packages/handshake/src/header-lines.ts",
      "packages/handshake/src/offer.ts",
      "packages/handshake/src/rejected.ts",
    ],
    shownBy: [
      "CVE-2026-1527: an option of the upgrade carried a line break into the request › %j is refused in every option of the client",
      "CVE-2026-1527: an option of the upgrade carried a line break into the request › %j is refused in every option of the server",
      "CVE-2026-1527: an option of the upgrade carried a line break into the request › %j from a URL-like object is refused too",
      "client › its options › writes nothing at all where %s has a line break",
      "client › its options › writes a line break in the URL as no line break",
      "security › the answer › cannot be split by %s: refused when the server is made",
      "adds a header with a line break (CVE-2026-1527)",
    ],
    bound:
      "Five ways to break a line, in each option of client, server and HTTP/2: no connection is opened, no octet is written.",
  },
  {
    threat: "Headers that make a parser slow",
    rule: "Every header is scanned once, by hand; no regular expression that could backtrack runs over what a peer sends; each byte of a head is read once, however it is cut.",
    code: [
      "packages/handshake/src/field-scanner.ts",
      "packages/handshake/src/field-list.ts",
      "packages/handshake/src/head-decoder.ts",
      "packages/server/src/forwarded.ts",
    ],
    shownBy: [
      "handshake.test.ts › a hostile header of 64 KiB costs about four times what one of 16 KiB does",
      "CVE-2021-32640 and CVE-2020-7662: a regular expression on a header of the handshake backtracked › %s",
      "CVE-2023-43669: the head was parsed from its start at each chunk, which is quadratic › each byte is read once, in chunks of %i",
      "security › header floods › answers hostile %s in a moment",
      "never throws, and answers fast, whatever the header (fuzz; security: quadratic parsers)",
    ],
    bound:
      "Thirteen kinds of hostile header, in seven fields each: 64 KiB take less than ten times as long as 16 KiB, where a quadratic scanner takes sixteen and a backtracking one minutes. Sixteen kinds of 1 MiB take less than two seconds each. A head in chunks of one byte is read as often as one that comes whole: once.",
  },
  {
    threat: "Headers that are missing, twice there, or named like something in JavaScript",
    rule: "Names that a peer chooses are keys of a Map or of objects without a prototype; what must be there once is counted.",
    code: [
      "packages/handshake/src/header-fields.ts",
      "packages/handshake/src/extension-offer.ts",
      "packages/deflate/src/parameters.ts",
      "packages/rooms/src/rooms.ts",
    ],
    shownBy: [
      "security › names that mean something to JavaScript › are names like any other in headers, protocols, extensions and queries",
      "security › names that mean something to JavaScript › are so over HTTP/2 too",
      "handshake.test.ts › an extension of a stranger › CVE-2026-2229, GHSA-5v72-xg48-5rpm: %.60s is declined, and messages pass without it",
      "CVE-2024-37890: with so many headers that Upgrade was dropped, reading it crashed the server › any other header may be the missing one: %s",
      "HeaderFields › keeps names of Object.prototype apart from fields",
      "rejections.test.ts › the same Host twice",
      "rejections.test.ts › two keys",
      "treats names like __proto__ as names",
    ],
    bound:
      "A status that says what is wrong, or an extension that is declined; no crash, and nothing appears on Object.prototype.",
  },
  {
    threat: "Masks that can be guessed, so that a page writes what it likes into the caches of proxies",
    rule: "Every frame of a client has a key of its own from the system's random source, and no option turns masking off.",
    code: ["packages/frame/src/mask.ts", "packages/frame/src/frame-encoder.ts"],
    shownBy: [
      "disclosure.test.ts › 10,000 messages of a client have 10,000 masking keys, though Math.random is a constant",
      "masking key › shows no pattern over 10,000 of them",
      "masking key › is every number that crypto.getRandomValues gave, once and in order",
    ],
    bound:
      "10,000 frames on the wire: at most two keys and nine differences between neighbours repeat, and each of the 32 bits is set in 45 to 55 of a hundred.",
  },
  {
    threat: "Credentials that follow a redirect to somebody else",
    rule: "None is followed unless asked to; another origin gets neither `Authorization` nor cookies nor client certificates; from wss: to ws: nothing is followed.",
    code: ["packages/client/src/redirect.ts"],
    shownBy: [
      "client › redirects (RFC 6455 §4.1) › follows none by default, and says where it was sent",
      "client › redirects (RFC 6455 §4.1) › tells other origins nothing of who asks: headers and URL",
      "client › redirects (RFC 6455 §4.1) › takes another port and another scheme for another origin, and the way back too",
      "client › redirects (RFC 6455 §4.1) › shows the client certificate to the first origin alone",
      "client › redirects (RFC 6455 §4.1) › does not follow from wss: to %s:, where credentials would be readable",
    ],
    bound:
      "The request that the other origin receives has none of them; from wss: to ws: there is no request at all.",
  },
  {
    threat: "Somebody in between, who passes for the server",
    rule: "Certificates are verified unless the application says otherwise, and the name with them; wss: never becomes ws:.",
    code: ["packages/client/src/dial.ts", "packages/client/src/connect-plan.ts"],
    shownBy: [
      "client › TLS (RFC 6455 §4.1) › verifies certificates by default, and takes a CA",
      "client › TLS (RFC 6455 §4.1) › refuses a certificate of another host",
      "client › TLS (RFC 6455 §4.1) › never falls back from wss: to ws:, whatever the server says",
      "over TLS › nothing of a handshake is readable on the wire, nor of a message",
      "client › sessions of HTTP/2 (RFC 9113) › is not shared between differing TLS options",
    ],
    bound:
      "A self-signed certificate is refused without its CA, and not an octet of the request has left by then; one dial is made and no second one without TLS.",
  },
  {
    threat: "Input that ends the process because nobody listens for an error",
    rule: "What a peer does is a value: the result of closing, a rejection, a refusal. No `error` event is emitted for it.",
    code: [
      "packages/connection/src/session.ts",
      "packages/connection/src/report.ts",
      "packages/server/src/incoming-handshake.ts",
      "packages/client/src/connect.ts",
    ],
    shownBy: [
      "without-listeners.test.ts › a process without a listener for anything › survives 500 broken upgrades and 500 broken sessions",
      "without-listeners.test.ts › a process without a listener for anything › survives 300 servers that answer with nonsense",
      "security › %s › › survives 400 broken handshakes, some of them reset, with no listener attached",
      "security › TLS › survives garbage, resets and plain HTTP in place of TLS",
      "survives a TCP reset in the midst of many sockets, with no listener attached",
      "fuzz (%s), no listeners attached › … mutated sessions end in a result, and leave nothing",
      "connection (%s) › without listeners › %s crashes nothing",
    ],
    bound:
      "1,300 broken handshakes and sessions against a process of its own, as a server and as a client: it neither ends nor writes a line to its standard error, and serves the next client.",
  },
  {
    threat: "A reader that does not read",
    rule: "What waits for one peer is bounded by `maxBufferedBytes`, and `whenBufferFull` says what happens then; others never wait for it.",
    code: [
      "packages/connection/src/outbox.ts",
      "packages/connection/src/backlog.ts",
      "packages/rooms/src/slow-members.ts",
    ],
    shownBy: [
      "one stuck member among 1,000 › %s › connections: memory is bounded",
      "slow-reader.test.ts › one stuck reader among fifty holds no more than maxBufferedBytes, and everybody else gets everything",
      "one stuck reader among many holds up nobody else, and no more than its limit",
      "memory (%s) › a slow reader holds maxBufferedBytes and one message",
      "counts what a client does not read, and lets it go at maxBufferedBytes (security: slow reader)",
      "does not wait for a peer that will not read why it was refused (security: slow reader)",
      "until the deadline only: 1,000 that never answer are cut off, and nothing is left (security: slow reader)",
      "an echo to a peer that does not read stays bounded and ends with 1013",
    ],
    bound:
      "A broadcast of 12 MB over TCP to fifty that read and one that does not, allowed 1 MB: everybody else has each message before the next is sent, memory grows by less than 5 MB, and the one is given up with 1013. Rooms of 1,000 under each policy for slow members, allowed 1 MB: the 999 have each of 500 messages in the turn in which it was sent, and memory grows by less than 4 MB.",
  },
  {
    threat: "Events of an application that its decoder chokes on",
    rule: "Depth, size, number of values, names and keys are checked before an event reaches a handler; `__proto__` is refused, binary values have their places outside of the data, and names are looked up among those that were declared.",
    code: [
      "packages/rooms/src/wire/codec.ts",
      "packages/rooms/src/wire/json-tree.ts",
      "packages/rooms/src/wire/blobs.ts",
      "packages/rooms/src/wire/message-shapes.ts",
    ],
    shownBy: [
      "wire.test.ts › hostile input (CVE-2020-36049, CVE-2022-2421, CVE-2023-32695, CVE-2026-33151) › %s is an error with a code",
      "a key __proto__, escaped",
      "%s never throws, whatever it is given",
      "a good message changed at any place is read or refused",
      "what is not known of a message is left out, and nothing is inherited",
      "end the connection of who sends what is no message, with 1008",
      "know no names but those that were declared",
    ],
    bound:
      "Some sixty hostile messages are each a typed error; 130,000 lists inside one another, 20,000 values, 1,000 binary values and 256 KiB are refused.",
  },
  {
    threat: "More of rooms, requests and data than a server can bear",
    rule: "Rooms, questions under way, batches, entries, pages, recovery, presence and requests of one connection are bounded, and whoever goes beyond is told so.",
    code: ["packages/rooms/src/server/server-limits.ts", "packages/rooms/src/server/peer-session.ts"],
    shownBy: [
      "bound the rooms of a connection, also of those asked for at the same time",
      "bound what is worked on at the same time, and refuse the rest as OVERLOADED",
      "bound batches, entries, presence and pages",
      "bound what a client is asked, and for how long",
      "presence › is bounded: what one says, and how many are told by name",
      "leave nothing behind of a client that has gone",
      "publishes of one client › in more rooms than can be kept in order end the connection",
      "a client › kept without limit what a slow validator had not got to; it leaves it out, and recovers it",
      "a batch of a client › had more values than a server takes, which ended the connection, again and again",
      "entries that were missed › were more values than a client takes in one message: it asked for them for ever",
      "a server › asked an engine without end for what that had lost, on behalf of a member",
    ],
    bound:
      "By default 100 rooms, 64 questions, batches of 100 messages of 64 KiB, pages of 100, 10,000 missed messages, 1 KiB of presence.",
  },
  {
    threat: "Content of an engine (Redis, NATS) that somebody else has written",
    rule: "It is checked as what a peer sends is.",
    code: [
      "packages/rooms/src/feed/sound-entry.ts",
      "packages/rooms/src/server/read-entry.ts",
      "packages/rooms/src/wire/message-shapes.ts",
      "packages/rooms-redis/src/entry.ts",
      "packages/rooms-nats/src/entry-message.ts",
    ],
    shownBy: [
      "what an engine holds is read like what a stranger sends",
      "what an engine holds that nobody of ours has written › is skipped and reported, live, recovered and in history",
      "entries that were missed › under an id or a time that no client takes hid all that came with them",
      "untrusted.test.ts › untrusted content › in a history › is skipped and reported, each by what is wrong with it",
      "untrusted.test.ts › untrusted content › in a channel, whatever it is › ends nothing, and is no more than it says",
      "untrusted.test.ts › untrusted content › as presence › is skipped and reported",
      "outage.test.ts › what others write › is skipped and reported where it pretends to come from the stream",
    ],
    bound:
      "Entries that are no JSON, no message, too large, under ids or times of nobody's, or have a key `__proto__` are skipped and reported one by one; so is what is no notification and no presence.",
  },
  {
    threat: "Joining, publishing, reading history or recovering without leave",
    rule: "One hook, which has no default, is asked about all of them and about presence, and again when a session expires. Only `true` is a yes.",
    code: [
      "packages/rooms/src/server/authorization.ts",
      "packages/rooms/src/server/peer-session.ts",
      "packages/server/src/authenticate.ts",
    ],
    shownBy: [
      "authorisation › is asked about joining, publishing, history and presence, with who and where",
      "authorisation › refuses each with its own error, and does nothing of it",
      "authorisation › refuses recovery by itself: the room is heard from now on, and a gap is told",
      "authorisation › takes nothing but true for a yes, and a hook that throws for a no",
      "sessions › that expire lose everything, unless they are renewed",
      "sessions › that are renewed keep the rooms that they still may be in, and no others",
      "what was allowed once › went on for a member that may not join again: it stayed, and heard everything",
      "what was allowed once › held for a join under way while the session expired",
      "what was allowed once › was whatever a client said whose session expired before the middleware had let it in",
    ],
    bound: "Each of the five has an error code of its own.",
  },
  {
    threat: "A message under the id of somebody else's, so that theirs counts as a second one",
    rule: "Ids are scoped by the person who publishes; those of the client half have 128 random bits.",
    code: ["packages/rooms/src/server/entry-id.ts", "packages/rooms/src/random-id.ts"],
    shownBy: [
      "ids of messages › are scoped by who publishes: nobody can take the id of another's message before it comes",
      "ids of messages › fit into an entry whatever a person is called, and two people's never meet",
    ],
    bound: "Eight people whose names are made to be mistaken for one another publish under one id.",
  },
  {
    threat: "Tokens of sessions that are guessed, stolen or too old",
    rule: "Signed with a secret of at least 32 characters, bound to who has it, over after seven days, compared in constant time; a session that was left is over on every node.",
    code: [
      "apps/chat/src/server/session.ts",
      "apps/chat/src/server/session-cookie.ts",
      "apps/chat/src/server/session-secret.ts",
      "apps/chat/src/server/ended-sessions.ts",
    ],
    shownBy: [
      "session.test.ts › a session › cannot be changed in any character",
      "session.test.ts › a session › is not made of what somebody made up",
      "session.test.ts › a session › is nobody's with another secret",
      "session.test.ts › a session › lasts seven days, and not a millisecond more",
      "is over after seven days, on the clock of the server",
      "is made once, for all processes that start together, and kept for its owner only",
      "comes in a cookie that scripts and other sites do not get",
      "safety.test.ts › the handshake › without a session leads to a connection that says so",
      "safety.test.ts › a session › that is left ends its connections on all nodes, and opens none any more",
      "safety.test.ts › a session › that was left is unknown to nodes that start later",
      "safety.test.ts › a session › that grows too old ends the connection that it opened",
      "sessions › that expire lose everything, unless they are renewed",
      "what was allowed once › was asked about for ever where the new session had ended already",
    ],
    bound:
      "The chat's token carries an HMAC of 256 bits: none of its characters can be another one, and at 7 × 24 hours it is nobody's. Rooms have no tokens: a position in a room is no secret, because every join asks anew.",
  },
  {
    threat: "Somebody who passes for another, by their name or by claiming to be the author",
    rule: "Who said something is told by the server, out of the session, and is never taken from a message. A name that looks like that of somebody present, on whatever node, is refused.",
    code: [
      "apps/chat/src/server/names-in-use.ts",
      "apps/chat/src/shared/names.ts",
      "apps/chat/src/shared/person.ts",
    ],
    shownBy: [
      "names.test.ts › a name › is one person's at a time, on all nodes, however it is written",
      "names.test.ts › a name › goes to one of many who want it at the same moment on different nodes",
      "names.test.ts › NamesInUse › steps back where two came at the same moment, so that never both have it",
      "rooms.test.ts › a room › carries edits and removals, with who made them and what they are about",
    ],
    bound:
      "Four spellings of one name are one; of twelve who want it at the same moment on three nodes at most one gets it. While the engine is down names are not compared, and who has a session keeps theirs.",
  },
  {
    threat: "A file that runs as a page of the chat, or is read by strangers",
    rule: "Shown are five kinds of images, everything else is offered for keeping; nothing of it may run or be guessed as another type, and only who has a session gets it, by a name with 128 random bits.",
    code: ["apps/chat/src/server/file-route.ts", "apps/chat/src/server/authorize.ts"],
    shownBy: [
      "files.test.ts › a file › of the type %j is only offered to be kept, whatever it says it is",
      "files.test.ts › a file › is for who has a session, and known by its head alone",
      "files.test.ts › a file › can be sent by its owner only, and heard by nobody",
      "files.test.ts › a file › is refused where it is too large, by who sends it and by the server",
      "files.test.ts › a file › breaks off where its bytes are not what its end says",
      "files.test.ts › a file › of which the engine holds nonsense is none",
    ],
    bound:
      "HTML, SVG and scripts come as `application/octet-stream`, `attachment`, `nosniff`, under `default-src 'none'; sandbox`. A file of one byte more than `MAX_FILE_BYTES` has no end, so it is none.",
  },
  {
    threat: "One person who floods a chat: with messages, rooms, files, or attempts to come in",
    rule: "Each is limited by person over all tabs, entering and connecting by address; who is too fast is told when to go on, and who does not listen is cut off.",
    code: [
      "apps/chat/src/server/person-limits.ts",
      "apps/chat/src/server/limits-by-key.ts",
      "apps/chat/src/server/chat-sockets.ts",
    ],
    shownBy: [
      "limits.test.ts › messages › that come too fast wait for their turn, and the page is told how long",
      "limits.test.ts › messages › are counted by person, not by tab",
      "limits.test.ts › messages › that are %s are refused, whatever sends them",
      "limits.test.ts › rooms and files › that are made too fast are refused, with when to try again",
      "limits.test.ts › rooms and files › that are sent too fast wait for their turn",
      "limits.test.ts › a connection › is closed where it floods, and the others do not notice",
      "limits.test.ts › a connection › is refused where there are too many from one address",
      "limits.test.ts › LimitsByKey › forgets the oldest of many keys first, never the newest",
      "is not given to who tries too often from one address, and says when it will be",
    ],
    bound:
      "20 messages at once and 4 a second, 10 rooms and one in 30 seconds, 30 attempts to come in and one in two seconds; 5,000 questions at once end in 1008. What is counted is kept of 10,000 people and addresses.",
  },
  {
    threat: "An inspector that shows strangers what others say",
    rule: "It has a switch and an authorisation of its own, hides what others send, and bounds what it keeps and inflates.",
    code: [],
    shownBy: [],
    bound: "–",
    missing: "the inspector is not built yet",
  },
];
