// The process of the clients that come and go: so many sessions a second, of every kind in turn.
import { answer } from "../process/answer.ts";
import { type Holdings, takeHoldings } from "../process/holdings.ts";
import { type Sample, takeSample } from "../process/sample.ts";
import type { Session } from "./session.ts";
import { SESSIONS } from "./sessions.ts";

const TIMEOUT_MS = 15_000;

export interface ChurnReport {
  /** How many of each ended as they must. */
  readonly sessions: Readonly<Record<string, number>>;
  readonly complaints: readonly string[];
}

const kinds = Object.entries(SESSIONS);
const sessions: Record<string, number> = {};
const complaints: string[] = [];
const running = new Set<Promise<void>>();
let started = 0;
let interval: NodeJS.Timeout | undefined;

async function run(name: string, session: Session, port: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`did not end within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    await Promise.race([session({ port, path: `/${name}` }), tooLate]);
    sessions[name] = (sessions[name] ?? 0) + 1;
  } catch (error) {
    complaints.push(`${name}: ${(error as Error).message}`);
  } finally {
    clearTimeout(timer);
  }
}

const answers = {
  holdings: (): Promise<Holdings> => takeHoldings(),
  start: (port: number, perSecond: number): void => {
    interval = setInterval(() => {
      const [name, session] = kinds[started++ % kinds.length]!;
      const one = run(name, session, port);
      running.add(one);
      void one.then(() => running.delete(one));
    }, 1000 / perSecond);
  },
  /** Resolves when the last session has ended. */
  stop: async (): Promise<void> => {
    clearInterval(interval);
    // Whoever counts timers would find it.
    interval = undefined;
    await Promise.all(running);
  },
  sample: (): Promise<Sample> => takeSample(),
  report: (): ChurnReport => ({ sessions, complaints }),
};
export type Churn = typeof answers;

answer(answers);
