import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type ConfigError, readConfig } from "../src/server/config.ts";
import { SETTINGS } from "../src/server/settings.ts";
import { configurationPage } from "./support/configuration-page.ts";

function problems(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    return (error as ConfigError).problems;
  }
  return [];
}

const LONG = "x".repeat(32);

describe("readConfig", () => {
  it("has a default for everything, for one process with its history in a file", () => {
    expect(readConfig({})).toMatchObject({
      port: undefined,
      host: undefined,
      allowedOrigins: [],
      trustedProxies: [],
      secureCookie: false,
      sessionSecret: undefined,
      engine: { kind: "sqlite" },
      historyMessages: 100_000,
      historyMs: 30 * 24 * 60 * 60 * 1000,
      maxFileBytes: 8 * 1024 * 1024,
      maxFileBytesPerDay: 10 * 1024 * 1024 * 1024,
      graceMs: 5000,
      shutdownDeadlineMs: 5000,
      inspector: "off",
      hasLab: false,
      logLevel: "info",
    });
  });

  it("reads every variable, and takes an empty one for none", () => {
    const config = readConfig({
      PORT: " 8080 ",
      HOST: "127.0.0.1",
      ALLOWED_ORIGINS: "https://a.example, http://b.example:8080",
      TRUSTED_PROXIES: "10.0.0.0/8, ::1",
      SECURE_COOKIE: "true",
      SESSION_SECRET: LONG,
      DATA_DIR: "/var/lib/chat",
      REDIS_URL: "redis://10.0.0.1:6379/2",
      NATS_URL: "",
      HISTORY_MESSAGES: "500",
      HISTORY_DAYS: "1",
      MAX_FILE_BYTES: "2048",
      MAX_FILE_BYTES_PER_DAY: "4096",
      GRACE_MS: "0",
      MAX_CONNECTIONS: "7",
      MAX_CONNECTIONS_PER_ADDRESS: "3",
      SHUTDOWN_DEADLINE_MS: "1",
      METRICS_TOKEN: LONG,
      INSPECTOR: "all",
      INSPECTOR_TOKEN: LONG,
      LAB: "on",
      LOG_LEVEL: "debug",
    });
    expect(config).toEqual({
      port: 8080,
      host: "127.0.0.1",
      allowedOrigins: ["https://a.example", "http://b.example:8080"],
      trustedProxies: ["10.0.0.0/8", "::1"],
      secureCookie: true,
      sessionSecret: LONG,
      dataFolder: "/var/lib/chat",
      engine: { kind: "redis", url: "redis://10.0.0.1:6379/2" },
      historyMessages: 500,
      historyMs: 24 * 60 * 60 * 1000,
      maxFileBytes: 2048,
      maxFileBytesPerDay: 4096,
      graceMs: 0,
      maxConnections: 7,
      maxConnectionsPerAddress: 3,
      shutdownDeadlineMs: 1,
      metricsToken: LONG,
      inspector: "all",
      inspectorToken: LONG,
      hasLab: true,
      logLevel: "debug",
    });
    expect(readConfig({ NATS_URL: "nats://n:4222" }).engine).toEqual({ kind: "nats", url: "nats://n:4222" });
  });

  it.each([
    [{ PORT: "web" }, 'PORT is "web", but must be a whole number from 0 to 65535'],
    [{ PORT: "65536" }, 'PORT is "65536", but must be a whole number from 0 to 65535'],
    [{ GRACE_MS: "-1" }, 'GRACE_MS is "-1", but must be a whole number from 0 to 600000'],
    [{ SECURE_COOKIE: "yes" }, 'SECURE_COOKIE is "yes", but must be true or false'],
    [
      { ALLOWED_ORIGINS: "https://a.example/" },
      'ALLOWED_ORIGINS is "https://a.example/", but must be a list of origins like https://example.org, separated by commas',
    ],
    [
      { TRUSTED_PROXIES: "10.0.0.0/33" },
      'TRUSTED_PROXIES is "10.0.0.0/33", but must be a list of addresses and networks like 10.0.0.0/8, separated by commas',
    ],
    [{ INSPECTOR: "on" }, 'INSPECTOR is "on", but must be off, own or all'],
    [{ LOG_LEVEL: "loud" }, 'LOG_LEVEL is "loud", but must be fatal, error, warn, info, debug or silent'],
  ])("says what is wrong with %j", (environment, sentence) => {
    expect(problems(environment)).toEqual([sentence]);
  });

  it.each([
    [{ SESSION_SECRET: "swordfish" }, "SESSION_SECRET must be at least 32 characters, random ones"],
    [
      { REDIS_URL: "http://user:swordfish@redis" },
      "REDIS_URL must be a URL that begins with redis:// or rediss://",
    ],
    [{ NATS_URL: "swordfish" }, "NATS_URL must be a URL that begins with nats:// or tls://"],
  ])("repeats no secret", (environment, sentence) => {
    expect(problems(environment)).toEqual([sentence]);
  });

  it("says everything that is wrong, not only the first", () => {
    expect(problems({ PORT: "x", LAB: "maybe", METRICS_TOKEN: "short" })).toHaveLength(3);
  });

  it.each([
    [{ REDIS_URL: "redis://r", NATS_URL: "nats://n" }, "Give REDIS_URL or NATS_URL, not both"],
    [{ INSPECTOR: "all" }, "INSPECTOR is all, which needs an INSPECTOR_TOKEN"],
  ])("says what does not go together: %j", (environment, sentence) => {
    expect(problems(environment)).toEqual([sentence]);
  });
});

describe("docs/configuration.md", () => {
  it("is what the settings say; `pnpm configuration-page` writes it anew", async () => {
    const path = fileURLToPath(new URL("../docs/configuration.md", import.meta.url));
    await expect(configurationPage()).toMatchFileSnapshot(path);
  });

  it("has every variable with its default", () => {
    const page = configurationPage();
    for (const name of Object.keys(SETTINGS)) expect(page).toContain(`\n| \`${name}\``);
    expect(page).toMatch(/`GRACE_MS` +\| 5000 /);
  });
});
