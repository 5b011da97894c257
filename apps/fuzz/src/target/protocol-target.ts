// Protocol, in both roles, plain or compressed, while the application sends and closes: the events against the
// reference, what it writes against its peer, everything under every cut.
import { Protocol, type ProtocolEvent, type ProtocolOptions, type Role } from "@ws/connection";
import { concat, toHex } from "../bytes.ts";
import type { ActionName, FuzzCase } from "../fuzz-case.ts";
import { actions, stretches } from "../generate/actions.ts";
import { deflateFor, inflating } from "../generate/compression.ts";
import { randomCut, recuts } from "../generate/cut.ts";
import { frameInput } from "../generate/frame-input.ts";
import { agreement } from "../generate/session.ts";
import { check, checkEqual } from "../oracle/finding.ts";
import { inflations } from "../oracle/inflate-meter.ts";
import { noteBufferBytes } from "../oracle/memory.ts";
import { Steps } from "../oracle/steps.ts";
import { judgeWritten, type WrittenFrame } from "../oracle/written.ts";
import type { Random } from "../random.ts";
import { readFrames } from "../reference/frame-reader.ts";
import { ReferenceInflate } from "../reference/inflate.ts";
import { readMessages, type ShortEvent } from "../reference/message-reader.ts";
import type { Target } from "./target.ts";

export type ProtocolUnderTest = Pick<
  Protocol,
  | "receive"
  | "receiveEnd"
  | "next"
  | "send"
  | "sendControl"
  | "close"
  | "holdPongs"
  | "maySend"
  | "output"
  | "result"
>;

interface Outcome {
  readonly events: readonly ShortEvent[];
  readonly written: readonly WrittenFrame[];
  readonly producedBytes: number;
  readonly inflations: number;
}

export class ProtocolTarget implements Target {
  readonly name: string;
  readonly #isCompressed: boolean;
  readonly #create: (options: ProtocolOptions) => ProtocolUnderTest;

  constructor(
    isCompressed: boolean,
    create: (options: ProtocolOptions) => ProtocolUnderTest = (options) => new Protocol(options),
  ) {
    this.name = isCompressed ? "protocol-deflate" : "protocol";
    this.#isCompressed = isCompressed;
    this.#create = create;
  }

  generate(random: Random): FuzzCase {
    const role: Role = random.pick(["server", "client"]);
    const compression = this.#isCompressed ? agreement(random) : undefined;
    const { input, valid } = frameInput(random, role, compression);
    const names: ActionName[] = ["sendText", "sendBinary", "ping", "holdPongs", "releasePongs"];
    if (random.oneIn(3)) names.push("close");
    if (random.oneIn(10)) names.push("sendLarge");
    const options = {
      role,
      maxBytes: valid ? 1 << 20 : random.pick([0, 1, 100, 5000, 70_000, 1 << 20]),
      ...(compression && { compression }),
      ...(valid && { valid }),
      actions: actions(random, input.length, names),
    };
    return { input, cut: randomCut(random, input.length), options };
  }

  run(fuzzCase: FuzzCase): number {
    const { input, options } = fuzzCase;
    const { role = "server", maxBytes = 1 << 20, compression, valid = false } = options;
    const outcome = this.#play(fuzzCase, fuzzCase.cut);
    const others = recuts(input.length);
    for (const recut of others) {
      const { events, written } = this.#play(fuzzCase, recut);
      const what = `cut into ${recut.slice(0, 4).join(",")}…`;
      checkEqual("recut", `the events, ${what}`, events, outcome.events);
      checkEqual("recut", `the output, ${what}`, written, outcome.written);
    }

    const read = readFrames(input, {
      reader: role,
      reservedBits: compression === undefined ? 0 : 4,
      maxPayload: BigInt(Number.MAX_SAFE_INTEGER),
    });
    const inflate = compression && inflating(role, compression);
    const expected = readMessages(
      read,
      maxBytes,
      inflate && new ReferenceInflate(inflate.windowBits, inflate.noContextTakeover),
    );
    const { events } = outcome;
    if (expected.isCertain && compression === undefined)
      checkEqual("differential", "the events", events, expected.events);
    else compareWhatIsKnown(events, expected.events);
    const error = events.find(([type]) => type === "error");
    check(
      "differential",
      !valid || error === undefined,
      () => `a valid session ended in ${error?.join(" ")}`,
    );

    const plays = 1 + others.length;
    const perMessage = compression === undefined ? 0 : 70_000;
    // zlib may have filled a buffer up to the limit, and dropped it, before it said that the message is too big.
    const bomb = compression === undefined ? 0 : 4 * (maxBytes + input.length) + 100_000;
    const referenceBytes =
      compression === undefined
        ? 4 * input.length
        : 4 * (maxBytes + read.frames.length * (input.length + 65_536));
    return (
      1024 * 1024 +
      plays *
        (28 * input.length +
          8 * outcome.producedBytes +
          perMessage * (read.frames.length + 8) +
          bomb +
          120_000 * outcome.inflations) +
      referenceBytes +
      8 * outcome.producedBytes * (compression === undefined ? 1 : read.frames.length)
    );
  }

