// What one run of one case shares: the verdict in the making, the wire log, the clock.
import { Deadline } from "../peer/deadline.ts";
import { WireLog } from "../wire/wire-log.ts";
import type { CaseText } from "./case.ts";
import { Judgement } from "./verdict.ts";

/** For a case that names no deadline of its own. */
export const defaultDeadlineMs = 5_000;

export class CaseContext {
  readonly judgement: Judgement = new Judgement();
  readonly log: WireLog = new WireLog();
  readonly deadline: Deadline;

  constructor(one: Pick<CaseText, "deadlineMs">, usualMs: number = defaultDeadlineMs) {
    this.deadline = new Deadline(one.deadlineMs ?? usualMs);
  }
}
