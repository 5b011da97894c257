// All the sessions, by the name that goes into the books.
import type { Session } from "./session.ts";
import { breakOff } from "./sessions/break-off.ts";
import { beClosed, beTerminated, close } from "./sessions/close.ts";
import { exchangeBinary, exchangeCompressed, exchangeOverHttp2, exchangeText } from "./sessions/exchange.ts";
import { exchangeFragments } from "./sessions/fragments.ts";
import { garble, garbleHandshake } from "./sessions/garble.ts";
import { fallSilent, neverAsk } from "./sessions/half-open.ts";
import { pauseReading } from "./sessions/pause.ts";
import { exchangeStream, giveUpStream } from "./sessions/stream.ts";

export const SESSIONS: Readonly<Record<string, Session>> = {
  text: exchangeText,
  binary: exchangeBinary,
  compressed: exchangeCompressed,
  fragments: exchangeFragments,
  http2: exchangeOverHttp2,
  stream: exchangeStream,
  givenUp: giveUpStream,
  pause: pauseReading,
  close,
  closed: beClosed,
  terminated: beTerminated,
  brokenOff: breakOff,
  silent: fallSilent,
  unasked: neverAsk,
  garbage: garble,
  garbageHandshake: garbleHandshake,
};