  #play({ input, options }: FuzzCase, cut: readonly number[]): Outcome {
    const { role = "server", maxBytes = 1 << 20, compression } = options;
    const protocol = this.#create({
      role,
      maxMessageBytes: maxBytes,
      ...(compression && { compression: deflateFor(role, compression) }),
    });
    const steps = new Steps("calls of next()", 2 * input.length + 16);
    const inflationsBefore = inflations();
    const events: ShortEvent[] = [];
    const written: Uint8Array[] = [];
    let producedBytes = 0;
    for (const { chunks, action } of stretches(input, cut, options.actions ?? [])) {
      for (const chunk of chunks) {
        protocol.receive(chunk);
        for (;;) {
          steps.take();
          const event = protocol.next();
          if (event === undefined) break;
          const last = events.at(-1)?.[0];
          check("invariant", last !== "close" && last !== "error", `an event came after the ${last}`);
          producedBytes += sizeOf(event);
          events.push(shorten(event));
        }
        written.push(...protocol.output.take());
      }
      if (action !== undefined) act(protocol, action);
      written.push(...protocol.output.take());
    }
    noteBufferBytes();
    protocol.receiveEnd();
    check("invariant", protocol.next() === undefined, "an event came after the end");
    written.push(...protocol.output.take());
    const taken = inflations() - inflationsBefore;
    check(
      "steps",
      taken <= 20 * events.length + 100 + input.length / 512,
      () => `${taken} inflations for ${input.length} bytes`,
    );
    const { code, wasClean } = protocol.result;
    check("invariant", !wasClean || code !== 1006, "it ended cleanly without a close frame");

    const bytes = concat(written);
    const peer = role === "server" ? "client" : "server";
    return {
      events,
      inflations: taken,
      producedBytes: producedBytes + bytes.length,
      written: judgeWritten(bytes, role, compression && deflateFor(peer, compression)),
    };
  }
}

function act(protocol: ProtocolUnderTest, action: ActionName): void {
  if (action === "holdPongs" || action === "releasePongs") return protocol.holdPongs(action === "holdPongs");
  if (action === "close") return protocol.close(1001, "going away");
  if (action === "ping") return protocol.sendControl(9, "still there?");
  if (!protocol.maySend) return;
  if (action === "sendText") protocol.send("grüße ".repeat(5));
  if (action === "sendBinary") protocol.send(new Uint8Array(200));
  if (action === "sendLarge") protocol.send("x".repeat(70_000));
}

function shorten(event: ProtocolEvent): ShortEvent {
  if (event.type === "error") return ["error", event.error.code];
  if (event.type === "close") return ["close", event.code, event.reason];
  const { type, data } = event;
  return [type, typeof data === "string" ? `text ${data}` : toHex(data)];
}

function sizeOf(event: ProtocolEvent): number {
  return "data" in event ? event.data.length : 0;
}

/** As far as the reference knows: message by message, until one of the two failed. */
function compareWhatIsKnown(got: readonly ShortEvent[], expected: readonly ShortEvent[]): void {
  for (const [at, event] of expected.entries()) {
    // zlib's windows differ in what lies too far back: only where both have a message can they be compared.
    if (event[0] === "error" || got[at] === undefined || got[at]?.[0] === "error") return;
    checkEqual("differential", `event ${at}`, got[at], event);
  }
}
