// `wsc conformance`: its flags. What it does is loaded when it is asked for: over a thousand cases, which no other command has
// to wait for.
import { type Command, Option } from "commander";
import type { CommandIo } from "../command-io.ts";
import type { ExitCode } from "../exit-code.ts";
import { parseListenAddress } from "../flags/listen-address.ts";
import { collect, parseDuration, wholeNumber } from "../flags/quantity.ts";
import type { ConformanceFlags } from "./run-conformance.ts";

const MAX_JOBS = 64;

export function addConformance(program: Command, io: CommandIo, end: (code: ExitCode) => void): void {
  program
    .command("conformance")
    .argument("[url]", "a server that echoes: ws:, wss:, or without a scheme")
    .summary("judge a server or a client by the RFCs")
    .description(
      "Play every rule of RFC 6455, RFC 7692 and RFC 8441 that shows on a wire against a server that echoes, or for a client. Exits with 1 when a MUST is broken.",
    )
    .addOption(
      new Option("-l, --listen [host:port]", "judge a client: be the server that it comes to")
        .argParser(parseListenAddress)
        .conflicts(["header", "auth", "ca", "insecure", "jobs"]),
    )
    .option(
      "--cases <patterns>",
      "those whose ids fit: 6455-5.2-*; separated by commas, or repeated",
      collect,
    )
    .addOption(new Option("--short", "representative cases, in seconds").conflicts("long"))
    .option("--long", "all cases, and sweeps that take minutes")
    .option("--strict", "exit with 1 also where something is safe, and not what the RFC names")
    .option("-j, --jobs <n>", "cases under way at once", wholeNumber(1, MAX_JOBS), 8)
    .option("-d, --deadline <duration>", "for a case that names no time of its own", parseDuration, 5000)
    .option("-H, --header <name: value>", "a header of every request; may be repeated", collect)
    .option("-a, --auth <user:password>", "credentials for HTTP Basic")
    .option("--ca <file>", "certificates to trust, in PEM, instead of the well-known ones")
    .option("--insecure", "take any certificate: whoever is in between can read and change everything")
    .option("--cert <file>", "with --listen: a certificate, in PEM: speak TLS")
    .option("--key <file>", "its key, in PEM")
    .option("--http2", "over HTTP/2 (RFC 8441); to listen for it takes TLS")
    .option("--json", "write the report as JSON, with what went over the wire")
    .option("--html <file>", "write it as a page, too")
    .option("--markdown <file>", "write it as tables, too")
    .action(async (address: string | undefined, flags: ConformanceFlags) => {
      const { runConformance } = await import("./run-conformance.ts");
      end(await runConformance(address, flags, io));
    });
}
