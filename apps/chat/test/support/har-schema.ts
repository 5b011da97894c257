// HAR 1.2 as a strict schema: every field that the specification demands, no field that it does not know but those that begin
// with an underscore, which it leaves to whoever writes them. The well-known packages for that are no longer kept up.
import * as v from "valibot";

const size = v.pipe(v.number(), v.integer(), v.minValue(-1));
const ms = v.pipe(v.number(), v.minValue(0));
const comment = v.optional(v.string());

/** Fields of custom names are left out before, see {@link withoutCustom}. */
const pair = v.strictObject({ name: v.string(), value: v.string(), comment });
const cookie = v.strictObject({
  name: v.string(),
  value: v.string(),
  path: v.optional(v.string()),
  domain: v.optional(v.string()),
  expires: v.optional(v.string()),
  httpOnly: v.optional(v.boolean()),
  secure: v.optional(v.boolean()),
  comment,
});
const entry = v.strictObject({
  pageref: v.optional(v.string()),
  startedDateTime: v.pipe(v.string(), v.isoTimestamp()),
  time: ms,
  request: v.strictObject({
    method: v.string(),
    url: v.pipe(v.string(), v.url()),
    httpVersion: v.string(),
    cookies: v.array(cookie),
    headers: v.array(pair),
    queryString: v.array(pair),
    headersSize: size,
    bodySize: size,
    comment,
  }),
  response: v.strictObject({
    status: v.pipe(v.number(), v.integer()),
    statusText: v.string(),
    httpVersion: v.string(),
    cookies: v.array(cookie),
    headers: v.array(pair),
    content: v.strictObject({
      size,
      compression: v.optional(v.number()),
      mimeType: v.string(),
      text: v.optional(v.string()),
      encoding: v.optional(v.string()),
      comment,
    }),
    redirectURL: v.string(),
    headersSize: size,
    bodySize: size,
    comment,
  }),
  cache: v.strictObject({}),
  timings: v.strictObject({ send: ms, wait: ms, receive: ms }),
  serverIPAddress: v.optional(v.string()),
  connection: v.optional(v.string()),
  comment,
});
const harSchema = v.strictObject({
  log: v.strictObject({
    version: v.literal("1.2"),
    creator: v.strictObject({ name: v.string(), version: v.string(), comment }),
    browser: v.optional(v.strictObject({ name: v.string(), version: v.string(), comment })),
    pages: v.optional(v.array(v.never())),
    entries: v.array(entry),
    comment,
  }),
});

/** As Chromium writes and reads them. */
const customSchema = v.object({
  log: v.object({
    entries: v.array(
      v.object({
        _resourceType: v.literal("websocket"),
        _webSocketMessages: v.array(
          v.strictObject({
            type: v.picklist(["send", "receive"]),
            time: v.pipe(v.number(), v.minValue(1)),
            opcode: v.picklist([1, 2]),
            data: v.string(),
            _gap: v.optional(v.string()),
          }),
        ),
      }),
    ),
  }),
});

/** @throws ValiError for what is no HAR 1.2 with WebSocket messages */
export function checkHar(har: unknown): void {
  v.parse(harSchema, withoutCustom(har));
  v.parse(customSchema, har);
}

function withoutCustom(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCustom);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => !name.startsWith("_"));
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutCustom(field)]));
}
