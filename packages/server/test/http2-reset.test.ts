// A reset amid many streams, against the built package and in a process of its own: what goes wrong here never returns.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const CHILD = fileURLToPath(new URL("child/reset-in-a-crowd.mjs", import.meta.url));
const REFUSER = fileURLToPath(new URL("child/refused-amid-writing.mjs", import.meta.url));

/** Where it goes wrong it takes all the memory there is, within seconds. */
const LIMITED = 'ulimit -v 4000000 2>/dev/null; exec "$0" "$@"';

const EVERYWHERE = [
  "terminate the others",
  "terminate the others a tick later",
  "close the others",
  "shut down",
  "close the server",
  "refuse who waits",
  "fail at who waits",
  "let in who waits",
  "throw everybody out",
];

// Node 20 never came back: destroying a stream that nobody had cancelled, in the `close` event of one that the peer had
// reset, ran in native code until the memory was gone. A client of an http2 server whose application then destroyed the
// session, with another stream in `authenticate`, ended the process.
describe.each([
  ["own", [...EVERYWHERE, "destroy the socket"]],
  ["foreign", [...EVERYWHERE, "destroy the session"]],
])("http2 › a reset amid many streams, on a port or server that is %s ›", (where, scenarios) => {
  it.each(scenarios)("survives an application that will %s (security: remote kill)", async (scenario) => {
    const run = promisify(execFile)("sh", ["-c", LIMITED, process.execPath, CHILD, where, scenario], {
      timeout: 20_000,
      killSignal: "SIGKILL",
    });
    expect((await run).stdout).toBe("survived\n");
  });
});

// Clients who left while they were refused ended the process within half a second: a stream that is closed amid the writing of
// its session has Node 20 write beyond its memory, "malloc(): mismatching next->prev_size".
it("http2 › survives refusing streams that leave meanwhile (security: remote kill)", async () => {
  const run = promisify(execFile)(process.execPath, [REFUSER, "2"], {
    timeout: 20_000,
    env: { ...process.env, MALLOC_CHECK_: "3" },
  });
  expect((await run).stdout).toBe("survived\n");
});
