// Wireshark's reader of captures, without its window: the one that knows what a good pcapng is. Debian's, or what TSHARK names.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const program: string = process.env["TSHARK"] ?? "/usr/bin/tshark";
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Whether there is one. In CI there must be. */
export function hasTshark(): boolean {
  if (existsSync(program)) return true;
  if (process.env["CI"] === "true") throw new Error(`Cannot read captures: there is no ${program}`);
  console.warn(`Skipped: there is no ${program}; install tshark, or name one in TSHARK`);
  return false;
}

/** The fields of each packet that the filter lets through; of a packet with several frames each field has several values. */
export async function readPackets(
  file: string,
  filter: string,
  fields: readonly string[],
): Promise<readonly (readonly (readonly string[])[])[]> {
  const { stdout } = await promisify(execFile)(
    program,
    [
      ...["-n", "-r", file, "-Y", filter, "-T", "fields"],
      ...["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"],
      ...fields.flatMap((field) => ["-e", field]),
    ],
    { maxBuffer: MAX_OUTPUT_BYTES },
  );
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) =>
    line.split("\t").map((values) => values.split(",").filter((value) => value !== "")),
  );
}
