// Asking the server: no more at a time than it takes, in order, each question with its deadline. Answers are handed over in the
// turn in which they arrive, because what follows them may depend on it.
import { RoomError } from "../room-error.ts";
import type { ClientMessage, ServerMessage } from "../wire/messages.ts";

export interface Question {
  readonly build: (id: number) => ClientMessage;
  readonly timeoutMs: number;
  /** It waits for the next connection where there is none; once it was sent, a break ends it all the same. */
  readonly mayWait: boolean;
  /** The client's own, of which there are only so many: it is not among those that `maxPendingRequests` bounds. Default: `false`. */
  readonly isOwn?: boolean;
  readonly onAnswer: (answer: ServerMessage) => void;
  /** `DISCONNECTED`, `TIMEOUT`, what the server said, or what is wrong with the question itself. */
  readonly onError: (error: Error) => void;
}

interface Asked extends Question {
  readonly timer: ReturnType<typeof setTimeout>;
  id: number | undefined;
}

export class Asker {
  readonly #send: (message: ClientMessage) => void;
  readonly #maxWaiting: number;
  readonly #sent = new Map<number, Asked>();
  #waiting: Asked[] = [];
  #room = 0;
  /** Counts up over all connections: a late answer answers nothing else. */
  #lastId = 0;
  #closed: RoomError | undefined;

  /** @param send may throw for a message that cannot be encoded */
  constructor(send: (message: ClientMessage) => void, maxWaiting: number) {
    this.#send = send;
    this.#maxWaiting = maxWaiting;
  }

  /** @returns what gives the question up, without a word */
  ask(question: Question): () => void {
    const timer = setTimeout(() => {
      this.#forget(asked);
      const why = `Cannot wait any longer: no answer within ${question.timeoutMs} ms`;
      question.onError(new RoomError("TIMEOUT", why));
      this.#pump();
    }, question.timeoutMs);
    const asked: Asked = { ...question, timer, id: undefined };
    const isFull = question.isOwn !== true && this.#waitingOfOthers() >= this.#maxWaiting;
    if (this.#closed !== undefined) this.#failSoon(asked, this.#closed);
    else if (!question.mayWait && this.#room === 0) this.#failSoon(asked, disconnected());
    else if (isFull) this.#failSoon(asked, full(this.#maxWaiting));
    else this.#waiting.push(asked);
    this.#pump();
    return () => {
      this.#forget(asked);
      this.#pump();
    };
  }

  #waitingOfOthers(): number {
    return this.#waiting.filter(({ isOwn }) => isOwn !== true).length;
  }

  /** There is a connection, whose server takes so many at a time. */
  open(inFlight: number): void {
    this.#room = inFlight;
    this.#pump();
  }

  /** There is none: who has asked does not know what became of it. */
  down(): void {
    this.#room = 0;
    const lost = [...this.#sent.values(), ...this.#waiting.filter(({ mayWait }) => !mayWait)];
    for (const asked of lost) this.#forget(asked);
    for (const asked of lost) asked.onError(disconnected());
  }

  close(error: RoomError): void {
    this.#closed = error;
    this.#room = 0;
    const all = [...this.#sent.values(), ...this.#waiting];
    for (const asked of all) this.#forget(asked);
    for (const asked of all) asked.onError(error);
  }

  answer(re: number, answer: ServerMessage): void {
    const asked = this.#sent.get(re);
    if (asked === undefined) return;
    this.#forget(asked);
    if (answer.type === "error") asked.onError(new RoomError(answer.code, answer.message));
    else asked.onAnswer(answer);
    this.#pump();
  }

  #pump(): void {
    while (this.#sent.size < this.#room) {
      const asked = this.#waiting.shift();
      if (asked === undefined) return;
      asked.id = ++this.#lastId;
      this.#sent.set(asked.id, asked);
      try {
        this.#send(asked.build(asked.id));
      } catch (error) {
        this.#failSoon(asked, error as Error);
      }
    }
  }

  /** After the call that asked. */
  #failSoon(asked: Asked, error: Error): void {
    this.#forget(asked);
    queueMicrotask(() => asked.onError(error));
  }

  #forget(asked: Asked): void {
    clearTimeout(asked.timer);
    if (asked.id === undefined) this.#waiting = this.#waiting.filter((each) => each !== asked);
    else this.#sent.delete(asked.id);
  }
}

function disconnected(): RoomError {
  return new RoomError(
    "DISCONNECTED",
    "Cannot wait any longer: the connection broke before there was an answer",
  );
}

function full(max: number): RoomError {
  return new RoomError("QUEUE_FULL", `Cannot ask: ${max} questions (maxPendingRequests) wait already`);
}
