// Peers that are known to be good, in the short form, with every leniency they are known for. A line that disappears
// here is an improvement of the peer, a new one a question to the suite.
import type { Role } from "@ws/conformance";
import { describe, expect, test } from "vitest";
import { targetNamed } from "../src/targets/all-targets.ts";
import { runTarget } from "../src/targets/run-target.ts";
import { settings } from "../src/targets/target.ts";

const lenientLengths = {
  // "the minimal number of bytes MUST be used to encode the length": neither looks.
  "6455-5.2-non-minimal-binary-0-in-16-bits": "failed",
  "6455-5.2-non-minimal-binary-125-in-16-bits": "failed",
  "6455-5.2-non-minimal-binary-125-in-64-bits": "failed",
  "6455-5.2-non-minimal-binary-65535-in-64-bits": "failed",
  // Both take a length with its highest bit set for one that is merely too large.
  "6455-5.2-length-high-bit-only": "non-strict",
  "6455-5.2-length-high-bit-all-bits": "non-strict",
};
const lateUtf8 = {
  // Both validate text when the message is whole.
  "6455-8.1-fail-fast-fragment-overlong-2-slash": "non-strict",
  "6455-8.1-fail-fast-fragment-surrogate-first-high": "non-strict",
  "6455-8.1-fail-fast-fragment-too-high-first": "non-strict",
  "6455-8.1-fail-fast-frame-surrogate-first-high": "non-strict",
};

interface KnownPeer {
  readonly name: string;
  readonly role: Role;
  readonly differences: Record<string, string>;
  readonly overTls?: Record<string, string>;
}

const known: readonly KnownPeer[] = [
  {
    name: "npm-ws",
    role: "server",
    differences: {
      ...lenientLengths,
      ...lateUtf8,
      // Node emits "upgrade" before it misses a Host, and `ws` does not look at either.
      "6455-4.2.1-no-host": "failed",
      "6455-4.2.1-http-HTTP-1.0": "failed",
    },
  },
  {
    name: "npm-ws",
    role: "client",
    differences: {
      ...lenientLengths,
      ...lateUtf8,
      // Ends TCP together with its Close frame.
      "6455-7.1.1-client-waits-for-tcp-end": "non-strict",
    },
  },
  {
    name: "undici",
    role: "client",
    differences: {
      ...lenientLengths,
      ...lateUtf8,
      // Tells its user that the handshake failed, and leaves TCP open.
      "6455-4.1-response-accept-missing": "non-strict",
      "6455-4.1-response-accept-wrong": "non-strict",
      "6455-4.1-response-accept-case": "non-strict",
      "6455-4.1-response-extension-unknown": "non-strict",
      "6455-4.1-response-protocol-not-offered": "non-strict",
      // Decodes text with a TextDecoder that strips a BOM.
      "6455-5.6-valid-bom-first": "failed",
      // Reads the parameters of a response without judging them.
      "7692-7-fail-unknown": "failed",
      "7692-7-fail-server-no-takeover-twice": "failed",
      "7692-7-fail-server-no-takeover-value": "failed",
      "7692-7-fail-client-bits-missing": "failed",
      "7692-7-fail-server-bits-7": "failed",
      // Looks for RSV1 only where a message begins uncompressed.
      "7692-6.1-rsv-100-ping": "failed",
      "7692-6.1-rsv1-on-final-continuation-of-compressed": "failed",
    },
    // Destroys a TLS socket with its Close frame still under way behind an echo.
    overTls: { "6455-5.2-rsv-behind-valid-message": "non-strict" },
  },
];

describe.each(known)("$name as a $role", ({ name, role, differences, overTls }) => {
  const target = targetNamed(name);

  test.each(["tcp", "tls"])(
    "is ok over %s but for what is known",
    async (settingName) => {
      const setting = settings.find((one) => one.name === settingName)!;
      const { results } = await runTarget(target, role, setting, { form: "short", jobs: 4 });
      const found = results
        .filter(({ verdict }) => verdict !== "ok")
        .map(({ case: { id }, verdict }) => [id, verdict]);
      expect(Object.fromEntries(found)).toEqual({ ...differences, ...(setting.tls && overTls) });
    },
    60_000,
  );
});
