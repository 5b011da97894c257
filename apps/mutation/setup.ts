// Skips tests that would multiply what each mutant costs, and whose verdict another test gives as well.
import { basename } from "node:path";
import { beforeEach } from "vitest";

/** Memory and time, measured over millions of steps. */
const MEASURES =
  /a million|memory flat|where many of them wait|lets go of the memory|for a thousand peers|hold nothing of what comes after/;

/** The vectors, valid and invalid, cut in many ways: web-platform.test.ts reads the same ones cut in three. */
const VECTORS =
  /^(?!.*, on its header)(?:decodes|rejects|reads|takes|accepts) .*(?:\(RFC|, after the frames before it$)/;

beforeEach(({ task, skip }) => {
  skip(MEASURES.test(task.name));
  skip(/^decoder-(?:vectors|errors)/.test(basename(task.file.name)) && VECTORS.test(task.name));
});
