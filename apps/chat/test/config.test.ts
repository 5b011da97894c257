import { expect, it } from "vitest";
import { ConfigError, DEFAULTS, readConfig } from "../src/server/config.ts";

it("an empty environment gives the defaults", () => {
  expect(readConfig({})).toEqual(DEFAULTS);
  expect(readConfig({ PORT: "", HOST: " " })).toEqual(DEFAULTS);
});

it("every variable is read", () => {
  expect(
    readConfig({
      PORT: "8080",
      HOST: "127.0.0.1",
      ALLOWED_ORIGINS: "https://a.example, https://b.example:8443",
      SECURE_COOKIE: "true",
      HISTORY_MESSAGES: "50",
      GRACE_MS: "0",
      SHUTDOWN_DEADLINE_MS: "1000",
    }),
  ).toEqual({
    port: 8080,
    host: "127.0.0.1",
    allowedOrigins: ["https://a.example", "https://b.example:8443"],
    secureCookie: true,
    historyMessages: 50,
    graceMs: 0,
    shutdownDeadlineMs: 1000,
  });
});

it("all mistakes are reported at once, each with the name, the value and the rule", () => {
  const read = (): unknown =>
    readConfig({ PORT: "http", SECURE_COOKIE: "yes", HISTORY_MESSAGES: "0", ALLOWED_ORIGINS: "example.org" });
  expect(read).toThrow(ConfigError);
  try {
    read();
  } catch (error) {
    expect((error as ConfigError).problems.toSorted()).toEqual([
      'ALLOWED_ORIGINS is "example.org", but must be a list of origins like https://example.org, separated by commas',
      'HISTORY_MESSAGES is "0", but must be a whole number from 1 to 100000',
      'PORT is "http", but must be a whole number from 0 to 65535',
      'SECURE_COOKIE is "yes", but must be true or false',
    ]);
  }
});

it.each(["-1", "65536", "1e3", "0x50", "80.5", "9".repeat(400)])("PORT cannot be %s", (PORT) => {
  expect(() => readConfig({ PORT })).toThrow(ConfigError);
});
