// The two ways to a report: going to a server, and waiting for a client.
import {
  type ClientTrial,
  type JudgeOptions,
  judgeServer,
  listenForClient,
  type RunReport,
  UnreachableError,
} from "@ws/conformance";
import { CommandError, sentence, usageError } from "../command-error.ts";
import { type CommandIo, note, write } from "../command-io.ts";
import { ExitCode } from "../exit-code.ts";
import type { ListenAddress } from "../flags/listen-address.ts";
import { readKeyPair, readPem } from "../flags/pem-files.ts";
import { readHeaders, readUrl } from "../flags/target-flags.ts";

/** Where to, or where from. */
export interface JudgeFlags {
  readonly listen?: ListenAddress | true;
  readonly jobs: number;
  readonly header?: readonly string[];
  readonly auth?: string;
  readonly ca?: string;
  readonly insecure?: true;
  readonly cert?: string;
  readonly key?: string;
  readonly http2?: true;
  readonly json?: true;
}

export async function judgeServerAt(
  address: string,
  flags: JudgeFlags,
  options: JudgeOptions,
  io: CommandIo,
): Promise<RunReport> {
  const { ca, insecure = false, http2 = false, jobs } = flags;
  if (flags.cert !== undefined || flags.key !== undefined) {
    throw usageError("Cannot use --cert and --key with a server: they are for --listen");
  }
  if (insecure) note(io.stderr, "warning: nobody checks who the server is (--insecure)");
  const url = readUrl(address);
  const { username, password } = url;
  // A report says where the server is, and not how one gets in.
  url.username = url.password = "";
  const auth =
    username === "" ? undefined : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  try {
    return await judgeServer(url, {
      ...options,
      headers: readHeaders({ ...(auth !== undefined && { auth }), ...flags }),
      ca: ca === undefined ? undefined : await readPem(ca),
      insecure,
      http2,
      jobs,
      signal: io.signal,
    });
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    throw new CommandError(ExitCode.unreachable, error.message, { cause: error });
  }
}

export async function judgeClientThatComes(
  flags: JudgeFlags,
  options: JudgeOptions,
  io: CommandIo,
): Promise<RunReport> {
  const address = flags.listen === true ? undefined : flags.listen;
  const tls = await readKeyPair(flags, "speak TLS");
  let trial: ClientTrial;
  try {
    trial = await listenForClient({ ...options, ...address, tls, http2: flags.http2 ?? false });
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    throw new CommandError(ExitCode.unreachable, `Cannot listen: ${sentence(error)}`, { cause: error });
  }
  // Standard output is for the report where a program reads that.
  await write(flags.json === true ? io.stderr : io.stdout, whatToDo(trial.url));
  if (!io.signal.aborted) {
    const interrupted = new Promise((resolve) => {
      io.signal.addEventListener("abort", resolve, { once: true });
    });
    await Promise.race([trial.finished, interrupted]);
  }
  return trial.close();
}

/** The whole protocol: a client needs no more than this to be judged. */
function whatToDo(url: string): string {
  const list = url.replace(/^http/, "ws");
  return `The client under test
1. gets ${url}: { "cases": [{ "id", "url", "protocols"? }], "done" };
2. for each case connects a WebSocket to "url", offering "protocols" where there are any, and sends every message back as it
   came, until it is closed; several at once are fine, and in many cases it must not connect;
3. gets the URL under "done".
A client without HTTP connects a WebSocket to ${list} instead, and ends by connecting one to "done".
`;
}
