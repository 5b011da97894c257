// What is told about slow members as it happens.
import type { Message } from "@ws/connection";

/** One thing that happened to a slow member. */
export type SlowEvent<Member> =
  /** Its `send` returned `false`, in this room: from now on the policies decide. */
  | { readonly type: "slow"; readonly room: string; readonly member: Member }
  /** It will not get this message; `"conflated"`: but a newer one with the same key. */
  | {
      readonly type: "dropped" | "conflated";
      readonly room: string;
      readonly member: Member;
      readonly data: Message;
    }
  /** It was closed with 1013, and gets none of the `waiting` messages of all its rooms, nor the one that was too much. */
  | { readonly type: "closed"; readonly room: string; readonly member: Member; readonly waiting: number }
  /** All that waited has been sent, and there is room for more. */
  | { readonly type: "drained"; readonly member: Member };
