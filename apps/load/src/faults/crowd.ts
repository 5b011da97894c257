// A process full of clients.
import { nowMs } from "../clock.ts";
import { answer } from "../process/answer.ts";
import { latencyOf, type Latency } from "../percentile.ts";
import { sourceOf } from "../wire/address.ts";
import { inTurns } from "../wire/in-turns.ts";
import { type Member, Records } from "./behaviour.ts";
import { BEHAVIOURS, type BehaviourName, type Crowd } from "./behaviours.ts";

export interface JoinOptions {
  readonly port: number;
  readonly paceMs: number;
  readonly handshakeTimeoutMs: number;
}

export interface CrowdReport {
  readonly echo: Latency;
  readonly broadcast: Latency;
  readonly complaints: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

const members: Member[] = [];
const records = new Records();

const answers = {
  join: async (crowd: Crowd, { port, paceMs, handshakeTimeoutMs }: JoinOptions): Promise<void> => {
    for (const [name, count] of Object.entries(crowd)) {
      const behave = BEHAVIOURS[name as BehaviourName];
      await inTurns(count, async (index) => {
        const address = { port, path: `/${name}`, ...sourceOf(index) };
        members.push(await behave({ address, index, paceMs, handshakeTimeoutMs, records }));
      });
    }
  },
  /** When it was. */
  begin: (): number => {
    for (const member of members) member.begin?.();
    return nowMs();
  },
  finish: async (broadcasts: number): Promise<void> => {
    await Promise.all(members.map(async (member) => member.finish?.(broadcasts)));
  },
  leave: (): void => {
    for (const member of members) member.leave();
  },
  report: (): CrowdReport => ({
    echo: latencyOf(records.echoMs),
    broadcast: latencyOf(records.broadcastMs),
    complaints: records.complaints,
    counts: records.counts,
  }),
};
export type CrowdProcess = typeof answers;

answer(answers);
