// The stack of this repository against every case of the full form over TCP, and the representative ones over TLS and
// without compression: all of them ok. What this plays is what docs/rfc-map.md calls shown by cases.
import { describe, expect, test } from "vitest";
import type { Role } from "../src/role.ts";
import type { Form } from "../src/suite/case.ts";
import { selectCases } from "../src/suite/registry.ts";
import { targetNamed } from "../src/targets/all-targets.ts";
import { runTarget } from "../src/targets/run-target.ts";
import { settings } from "../src/targets/target.ts";

const own = targetNamed("own");

describe.each<Role>(["server", "client"])("own stack as a %s", (role) => {
  test.each<[string, Form]>([
    ["tcp", "full"],
    ["tls", "short"],
    ["tcp-uncompressed", "short"],
    ["tls-uncompressed", "short"],
  ])(
    "is ok in every case over %s, in the %s form",
    async (settingName, form) => {
      const setting = settings.find(({ name }) => name === settingName)!;
      const results = await runTarget(own, role, setting, selectCases({ role, form }), { jobs: 8 });
      const wrong = results.filter(({ verdict }) => verdict === "failed" || verdict === "non-strict");
      expect(wrong.map(({ case: { id }, verdict, got }) => `${id} ${verdict}: ${got}`)).toEqual([]);
      expect(results.filter(({ verdict }) => verdict === "ok").length).toBeGreaterThan(
        form === "full" ? 1300 : 100,
      );
    },
    180_000,
  );
});
