// What the environment says, as values that are checked once. The schema is the whole truth: docs/configuration.md is made from it,
// and every mistake is reported with a sentence, not only the first.
import { fileURLToPath } from "node:url";
import * as v from "valibot";

export const DEFAULT_PORT = 3000;
const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_DATA_FOLDER: string = fileURLToPath(new URL("../../data", import.meta.url));

/** Told about a variable besides its schema, for people. */
export interface SettingNotes {
  readonly about: string;
  /** As the reference says it, where the value itself does not tell. */
  readonly shownDefault?: string;
  /** Its value is not repeated in an error. */
  readonly isSecret?: boolean;
}

function setting<const Schema extends v.GenericSchema<string | undefined, unknown>>(
  schema: Schema,
  notes: SettingNotes,
): v.SchemaWithPipe<
  readonly [Schema, v.MetadataAction<v.InferOutput<Schema>, { readonly notes: SettingNotes }>]
> {
  return v.pipe(schema, v.metadata({ notes }));
}

/** The message of each schema ends the sentence "PORT is …, but must be …". */
const whole = (min: number, max: number) => {
  const rule = `a whole number from ${min} to ${max}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,12}$/, rule),
    v.transform(Number),
    v.minValue(min, rule),
    v.maxValue(max, rule),
  );
};
const flag = v.pipe(
  v.picklist(["true", "false"], "true or false"),
  v.transform((value) => value === "true"),
);
const list = v.transform((value: string) => value.split(",").map((item) => item.trim()));
const url = (...schemes: string[]) => {
  const rule = `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  return v.pipe(
    v.string(),
    v.check(
      (value) => schemes.some((scheme) => value.startsWith(`${scheme}://`)) && URL.canParse(value),
      rule,
    ),
  );
};
const secret = v.pipe(v.string(), v.minLength(32, "at least 32 characters, random ones"));

export const SETTINGS = {
  PORT: setting(v.optional(whole(0, 65_535)), {
    about: "Where to listen. A port that is given and taken is an error; 0 takes any.",
    shownDefault: "3000, or the next that is free",
  }),
  HOST: setting(v.optional(v.string()), {
    about: "The address to listen on; `127.0.0.1` keeps the chat to this machine.",
    shownDefault: "all addresses",
  }),
  ALLOWED_ORIGINS: setting(
    v.optional(
      v.pipe(
        v.string(),
        list,
        v.check(
          (all) => all.every(isOrigin),
          "a list of origins like https://example.org, separated by commas",
        ),
      ),
      "",
    ),
    {
      about:
        "Origins of other pages that may connect, separated by commas. Needed too where a proxy changes `Host`.",
      shownDefault: "none",
    },
  ),
  TRUSTED_PROXIES: setting(v.optional(v.pipe(v.string(), list), ""), {
    about:
      "Addresses and networks of the proxies in front, separated by commas: their `X-Forwarded-For` says whose limits count. Without it everybody behind a proxy shares those of one address.",
    shownDefault: "none",
  }),
  SECURE_COOKIE: setting(v.optional(flag, "false"), {
    about: "`true` sends the session's cookie over https only; set it behind a TLS proxy.",
  }),
  SESSION_SECRET: setting(v.optional(secret), {
    about:
      "Signs the sessions: the same on all nodes, at least 32 characters. Who has it can be anybody. Another one ends all sessions.",
    shownDefault: "a random one, kept in `DATA_DIR` for its owner only",
    isSecret: true,
  }),
  DATA_DIR: setting(v.optional(v.string(), DEFAULT_DATA_FOLDER), {
    about: "Where the history (`chat.db`) and the secret are kept; on a local disk, one process each.",
    shownDefault: "`data` in the folder of the app",
  }),
  REDIS_URL: setting(v.optional(url("redis", "rediss")), {
    about:
      "Keeps history in this Redis, for as many nodes as there are; `DATA_DIR` then has the secret only.",
    shownDefault: "none: the history is a file",
    isSecret: true,
  }),
  NATS_URL: setting(v.optional(url("nats", "tls")), {
    about: "The same with a NATS server that has JetStream. Not together with `REDIS_URL`.",
    shownDefault: "none",
    isSecret: true,
  }),
  HISTORY_MESSAGES: setting(v.optional(whole(1, 1_000_000), "100000"), {
    about: "How many messages, edits and removals each room remembers; at most 64 MiB of them.",
  }),
  HISTORY_DAYS: setting(v.optional(whole(1, 3650), "30"), {
    about:
      "For how long rooms remember, and files are kept. Until then what was removed is hidden, not gone.",
  }),
  MAX_FILE_BYTES: setting(v.optional(whole(1024, 64 * 1024 * 1024), String(8 * 1024 * 1024)), {
    about: "How large a file may be, in bytes, up to 64 MiB.",
  }),
  GRACE_MS: setting(v.optional(whole(0, 600_000), "5000"), {
    about: "How long the name of somebody who lost the connection is kept for them: a reload, a tunnel.",
  }),
  MAX_CONNECTIONS: setting(v.optional(whole(1, 1_000_000), "10000"), {
    about: "WebSockets of this node; one more is told 503.",
  }),
  MAX_CONNECTIONS_PER_ADDRESS: setting(v.optional(whole(1, 1_000_000), "200"), {
    about: "Of them from one address (an IPv6 network of /64); one more is told 429.",
  }),
  SHUTDOWN_DEADLINE_MS: setting(v.optional(whole(0, 600_000), "5000"), {
    about: "How long a stop may take.",
  }),
  METRICS_TOKEN: setting(v.optional(secret), {
    about: "Who sends it as `Authorization: Bearer …` may read `/metrics`.",
    shownDefault: "none: only this machine may read them",
    isSecret: true,
  }),
  INSPECTOR: setting(v.optional(v.picklist(["off", "own", "all"], "off, own or all"), "off"), {
    about:
      "`own` shows everybody the frames of their own connections, `all` shows those of all to whoever has `INSPECTOR_TOKEN`, the payloads of others blanked.",
  }),
  INSPECTOR_TOKEN: setting(v.optional(secret), {
    about: "Opens the inspector of `all` connections; needed with `INSPECTOR=all`.",
    shownDefault: "none",
    isSecret: true,
  }),
  LAB: setting(v.optional(v.picklist(["off", "on"], "off or on"), "off"), {
    about:
      "`on` opens the lab, whose echo takes messages of 16 MiB: for demonstrations, not for the open internet.",
  }),
  LOG_LEVEL: setting(
    v.optional(
      v.picklist(
        ["fatal", "error", "warn", "info", "debug", "silent"],
        "fatal, error, warn, info, debug or silent",
      ),
      "info",
    ),
    { about: "What is logged, as lines of JSON on stderr." },
  ),
} as const;

