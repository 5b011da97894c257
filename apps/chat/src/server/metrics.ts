// The numbers of this node for Prometheus: its connections, its process, and what is the chat's own.
import type { IncomingMessage } from "node:http";
import { timingSafeEqual, createHash } from "node:crypto";
import { collectPrometheus } from "@ws/metrics/prometheus";
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { text } from "./http-answers.ts";
import type { Route } from "./http-routes.ts";

export interface ChatNumbers {
  readonly people: () => number;
  readonly rooms: () => number;
  readonly isEngineUp: () => boolean;
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #stopConnections: () => void;
  readonly #limited: Counter<"what">;
  readonly #sessions: Counter<"outcome">;

  constructor() {
    const registers = [this.#registry];
    this.#limited = new Counter({
      name: "chat_limited_total",
      help: "How often somebody was told to slow down",
      labelNames: ["what"],
      registers,
    });
    this.#sessions = new Counter({
      name: "chat_sessions_total",
      help: "What became of those who wanted to come in, and who left",
      labelNames: ["outcome"],
      registers,
    });
    this.#stopConnections = collectPrometheus({ register: this.#registry }).stop;
    collectDefaultMetrics({ register: this.#registry });
  }

  /** What is asked when somebody wants to know. */
  watch({ people, rooms, isEngineUp }: ChatNumbers): void {
    this.#gauge("chat_people", "People with a connection to this node", people);
    this.#gauge("chat_rooms", "Rooms with a connection of this node", rooms);
    this.#gauge("chat_engine_up", "1 where what carries the rooms can be reached", () =>
      Number(isEngineUp()),
    );
  }

  countLimited(what: string): void {
    this.#limited.inc({ what });
  }

  countSession(outcome: string): void {
    this.#sessions.inc({ outcome });
  }

  /** @param token who sends it may read them; without one this machine may, and no proxy on it */
  route(token: string | undefined): Route {
    return async (request, response) => {
      if (!mayRead(request, token)) return text(response, 403, "Not for you\n");
      const body = await this.#registry.metrics();
      response.writeHead(200, { "Content-Type": this.#registry.contentType, "Cache-Control": "no-store" });
      response.end(body);
    };
  }

  stop(): void {
    this.#stopConnections();
    this.#registry.clear();
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect: () => gauge.set(read()),
    });
  }
}

function mayRead({ headers, socket }: IncomingMessage, token: string | undefined): boolean {
  if (token !== undefined) return isSame(headers.authorization ?? "", `Bearer ${token}`);
  const isForwarded = headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined;
  const { remoteAddress = "" } = socket;
  const isHere =
    remoteAddress === "::1" || remoteAddress.startsWith("127.") || remoteAddress.startsWith("::ffff:127.");
  return isHere && !isForwarded;
}

/** In a time that tells nothing of either. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}
