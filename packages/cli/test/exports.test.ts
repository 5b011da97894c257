import { expect, it } from "vitest";
import * as all from "@ws/cli";

it("exports what is documented, and nothing else", () => {
  expect(Object.keys(all).toSorted()).toEqual(["ExitCode", "runCommand"]);
});
