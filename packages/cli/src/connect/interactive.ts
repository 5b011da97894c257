// Somebody types: lines are edited, completed and remembered by node:readline, and messages appear above them. Ctrl+C and
// Ctrl+D close the connection; Ctrl+C once more gives it up.
import { createInterface, type Interface } from "node:readline";
import type { CloseResult } from "@ws/client";
import type { CommandIo } from "../command-io.ts";
import type { HistoryFile } from "./history-file.ts";
import type { ScreenOutput } from "./screen-output.ts";
import type { Session } from "./session.ts";
import { complete, obey } from "./slash-commands.ts";

export async function talk(
  session: Session,
  screen: ScreenOutput,
  history: HistoryFile | undefined,
  io: CommandIo,
): Promise<CloseResult> {
  const lines = createInterface({
    input: io.stdin,
    output: io.stdout,
    terminal: true,
    prompt: screen.palette.green("> "),
    completer: complete,
    history: history === undefined ? [] : [...history.lines],
    removeHistoryDuplicates: true,
  });
  showAbove(lines, screen, io);
  // One after another: a file that is being sent is not overtaken by the line behind it.
  let turn = Promise.resolve();
  lines.on("line", (line) => {
    history?.add(line);
    turn = turn
      .then(() => (line === "" ? undefined : obey(line, session, screen)))
      .then(() => screen.prompt?.draw());
  });
  const leave = closeOnce(session);
  lines.on("SIGINT", leave);
  lines.on("close", () => void turn.then(leave));
  io.signal.addEventListener("abort", leave, { once: true });
  if (io.signal.aborted) leave();
  lines.prompt();
  try {
    for await (const message of session.messages) await screen.message(message);
    return await session.closed;
  } finally {
    io.signal.removeEventListener("abort", leave);
    screen.prompt?.clear();
    screen.prompt = undefined;
    lines.close();
  }
}

/** Whoever writes clears the line that is being typed first, and draws it again below. */
function showAbove(lines: Interface, screen: ScreenOutput, { stdout }: CommandIo): void {
  screen.prompt = {
    clear: () => {
      const { rows } = lines.getCursorPos();
      stdout.write(`${rows > 0 ? `\u001B[${rows}A` : ""}\r\u001B[J`);
    },
    draw: () => lines.prompt(true),
  };
  lines.once("close", () => (screen.prompt = undefined));
}

function closeOnce(session: Session): () => void {
  let isClosing = false;
  return () => {
    if (isClosing) session.terminate();
    else void session.close();
    isClosing = true;
  };
}
