// Standard Schema (https://standardschema.dev), version 1: what validators of all kinds have in common. Its types, spelled out here
// so that nothing has to be installed for them, and validating by it.
import { RoomError } from "../room-error.ts";

/** A validator: of zod, valibot, arktype and others, or an object of one's own. */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** What a validator has under this name, by the standard. */
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  };
}

/** What a validator says: the value, which it may have changed, or why it takes none. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong with a value. */
export interface StandardIssue {
  /** For people. */
  readonly message: string;
  /** Where in the value. Default: the value itself. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What may be handed to a validator, and is sent. */
export type InputOf<Schema extends StandardSchema> = NonNullable<Schema["~standard"]["types"]>["input"];

/** What a validator makes of it, and a receiver gets. */
export type OutputOf<Schema extends StandardSchema> = NonNullable<Schema["~standard"]["types"]>["output"];

/** A schema for values that are not looked at: they are whatever their sender says. Only for who trusts the sender. */
export function unchecked<Value>(): StandardSchema<Value> {
  return {
    "~standard": { version: 1, vendor: "@ws/rooms", validate: (value) => ({ value: value as Value }) },
  };
}

/** What a validator made of a value, or why it took none. */
export type Validated =
  | { readonly value: unknown; readonly error?: undefined }
  | { readonly error: RoomError };

/**
 * Validates at once where the validator does. Never throws: a validator that throws takes no value.
 *
 * @param what is validated, for the error: `event "message"`
 */
export function validate(
  schema: StandardSchema,
  value: unknown,
  what: string,
): Validated | Promise<Validated> {
  try {
    const result = schema["~standard"].validate(value);
    if (!(result instanceof Promise)) return judge(result, what);
    return result.then(
      (settled) => judge(settled, what),
      (error: unknown) => thrown(error, what),
    );
  } catch (error) {
    return thrown(error, what);
  }
}

/**
 * Validates something that has to be valid.
 *
 * @returns what the validator made of it
 * @throws RoomError `INVALID`
 */
export async function expectValid(schema: StandardSchema, value: unknown, what: string): Promise<unknown> {
  const validated = await validate(schema, value, what);
  if (validated.error !== undefined) throw validated.error;
  return validated.value;
}

function judge(result: StandardResult<unknown>, what: string): Validated {
  if (result.issues === undefined) return { value: result.value };
  const first = result.issues[0];
  const path = first?.path?.map((step) => String(typeof step === "object" ? step.key : step)).join(".") ?? "";
  const place = path === "" ? "" : ` at ${path}`;
  const why = first?.message ?? "no reason given";
  return { error: new RoomError("INVALID", `Cannot take the data of ${what}${place}: ${why}`.slice(0, 500)) };
}

function thrown(cause: unknown, what: string): Validated {
  return {
    error: new RoomError("INVALID", `Cannot take the data of ${what}: its validator failed`, { cause }),
  };
}
