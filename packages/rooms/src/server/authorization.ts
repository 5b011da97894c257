// The one question that guards everything: may they? What the application answers, and what that means on the wire.
import { RoomError, type RoomErrorCode } from "../room-error.ts";

/**
 * `join`: to hear what is said · `recover`: to be told what was said since a position, asked besides `join` · `publish`: to say
 * something, remembered or not · `history`: to read what was said · `presence`: to know who is there, or to be there oneself.
 */
export type RoomAction = "join" | "recover" | "publish" | "history" | "presence";

/** What more is known of what somebody wants to do. */
export interface ActionDetails {
  /** The event or signal to be published. */
  readonly event?: string;
}

/**
 * Whether somebody may do something. Only `true` is a yes; what is thrown is a no, and reported.
 */
export type Authorize<Who> = (
  action: RoomAction,
  who: Who,
  room: string,
  details: ActionDetails,
) => boolean | Promise<boolean>;

const CODES: Readonly<Record<RoomAction, RoomErrorCode>> = {
  join: "JOIN_FORBIDDEN",
  recover: "RECOVER_FORBIDDEN",
  publish: "PUBLISH_FORBIDDEN",
  history: "HISTORY_FORBIDDEN",
  presence: "PRESENCE_FORBIDDEN",
};

/** @throws RoomError with the code of the action for a no; what the application throws besides is reported */
export async function assertAllowed<Who>(
  authorize: Authorize<Who>,
  report: (error: unknown) => void,
  [action, who, room, details]: readonly [RoomAction, Who, string, ActionDetails],
): Promise<void> {
  let answer: unknown;
  try {
    answer = await authorize(action, who, room, details);
  } catch (error) {
    report(error);
  }
  // Anything else that happens to be truthy, such as a row of a database, is not a yes.
  if (answer !== true)
    throw new RoomError(CODES[action], `Cannot ${action} in the room "${room}": not allowed`);
}
