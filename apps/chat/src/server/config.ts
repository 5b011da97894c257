// What the environment says, as values that are checked once. Every mistake is reported, not only the first.

export interface ChatConfig {
  /** Where to listen; `undefined` when nobody said, which is port 3000 or the next free one. */
  readonly port: number | undefined;
  /** The address to listen on; `undefined` is all of them. */
  readonly host: string | undefined;
  /** Pages of these origins may connect, besides those the chat serves itself. */
  readonly allowedOrigins: readonly string[];
  /** Whether the session's cookie travels over https only. */
  readonly secureCookie: boolean;
  /** How many messages each room remembers. */
  readonly historyMessages: number;
  /** How long somebody without a connection still counts as present: a reload, a tunnel. */
  readonly graceMs: number;
  /** How long a stop may take. */
  readonly shutdownDeadlineMs: number;
}

export const DEFAULT_PORT = 3000;

export const DEFAULTS: ChatConfig = {
  port: undefined,
  host: undefined,
  allowedOrigins: [],
  secureCookie: false,
  historyMessages: 1000,
  graceMs: 5000,
  shutdownDeadlineMs: 5000,
};

/** The environment is wrong; `problems` has a sentence for each variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError when a variable has a value that makes no sense */
export function readConfig(environment: Environment): ChatConfig {
  const problems: string[] = [];
  const report = (name: string, value: string, rule: string): void => {
    problems.push(`${name} is ${JSON.stringify(value)}, but must be ${rule}`);
  };

  const whole = <Fallback>(name: string, min: number, max: number, fallback: Fallback): number | Fallback => {
    const value = given(environment, name);
    if (value === undefined) return fallback;
    if (/^\d{1,12}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    report(name, value, `a whole number from ${min} to ${max}`);
    return fallback;
  };
  const flag = (name: string, fallback: boolean): boolean => {
    const value = given(environment, name);
    if (value === undefined) return fallback;
    if (value === "true" || value === "false") return value === "true";
    report(name, value, "true or false");
    return fallback;
  };
  const origins = (name: string): readonly string[] => {
    const value = given(environment, name);
    if (value === undefined) return [];
    const list = value.split(",").map((origin) => origin.trim());
    if (!list.every(isOrigin))
      report(name, value, "a list of origins like https://example.org, separated by commas");
    return list;
  };

  const config: ChatConfig = {
    port: whole("PORT", 0, 65_535, DEFAULTS.port),
    host: given(environment, "HOST"),
    allowedOrigins: origins("ALLOWED_ORIGINS"),
    secureCookie: flag("SECURE_COOKIE", DEFAULTS.secureCookie),
    historyMessages: whole("HISTORY_MESSAGES", 1, 100_000, DEFAULTS.historyMessages),
    graceMs: whole("GRACE_MS", 0, 600_000, DEFAULTS.graceMs),
    shutdownDeadlineMs: whole("SHUTDOWN_DEADLINE_MS", 0, 600_000, DEFAULTS.shutdownDeadlineMs),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** An empty variable is one that was not given: that is how compose files and shells leave one out. */
function given(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim();
  return value === "" ? undefined : value;
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && origin === text;
}