const environment = v.pipe(
  v.object(SETTINGS),
  v.check(
    ({ REDIS_URL, NATS_URL }) => REDIS_URL === undefined || NATS_URL === undefined,
    "Give REDIS_URL or NATS_URL, not both",
  ),
  v.check(
    ({ INSPECTOR, INSPECTOR_TOKEN }) => INSPECTOR !== "all" || INSPECTOR_TOKEN !== undefined,
    "INSPECTOR is all, which needs an INSPECTOR_TOKEN",
  ),
);

/** What carries rooms, and remembers them. */
export type EngineChoice =
  | { readonly kind: "sqlite" }
  | { readonly kind: "redis"; readonly url: string }
  | { readonly kind: "nats"; readonly url: string };

export interface ChatConfig {
  /** `undefined` when nobody said, which is port 3000 or the next free one. */
  readonly port: number | undefined;
  /** `undefined` is all addresses. */
  readonly host: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly secureCookie: boolean;
  /** `undefined`: the one that is kept in the data folder. */
  readonly sessionSecret: string | undefined;
  readonly dataFolder: string;
  readonly engine: EngineChoice;
  readonly historyMessages: number;
  readonly historyMs: number;
  readonly maxFileBytes: number;
  readonly graceMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly shutdownDeadlineMs: number;
  readonly metricsToken: string | undefined;
  readonly inspector: "off" | "own" | "all";
  readonly inspectorToken: string | undefined;
  readonly hasLab: boolean;
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "silent";
}

/** The environment is wrong; `problems` has a sentence for each mistake. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** @throws ConfigError when a variable has a value that makes no sense */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): ChatConfig {
  const result = v.safeParse(environment, given(variables));
  if (!result.success) throw new ConfigError(result.issues.map(sentence));
  const { output: is } = result;
  return {
    port: is.PORT,
    host: is.HOST,
    allowedOrigins: is.ALLOWED_ORIGINS.filter(Boolean),
    trustedProxies: is.TRUSTED_PROXIES.filter(Boolean),
    secureCookie: is.SECURE_COOKIE,
    sessionSecret: is.SESSION_SECRET,
    dataFolder: is.DATA_DIR,
    engine: engineOf(is.REDIS_URL, is.NATS_URL),
    historyMessages: is.HISTORY_MESSAGES,
    historyMs: is.HISTORY_DAYS * DAY_MS,
    maxFileBytes: is.MAX_FILE_BYTES,
    graceMs: is.GRACE_MS,
    maxConnections: is.MAX_CONNECTIONS,
    maxConnectionsPerAddress: is.MAX_CONNECTIONS_PER_ADDRESS,
    shutdownDeadlineMs: is.SHUTDOWN_DEADLINE_MS,
    metricsToken: is.METRICS_TOKEN,
    inspector: is.INSPECTOR,
    inspectorToken: is.INSPECTOR_TOKEN,
    hasLab: is.LAB === "on",
    logLevel: is.LOG_LEVEL,
  };
}

/** An empty variable is one that was not given: that is how compose files and shells leave one out. */
function given(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(SETTINGS)) {
    const value = variables[name]?.trim();
    if (value !== undefined && value !== "") found[name] = value;
  }
  return found;
}

function sentence({ message, path }: v.BaseIssue<unknown>): string {
  const step = path?.[0];
  if (step === undefined) return message;
  const name = String(step.key);
  const { isSecret = false } = notesOf(name as keyof typeof SETTINGS);
  return isSecret
    ? `${name} must be ${message}`
    : `${name} is ${JSON.stringify(step.value)}, but must be ${message}`;
}

/** What is told about a variable besides its schema. */
export function notesOf(name: keyof typeof SETTINGS): SettingNotes {
  return v.getMetadata(SETTINGS[name])["notes"];
}

function engineOf(redis: string | undefined, nats: string | undefined): EngineChoice {
  if (redis !== undefined) return { kind: "redis", url: redis };
  return nats === undefined ? { kind: "sqlite" } : { kind: "nats", url: nats };
}

function isOrigin(text: string): boolean {
  if (text === "") return true;
  if (!URL.canParse(text)) return false;
  const { protocol, origin } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && origin === text;
}
