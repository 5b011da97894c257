// A capture as a file, in the format that its name says: .jsonl, .har, or .pcapng for Wireshark.
import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { type Capture, toHar, toJsonLines, toPcapng } from "@ws/capture";
import { sentence, usageError } from "../command-error.ts";

type Format = (capture: Capture) => Iterable<string | Uint8Array>;

const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  [".jsonl", toJsonLines],
  [".har", (capture) => [JSON.stringify(toHar(capture))]],
  [".pcapng", toPcapng],
]);

/** @throws CommandError for a name that says no format */
export function checkCaptureFile(path: string): void {
  if (FORMATS.has(extname(path))) return;
  throw usageError(`Cannot capture to ${path}: its name ends in ${[...FORMATS.keys()].join(", ")}`);
}

/** Writes it for its owner only: it has all that was said. */
export async function writeCapture(path: string, capture: Capture): Promise<void> {
  try {
    await writeFile(path, FORMATS.get(extname(path))!(capture), { mode: 0o600 });
  } catch (error) {
    throw usageError(`Cannot write ${path}: ${sentence(error)}`, error);
  }
}
