// Who somebody is, in one text: what the server tells everybody as `from` with each message, and as the person that is present.
// It comes out of a signed session, so nobody can say it of themselves.

/** 9 random bytes, as base64url. */
const KEY_LENGTH = 12;
const KEY = /^[\w-]{12}$/;

export interface Person {
  /** Random, the same as long as the session lasts; says who wrote what, opens nothing. */
  readonly key: string;
  /** What they are called; two people may have had the same name at different times. */
  readonly name: string;
}

/** `"<key>.<name>"`, as rooms know a person. */
export function personId({ key, name }: Person): string {
  return `${key}.${name}`;
}

/** Reads what rooms know a person as; undefined for anything else. */
export function readPerson(id: string | undefined): Person | undefined {
  if (id === undefined || id[KEY_LENGTH] !== ".") return undefined;
  const key = id.slice(0, KEY_LENGTH);
  const name = id.slice(KEY_LENGTH + 1);
  return KEY.test(key) && name !== "" ? { key, name } : undefined;
}

/** Whether a text can be the key of a person. */
export function isPersonKey(text: string): boolean {
  return KEY.test(text);
}
