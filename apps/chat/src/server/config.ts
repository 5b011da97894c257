// What the environment says, as values that are checked once. Every mistake is reported with a sentence, not only the first.
import * as v from "valibot";
import { environment, notesOf, SETTINGS } from "./settings.ts";

export const DEFAULT_PORT = 3000;
const DAY_MS = 24 * 60 * 60 * 1000;

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
  readonly maxFileBytesPerDay: number;
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
    maxFileBytesPerDay: is.MAX_FILE_BYTES_PER_DAY,
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

function engineOf(redis: string | undefined, nats: string | undefined): EngineChoice {
  if (redis !== undefined) return { kind: "redis", url: redis };
  return nats === undefined ? { kind: "sqlite" } : { kind: "nats", url: nats };
}
