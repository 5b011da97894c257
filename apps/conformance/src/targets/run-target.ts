// Runs the cases of one role against one target in one setting.
import type { Role } from "../role.ts";
import type { Case } from "../suite/case.ts";
import { ClientListener } from "../suite/client-listener.ts";
import type { CaseResult } from "../suite/run-case.ts";
import { runServer } from "../suite/run-server.ts";
import { selfSigned } from "../tls/self-signed.ts";
import type { Setting, Target } from "./target.ts";

export interface TargetRunOptions {
  readonly jobs: number;
  readonly deadlineMs?: number | undefined;
  readonly onResult?: (result: CaseResult) => void;
}

export async function runTarget(
  target: Target,
  role: Role,
  setting: Setting,
  cases: readonly Case[],
  options: TargetRunOptions,
): Promise<CaseResult[]> {
  if (role === "client") return runAsClient(target, setting, cases, options);
  const server = await target.startServer(setting);
  try {
    return await runServer(cases, { url: new URL(server.url), ca: server.ca, http2: setting.http2 }, options);
  } finally {
    await server.close();
  }
}

async function runAsClient(
  target: Target,
  setting: Setting,
  cases: readonly Case[],
  { deadlineMs, onResult }: TargetRunOptions,
): Promise<CaseResult[]> {
  const tls = setting.tls ? selfSigned() : undefined;
  const listener = new ClientListener(cases, {
    tls,
    http2: setting.http2,
    deadlineMs,
    ...(onResult !== undefined && { onResult }),
  });
  const listUrl = await listener.listen();
  const { compression, http2 = false } = setting;
  await target.runClient(listUrl, { compression, http2, ...(tls !== undefined && { ca: tls.cert }) });
  return listener.close();
}
