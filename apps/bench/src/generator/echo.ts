// Messages that are answered: so many under way on each connection, or on some of them in turns.
import { differentMessages, payloadOf } from "../loads/payload.ts";
import type { Load } from "../loads/load.ts";
import { frameOf, maskKeyOf, Opcode } from "../wire/frame.ts";
import { inTurns, openChannel } from "../wire/open.ts";
import type { Channel, Target } from "../wire/target.ts";
import { CompressedReplies, CompressedText } from "./compressed-replies.ts";
import { Cycle } from "./cycle.ts";
import { Driver } from "./driver.ts";
import { ExactReplies, ExpectedText, type Replies } from "./replies.ts";

interface Talker {
  channel: Channel | undefined;
  readonly replies: Replies;
  readonly sentAt: Float64Array;
  sent: number;
  answered: number;
}

export class EchoDriver extends Driver {
  readonly #load: Load;
  readonly #target: Target;
  readonly #requests: Cycle;
  readonly #repliesOf: () => Replies;
  readonly #talkers: Talker[] = [];
  readonly #weight: number;
  readonly #takesTurns: boolean;
  #next = 0;

  constructor(load: Load, target: Target) {
    super();
    this.#load = load;
    this.#target = target;
    this.#weight = load.fragments ?? 1;
    this.#takesTurns = load.active !== undefined;
    const { requests, repliesOf } = exchangeOf(load, target);
    this.#requests = new Cycle(requests, load.inFlight);
    this.#repliesOf = repliesOf;
  }

  async start(): Promise<void> {
    const { connections, active = connections, inFlight } = this.#load;
    await inTurns(connections, (index) => this.#open(index));
    for (const talker of this.#talkers.slice(0, active)) this.#send(talker, inFlight, performance.now());
    this.#next = active;
  }

  async #open(index: number): Promise<void> {
    const talker: Talker = {
      channel: undefined,
      replies: this.#repliesOf(),
      sentAt: new Float64Array(this.#load.inFlight),
      sent: 0,
      answered: 0,
    };
    talker.channel = await openChannel(this.#target, index, {
      onBytes: (chunk) => this.#onBytes(talker, chunk),
      onEnd: (error) => this.fail(error ?? new Error("A connection ended")),
    });
    this.#talkers.push(talker);
  }

  #onBytes(talker: Talker, chunk: Buffer): void {
    if (this.isStopped || this.failure !== undefined) return;
    let answered: number;
    try {
      answered = talker.replies.take(chunk);
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    if (answered === 0) return;
    const now = performance.now();
    const { sentAt } = talker;
    for (let i = 0; i < answered; i++) {
      this.latencies.record(now - sentAt[talker.answered++ % sentAt.length]!);
    }
    this.count += answered * this.#weight;
    this.#send(this.#takesTurns ? this.#nextIdle() : talker, answered, now);
  }

  #send(talker: Talker, count: number, now: number): void {
    talker.channel!.write(this.#requests.slice(talker.sent, count));
    for (let i = 0; i < count; i++) talker.sentAt[talker.sent++ % talker.sentAt.length] = now;
  }

  #nextIdle(): Talker {
    for (;;) {
      const talker = this.#talkers[this.#next++ % this.#talkers.length]!;
      if (talker.sent === talker.answered) return talker;
    }
  }

  protected release(): void {
    for (const { channel } of this.#talkers) channel!.destroy();
  }
}

interface Exchange {
  readonly requests: readonly Buffer[];
  readonly repliesOf: () => Replies;
}

function exchangeOf(load: Load, target: Target): Exchange {
  const messages = Array.from({ length: differentMessages(load) }, (_, i) => payloadOf(load, i));
  if (load.compression !== undefined) {
    const text = new CompressedText(messages, load.compression === "takeover");
    return {
      requests: text
        .compress()
        .map((bytes, i) => frameOf(Opcode.binary, bytes, { maskKey: maskKeyOf(i), rsv1: true })),
      repliesOf: () => new CompressedReplies(text),
    };
  }
  const opcode = load.text ? Opcode.text : Opcode.binary;
  // Engine.IO calls a text a message by its first letter; bytes are always one.
  const prefix = load.text && target.wire === "engine.io" ? "4" : "";
  const payloads = messages.map((message) => Buffer.concat([Buffer.from(prefix), message]));
  const requests = payloads.map((payload, i) => requestOf(load, opcode, payload, i));
  const echoes = target.wire === "raw" ? requests : payloads.map((payload) => frameOf(opcode, payload));
  const replies = load.acknowledged ? [frameOf(Opcode.binary, Buffer.of(1))] : echoes;
  const expected = new ExpectedText(replies);
  return { requests, repliesOf: () => new ExactReplies(expected) };
}

function requestOf({ fragments = 1 }: Load, opcode: number, payload: Buffer, index: number): Buffer {
  const size = payload.length / fragments;
  const frames = Array.from({ length: fragments }, (_, i) =>
    frameOf(i === 0 ? opcode : Opcode.continuation, payload.subarray(i * size, (i + 1) * size), {
      maskKey: maskKeyOf(index + i),
      fin: i === fragments - 1,
    }),
  );
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
}
