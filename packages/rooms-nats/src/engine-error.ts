// What goes wrong with NATS, as the errors of the seam.
import { JetStreamApiError } from "@nats-io/jetstream";
import { RequestError } from "@nats-io/transport-node";
import { EngineError } from "@ws/rooms";

/** JetStream's own numbers of errors. */
const WRONG_LAST_SEQUENCE = 10071;
const WRONG_STREAM = 10060;
const NO_STREAM = 10059;

/** What the server refuses is a fault; everything else means that no answer came, and the question may have had its effect. */
export function engineError(what: string, error: unknown): Error {
  if (error instanceof EngineError || error instanceof RangeError || error instanceof TypeError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const isRefused = error instanceof JetStreamApiError && error.status < 500;
  const code = isRefused ? "ENGINE_FAULT" : "ENGINE_DOWN";
  return new EngineError(code, `Cannot ${what}: ${reason}`, { cause: error });
}

/** Somebody else has published to the subject before us. */
export function isWrongLastSequence(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE;
}

/** The stream that we know is not there: it was deleted or lost, and another one may be in its place. */
export function isStreamGone(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return error.code === WRONG_STREAM || error.code === NO_STREAM;
  // Nobody takes in what is published to the subject; the client wraps that, too.
  const cause = error instanceof Error && error.cause instanceof RequestError ? error.cause : error;
  return cause instanceof RequestError && cause.isNoResponders();
}
