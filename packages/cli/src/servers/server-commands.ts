// `wsc echo`, `wsc broadcast` and `wsc serve`: servers to try something with, and their flags. On loopback and a free port
// unless told otherwise; a page of another origin is refused unless allowed.
import { type Command, Option } from "commander";
import type { CommandIo } from "../command-io.ts";
import type { ExitCode } from "../exit-code.ts";
import { collect, wholeNumber } from "../flags/quantity.ts";
import { serve, type ServerFlags, type Talk } from "./serve.ts";

interface FileFlags extends ServerFlags {
  readonly websocket: Talk;
}

const MAX_CONNECTIONS = 100_000;
const MAX_MESSAGE_BYTES = 1024 * 1024 * 1024;

export function addServers(program: Command, io: CommandIo, end: (code: ExitCode) => void): void {
  const echoing = program
    .command("echo")
    .summary("serve an echo")
    .description(
      "Serve WebSockets that send back what they are sent. Prints the URL, and a line for each connection.",
    );
  addServerFlags(echoing).action(async (flags: ServerFlags) =>
    end(await serve(flags, "echo", undefined, io)),
  );

  const broadcast = program
    .command("broadcast")
    .summary("serve a room for all")
    .description("Serve WebSockets that send what one sends to all others.");
  addServerFlags(broadcast).action(async (flags: ServerFlags) => {
    end(await serve(flags, "broadcast", undefined, io));
  });

  const files = program
    .command("serve")
    .argument("<folder>", "what is served; hidden files are not")
    .summary("serve files, and WebSockets beside them")
    .description("Serve the files of a folder, for a page to try, and WebSockets on every path.")
    .addOption(
      new Option("-w, --websocket <kind>", "what its WebSockets do")
        .choices(["echo", "broadcast"])
        .default("echo"),
    );
  addServerFlags(files).action(async (folder: string, flags: FileFlags) => {
    end(await serve(flags, flags.websocket, folder, io));
  });
}

function addServerFlags(command: Command): Command {
  return command
    .option("-p, --port <port>", "0 for any that is free", wholeNumber(0, 65_535), 0)
    .option("--host <address>", "where to listen; others than loopback can be reached by others", "127.0.0.1")
    .option("--cert <file>", "a certificate, in PEM: speak TLS")
    .option("--key <file>", "its key, in PEM")
    .option(
      "-o, --origin <origin>",
      "pages of this origin may connect too; * for all; may be repeated",
      collect,
    )
    .option("-s, --subprotocol <name>", "a subprotocol to agree to; may be repeated", collect)
    .option("-c, --compress", "agree to permessage-deflate")
    .option("-q, --quiet", "say nothing but the URL")
    .option("--max-connections <n>", "how many at once", wholeNumber(1, MAX_CONNECTIONS), 1000)
    .option("--max-message <bytes>", "the largest message", wholeNumber(1, MAX_MESSAGE_BYTES), 1024 * 1024);
}
