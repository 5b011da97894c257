// The command line.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Form } from "./suite/case.ts";
import { defaultDeadlineMs } from "./suite/case-context.ts";
import { type Setting, settings } from "./targets/target.ts";

export const usage: string = `Usage: conformance [options]

What to judge (one of these; without any, the stack of this repository in all settings):
  --target <url>        an echo server, ws://… or wss://…
  --listen [port]       a client: prints the URL of a list of cases and waits until it is done
  --run <names>         implementations known here, both roles each
  --compare <names>     the same, side by side; exits with 0 whatever comes out

Which cases:
  --only <prefixes>     those whose id begins so; several separated by commas
  --short               representative ones, in seconds
  --long                all, with sweeps that take minutes
  --role <role>         with --run or --compare: only server or client
  --settings <names>    default tcp; of ${settings.map(({ name }) => name).join(", ")}

How:
  --jobs <n>            cases under way at once, default 8
  --deadline <ms>       for a case that names none of its own, default 5000
  --http2               over HTTP/2 (RFC 8441), with --target, or with --listen and TLS
  --ca <file>           certificates to trust for wss
  --insecure            take any certificate
  --host <address>      with --listen: where, default 127.0.0.1
  --cert <file>  --key <file>   with --listen: speak TLS

Reports besides the one on the terminal:
  --json <file>  --html <file>  --markdown <file>

Exits with 1 when a case is failed or non-strict, with 2 when it could not run.`;

export interface Options {
  readonly target: string | undefined;
  /** The port, 0 for any free one. */
  readonly listen: number | undefined;
  readonly run: readonly string[];
  readonly compare: boolean;
  readonly only: readonly string[];
  readonly form: Form;
  readonly role: "server" | "client" | undefined;
  readonly settings: readonly Setting[];
  readonly jobs: number;
  readonly deadlineMs: number;
  readonly ca: string | undefined;
  readonly insecure: boolean;
  readonly http2: boolean;
  readonly host: string;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly json: string | undefined;
  readonly html: string | undefined;
  readonly markdown: string | undefined;
  readonly help: boolean;
}

/** Throws `TypeError` or `RangeError` with a sentence for the user. */
export function parseOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: withListenValue(argv),
    options: {
      target: { type: "string" },
      listen: { type: "string" },
      run: { type: "string" },
      compare: { type: "string" },
      only: { type: "string", multiple: true },
      short: { type: "boolean", default: false },
      long: { type: "boolean", default: false },
      role: { type: "string" },
      settings: { type: "string" },
      jobs: { type: "string", default: "8" },
      deadline: { type: "string", default: String(defaultDeadlineMs) },
      ca: { type: "string" },
      insecure: { type: "boolean", default: false },
      http2: { type: "boolean", default: false },
      host: { type: "string", default: "127.0.0.1" },
      cert: { type: "string" },
      key: { type: "string" },
      json: { type: "string" },
      html: { type: "string" },
      markdown: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const ways = [values.target, values.listen, values.run, values.compare].filter((way) => way !== undefined);
  if (ways.length > 1)
    throw new TypeError(
      "Cannot judge several things at once: choose one of --target, --listen, --run, --compare",
    );
  if (values.target !== undefined && !/^wss?:\/\//.test(values.target)) {
    throw new TypeError(`Cannot connect to "${values.target}": the URL begins with ws:// or wss://`);
  }
  return {
    target: values.target,
    listen: values.listen === undefined ? undefined : integer("--listen", values.listen, 0, 65_535),
    run: listOf(values.run ?? values.compare),
    compare: values.compare !== undefined,
    only: (values.only ?? []).flatMap(listOf),
    form: values.short ? "short" : values.long ? "long" : "full",
    role: roleOf(values.role),
    settings: settingsOf(values.settings, ways.length === 0),
    jobs: integer("--jobs", values.jobs, 1, 64),
    deadlineMs: integer("--deadline", values.deadline, 1, 600_000),
    ca: values.ca === undefined ? undefined : readFileSync(values.ca, "utf8"),
    insecure: values.insecure,
    http2: values.http2,
    host: values.host,
    tls: tlsOf(values.cert, values.key),
    json: values.json,
    html: values.html,
    markdown: values.markdown,
    help: values.help,
  };
}

/** `--listen` may stand without its port. */
function withListenValue(argv: readonly string[]): string[] {
  return argv.flatMap((argument, i) => {
    const next = argv[i + 1];
    return argument === "--listen" && (next === undefined || next.startsWith("-"))
      ? ["--listen", "0"]
      : [argument];
  });
}

function listOf(value: string | undefined): string[] {
  return (value ?? "").split(",").filter((part) => part !== "");
}

function integer(name: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw new RangeError(`Cannot take ${name} ${value}: it is an integer from ${min} to ${max}`);
  }
  return number;
}

function roleOf(value: string | undefined): "server" | "client" | undefined {
  if (value === undefined || value === "server" || value === "client") return value;
  throw new RangeError(`Cannot take --role ${value}: it is server or client`);
}

/** Left alone, the suite judges its own repository in every setting; others are run over TCP unless asked otherwise. */
function settingsOf(value: string | undefined, all: boolean): readonly Setting[] {
  const names = listOf(value);
  for (const name of names) {
    if (!settings.some((setting) => setting.name === name))
      throw new RangeError(`Cannot take --settings ${name}: there is no such setting`);
  }
  return settings.filter(({ name }) => (names.length === 0 ? all || name === "tcp" : names.includes(name)));
}

function tlsOf(cert: string | undefined, key: string | undefined): Options["tls"] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new TypeError("Cannot speak TLS: --cert and --key come together");
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}
