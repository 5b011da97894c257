// Judges one role of one target in one setting.
import { judgeServer, type JudgeOptions, listenForClient, type Role, type RunReport } from "@ws/conformance";
import { localCertificate } from "./certificate.ts";
import type { Setting, Target } from "./target.ts";

export interface TargetRunOptions extends JudgeOptions {
  /** Of servers: cases under way at once. Default: 8. */
  readonly jobs?: number;
}

export async function runTarget(
  target: Target,
  role: Role,
  setting: Setting,
  options: TargetRunOptions,
): Promise<RunReport> {
  const run = role === "server" ? runAsServer : runAsClient;
  return { ...(await run(target, setting, options)), target: target.name, setting: setting.name };
}

async function runAsServer(target: Target, setting: Setting, options: TargetRunOptions): Promise<RunReport> {
  const server = await target.startServer(setting);
  try {
    return await judgeServer(server.url, { ...options, ca: server.ca, http2: setting.http2 });
  } finally {
    await server.close();
  }
}

async function runAsClient(target: Target, setting: Setting, options: JudgeOptions): Promise<RunReport> {
  const { compression, http2 = false } = setting;
  const tls = setting.tls ? await localCertificate() : undefined;
  const trial = await listenForClient({ ...options, tls, http2 });
  await target.runClient(trial.url, { compression, http2, ...(tls !== undefined && { ca: tls.cert }) });
  return trial.close();
}
