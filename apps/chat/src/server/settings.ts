// Every variable of the environment that the chat reads: its schema and what it is for. docs/configuration.md is made from this, and
// config.ts makes values of it.
import { isIP } from "node:net";
import { fileURLToPath } from "node:url";
import * as v from "valibot";

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
  TRUSTED_PROXIES: setting(
    v.optional(
      v.pipe(
        v.string(),
        list,
        v.check(
          (all) => all.every(isNetwork),
          "a list of addresses and networks like 10.0.0.0/8, separated by commas",
        ),
      ),
      "",
    ),
    {
      about:
        "Addresses and networks of the proxies in front, separated by commas: their `X-Forwarded-For` says whose limits count. Without it everybody behind a proxy shares those of one address.",
      shownDefault: "none",
    },
  ),
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
  MAX_FILE_BYTES_PER_DAY: setting(v.optional(whole(1024, 999_999_999_999), String(10 * 1024 * 1024 * 1024)), {
    about:
      "How much of files this node takes in a day, from all people together, in bytes: times `HISTORY_DAYS`, and the nodes, that is what they may fill of the disk, or of Redis.",
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

/** All of them together, and what must not be said at the same time. */
export const environment = v.pipe(
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

/** What is told about a variable besides its schema. */
export function notesOf(name: keyof typeof SETTINGS): SettingNotes {
  return v.getMetadata(SETTINGS[name])["notes"];
}

function isOrigin(text: string): boolean {
  if (text === "") return true;
  if (!URL.canParse(text)) return false;
  const { protocol, origin } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && origin === text;
}

function isNetwork(text: string): boolean {
  if (text === "") return true;
  const [address = "", prefix, more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}
