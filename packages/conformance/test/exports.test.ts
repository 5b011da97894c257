import { expect, test } from "vitest";
import * as all from "@ws/conformance";

test("exports what is documented, and nothing else", () => {
  expect(Object.keys(all).toSorted()).toEqual([
    "UnreachableError",
    "countVerdicts",
    "htmlReport",
    "isConformant",
    "isStrict",
    "jsonReport",
    "judgeServer",
    "listenForClient",
    "markdownReport",
    "selectCases",
    "textReport",
  ]);
});
