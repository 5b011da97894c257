// The other end of a Child: answers questions over IPC, and ends with whoever asked.

/** What a process can be asked: arguments and results go through JSON. */
export type Answers = Readonly<Record<string, (...args: never[]) => unknown>>;

export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export interface Note {
  readonly note: string;
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
      answered = { id, error: String((error as Error).stack) };
    }
    if (process.connected) process.send!(answered);
  };
  process.on("message", (asked: Asked) => void reply(asked));
  process.on("disconnect", () => process.exit());
}

/** Says something to whoever started this process, without being asked. */
export function tell(note: string): void {
  if (process.connected) process.send!({ note } satisfies Note);
}
