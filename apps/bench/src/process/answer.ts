// The other end of a Child: answers questions, lines of JSON on standard input, with lines on standard output, which every
// runtime has; and ends with whoever asked.
import { stdin, stdout } from "node:process";

/** What a process can be asked: arguments and results go through JSON. */
export type Answers = Readonly<Record<string, (...args: never[]) => unknown>>;

export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Asked {
  readonly id: number;
  readonly name: string;
  readonly args: never[];
}

export function answer(answers: Answers): void {
  const reply = async ({ id, name, args }: Asked): Promise<void> => {
    let answered: Reply;
    try {
      answered = { id, value: await answers[name]!(...args) };
    } catch (error) {
      answered = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    stdout.write(`${JSON.stringify(answered)}\n`);
  };
  onLines(stdin, (line) => void reply(JSON.parse(line) as Asked));
  stdin.on("end", () => process.exit());
}

export function onLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
  });
}
