// The frames to try: each breaks one rule, which is named, and has the close code with which a server answers. The page
// shows the table, the tests play it. The first group breaks nothing, to compare with.
import type { CraftedCase, CraftedGroup } from "./crafted-case.ts";
import { FRAMING_CASES } from "./crafted-framing.ts";
import { PAYLOAD_CASES } from "./crafted-payloads.ts";

export type { CraftedCase, CraftedGroup } from "./crafted-case.ts";

export const CRAFTED_GROUPS: readonly CraftedGroup[] = [...FRAMING_CASES, ...PAYLOAD_CASES];

export const CRAFTED_CASES: readonly CraftedCase[] = CRAFTED_GROUPS.flatMap(({ cases }) => cases);
