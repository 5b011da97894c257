// What can be typed besides messages: a table of commands, and the completion of their names and of paths. A message that
// begins with a slash is typed with two.
import { createReadStream, readdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { sentence } from "../command-error.ts";
import { fromHex } from "../terminal-text.ts";
import type { ScreenOutput } from "./screen-output.ts";
import type { Session } from "./session.ts";

interface SlashCommand {
  readonly parameters: string;
  readonly summary: string;
  /** @throws Error whose message is for whoever typed it */
  run(rest: string, session: Session, screen: ScreenOutput): Promise<void> | void;
}

const COMMANDS: ReadonlyMap<string, SlashCommand> = new Map<string, SlashCommand>([
  [
    "/ping",
    {
      parameters: "[text]",
      summary: "send a ping, and time its pong",
      run: (rest, session, screen) => {
        connected(session).ping(rest === "" ? "wsc" : rest);
        screen.awaitPong();
      },
    },
  ],
  [
    "/pong",
    {
      parameters: "[text]",
      summary: "send a pong that nobody asked for",
      run: (rest, session) => connected(session).pong(rest),
    },
  ],
  [
    "/binary",
    {
      parameters: "<hex>",
      summary: "send a binary message",
      run: (rest, session) => {
        const bytes = fromHex(rest);
        if (bytes === undefined)
          throw new Error("/binary takes pairs of hexadecimal digits: /binary 00 ff 2a");
        return session.send(bytes);
      },
    },
  ],
  [
    "/file",
    {
      parameters: "<path>",
      summary: "send a file as one binary message",
      run: async (rest, session) => {
        if (!statSync(rest).isFile()) throw new Error(`${rest} is no file`);
        await connected(session).sendStream(createReadStream(rest));
      },
    },
  ],
  [
    "/frames",
    {
      parameters: "",
      summary: "show the frames, or do not any more",
      run: (_rest, _session, screen) => {
        screen.showsFrames = !screen.showsFrames;
        screen.note(screen.showsFrames ? "frames are shown" : "frames are not shown");
      },
    },
  ],
  [
    "/stats",
    {
      parameters: "",
      summary: "what has passed so far",
      run: (_rest, session, screen) => {
        const stats = connected(session).getStats();
        screen.note(`sent ${stats.messagesSent} messages, ${stats.bytesSent} bytes on the wire`);
        screen.note(`received ${stats.messagesReceived} messages, ${stats.bytesReceived} bytes on the wire`);
      },
    },
  ],
  [
    "/close",
    {
      parameters: "[code] [reason]",
      summary: "close and leave; Ctrl+D closes with 1000",
      run: async (rest, session) => {
        const [, code = "1000", reason = ""] = /^(\d*)\s*(.*)$/.exec(rest)!;
        await session.close(code === "" ? 1000 : Number(code), reason);
      },
    },
  ],
  [
    "/help",
    {
      parameters: "",
      summary: "this list",
      run: (_rest, _session, screen) => {
        for (const [name, { parameters, summary }] of COMMANDS) {
          screen.note(`${`${name} ${parameters}`.padEnd(24)}${summary}`);
        }
        screen.note("Everything else is sent as text; a line that begins with // as one that begins with /");
      },
    },
  ],
]);

/** Does what a line says: runs its command, or sends it. What is wrong with it is shown. */
export async function obey(line: string, session: Session, screen: ScreenOutput): Promise<void> {
  try {
    if (!line.startsWith("/") || line.startsWith("//")) {
      await session.send(line.startsWith("//") ? line.slice(1) : line);
      return;
    }
    const [, name = "", rest = ""] = /^(\S+)\s*(.*)$/.exec(line)!;
    const command = COMMANDS.get(name);
    if (command === undefined) throw new Error(`There is no ${name}; /help lists the commands`);
    await command.run(rest, session, screen);
  } catch (error) {
    screen.note(sentence(error));
  }
}

/** The completions of a line, and what they complete: as `node:readline` wants them. */
export function complete(line: string): [string[], string] {
  if (line.startsWith("/file ")) return completePath(line.slice("/file ".length));
  if (!line.startsWith("/") || line.includes(" ")) return [[], line];
  return [[...COMMANDS.keys()].filter((name) => name.startsWith(line)).map((name) => `${name} `), line];
}

function completePath(typed: string): [string[], string] {
  const folder = typed.endsWith("/") ? typed : dirname(typed);
  const beginning = typed.endsWith("/") ? "" : basename(typed);
  try {
    const names = readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => name.startsWith(beginning))
      .map((entry) => `${entry.name}${entry.isDirectory() ? "/" : ""}`);
    return [names, beginning];
  } catch {
    return [[], typed];
  }
}

function connected({ connection }: Session): NonNullable<Session["connection"]> {
  if (connection === undefined) throw new Error("There is no connection at the moment");
  return connection;
}
