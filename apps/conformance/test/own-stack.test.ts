// The stack of this repository against every case of the full form over TCP and HTTP/2, and the representative ones over
// TLS and without compression: all of them ok. What this plays is what docs/rfc-map.md calls shown by cases.
import type { Form, Role } from "@ws/conformance";
import { describe, expect, test } from "vitest";
import { targetNamed } from "../src/targets/all-targets.ts";
import { runTarget } from "../src/targets/run-target.ts";
import { settings } from "../src/targets/target.ts";

const own = targetNamed("own");

async function isOk(role: Role, settingName: string, form: Form): Promise<void> {
  const setting = settings.find(({ name }) => name === settingName)!;
  // Cases of a hundred round trips take long on a machine that does much else besides; none waits for this.
  const { results } = await runTarget(own, role, setting, { form, deadlineMs: 60_000 });
  const wrong = results.filter(({ verdict }) => verdict === "failed" || verdict === "non-strict");
  expect(wrong.map(({ case: { id }, verdict, got }) => `${id} ${verdict}: ${got}`)).toEqual([]);
  // Over HTTP/2 none of those that spoil an HTTP/1.1 request.
  const most = setting.http2 ? 1200 : 1300;
  expect(results.filter(({ verdict }) => verdict === "ok").length).toBeGreaterThan(
    form === "full" ? most : 100,
  );
}

describe.each<Role>(["server", "client"])("own stack as a %s", (role) => {
  test.each<[string, Form]>([
    ["tcp", "full"],
    ["tls", "short"],
    ["tcp-uncompressed", "short"],
    ["tls-uncompressed", "short"],
  ])(
    "is ok in every case over %s, in the %s form",
    (settingName, form) => isOk(role, settingName, form),
    600_000,
  );
});

describe("own stack over HTTP/2 (RFC 8441)", () => {
  test.each<[Role, string, Form]>([
    ["server", "h2", "full"],
    ["server", "h2c", "short"],
    ["client", "h2", "full"],
  ])(
    "is ok as a %s in every case over %s, in the %s form",
    (role, settingName, form) => isOk(role, settingName, form),
    600_000,
  );
});
