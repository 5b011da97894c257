// The process of the server whose idle connections are weighed.
import { answer } from "../process/answer.ts";
import { type Sample, takeSample } from "../process/sample.ts";
import { startOurs } from "../subject/our-server.ts";
import type { Subject, SubjectName, SubjectOptions } from "../subject/subject.ts";
import { startWs } from "../subject/ws-server.ts";

let subject: Subject;

const answers = {
  start: async (name: SubjectName, options: SubjectOptions): Promise<number> => {
    subject = await (name === "ours" ? startOurs : startWs)(options);
    return subject.port;
  },
  count: (): number => subject.count(),
  sample: (): Promise<Sample> => takeSample(),
  close: (): Promise<void> => subject.close(),
};
export type IdleServer = typeof answers;

answer(answers);
