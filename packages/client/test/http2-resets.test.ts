// A stream that the server resets, and what the application does to the other streams of its session meanwhile.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("http2-reset-siblings.mjs", import.meta.url));

it.each([
  "terminate in the close event",
  "terminate a tick after the close event",
  "terminate once closed is resolved",
  "abort a handshake",
  "end all, the session with them",
])("client › WebSockets over HTTP/2 can be ended from within the reset of another: %s", async (how) => {
  // Node 20 never returns from destroying a stream of HTTP/2 while it tells of the reset of another one of the same
  // session, unless it was closed first.
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, how], { timeout: 10_000 });
  expect(stdout).toBe("1006 1006 1006\n");
});
