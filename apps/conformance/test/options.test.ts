import { describe, expect, test } from "vitest";
import { parseOptions } from "../src/options.ts";
import { targetNamed } from "../src/targets/all-targets.ts";
import { hasSetting, settings } from "../src/targets/target.ts";

describe("the command line", () => {
  test("runs everything of ours in all settings where nothing is named", () => {
    const { run, settings: all } = parseOptions([]);
    expect(run).toEqual(["own"]);
    expect(all.map(({ name }) => name)).toEqual([
      "tcp",
      "tls",
      "tcp-uncompressed",
      "tls-uncompressed",
      "h2c",
      "h2",
    ]);
    expect(parseOptions(["--settings", "tls"]).settings.map(({ name }) => name)).toEqual(["tls"]);
  });

  test("splits lists and defaults to TCP with compression", () => {
    const argv = ["--compare", "npm-ws,undici", "--cases", "6455-5*,7692*", "--cases", "6455-7*"];
    const options = parseOptions(argv);
    expect(options).toMatchObject({
      run: ["npm-ws", "undici"],
      compare: true,
      cases: ["6455-5*", "7692*", "6455-7*"],
      form: "full",
      jobs: 8,
    });
    expect(options.settings.map(({ name }) => name)).toEqual(["tcp"]);
  });

  test.each([
    [["--run", "own", "--compare", "own"], /choose one/],
    [["--jobs", "0"], /integer from 1 to 64/],
    [["--role", "peer"], /server or client/],
    [["--settings", "udp"], /no such setting/],
    [["--nonsense"], /nonsense/],
  ])("refuses %j", (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(message);
  });
});

test("the settings of HTTP/2 are for those that speak it", () => {
  const h2 = settings.filter(({ http2 }) => http2);
  expect(h2.map(({ name }) => name)).toEqual(["h2c", "h2"]);
  expect(h2.some((setting) => hasSetting(targetNamed("npm-ws"), "server", setting))).toBe(false);
  // The list of cases is served over HTTP/1.1 on the same port, which needs ALPN to tell them apart.
  expect(h2.map((setting) => hasSetting(targetNamed("own"), "client", setting))).toEqual([false, true]);
});
