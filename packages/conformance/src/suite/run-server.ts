// Runs many cases against a server, a bounded number at a time: those that its version of HTTP has.
import type { ServerAddress } from "../opening/server-address.ts";
import { type Case, isPlayedOver } from "./case.ts";
import { type CaseResult, runAgainstServer } from "./run-case.ts";

export interface ServerRunOptions {
  /** Cases under way at once. Default 8. */
  readonly jobs?: number | undefined;
  /** For cases without a deadline of their own. Default 5 s. */
  readonly deadlineMs?: number | undefined;
  readonly onResult?: (result: CaseResult) => void;
  /** Ends the run: what is under way then has no result. */
  readonly signal?: AbortSignal | undefined;
}

export async function runServer(
  selected: readonly Case[],
  address: ServerAddress,
  { jobs = 8, deadlineMs, onResult, signal }: ServerRunOptions = {},
): Promise<CaseResult[]> {
  const cases = selected.filter((one) => isPlayedOver(one, address.http2 ?? false));
  const results: (CaseResult | undefined)[] = cases.map(() => undefined);
  const run = async (indices: number[], atOnce: number): Promise<void> => {
    const worker = async (): Promise<void> => {
      for (let index = indices.shift(); index !== undefined; index = indices.shift()) {
        if (signal?.aborted) return;
        const result = await runAgainstServer(cases[index] as Case, address, { deadlineMs, signal });
        if (signal?.aborted) return;
        results[index] = result;
        onResult?.(result);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  const indices = cases.map((_, index) => index);
  await run(
    indices.filter((index) => !cases[index]?.heavy),
    jobs,
  );
  await run(
    indices.filter((index) => cases[index]?.heavy),
    1,
  );
  return results.filter((result) => result !== undefined);
}
