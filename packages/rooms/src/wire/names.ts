// What names and numbers of the protocol may look like. Linear in what they look at.

/** Of rooms, events, requests and people, in UTF-16 code units. */
export const MAX_NAME_LENGTH = 200;
/** Of the id that a publisher gives a message. */
export const MAX_MESSAGE_ID_LENGTH = 64;
/** Of the sentence of an error. */
export const MAX_ERROR_LENGTH = 1000;
const MAX_CODE_LENGTH = 64;

/** A room, an event, a person: any text without halves of surrogate pairs, and not empty. */
export function isName(value: unknown): value is string {
  return (
    typeof value === "string" && value.length > 0 && value.length <= MAX_NAME_LENGTH && isWellFormed(value)
  );
}

/** 1 to 64 of `A–Z a–z 0–9 _ -`. */
export function isMessageId(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length > 0 &&
    value.length <= MAX_MESSAGE_ID_LENGTH &&
    /^[\w-]+$/.test(value)
  );
}

/** Capital letters, digits and underscores, at most 64. */
export function isErrorCode(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length > 0 &&
    value.length <= MAX_CODE_LENGTH &&
    /^[A-Z][A-Z0-9_]*$/.test(value)
  );
}

/** A whole number that JavaScript holds exactly, not negative. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Newer engines have it as a method of strings; TypeScript's library for our oldest Node does not tell of it. */
function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}
