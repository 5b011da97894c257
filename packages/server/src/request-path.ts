// Which requests a server wants, by the path of their target: one path, a pattern with named parts, or a function; and
// the types that a pattern gives its parameters.

/**
 * The parameters of a path: `{ room: string }` for `"/rooms/:room"`. An object without a prototype, so that no name
 * means more than it says. They are percent-decoded, once: `%2F` and `%2E%2E` arrive as `/` and `..`, so they are no file
 * names.
 */
export type PathParams<Path extends string = string> = string extends Path
  ? Readonly<Record<string, string>>
  : { readonly [Name in ParamNames<Path>]: string };

type ParamNames<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? ParamName<Segment> | ParamNames<Rest>
  : ParamName<Path>;
type ParamName<Segment extends string> = Segment extends `:${infer Name}` ? Name : never;

/** `true`, or the parameters, for a path that is wanted; `false` for others. It gets the path as it was sent. */
export type PathMatcher = (path: string) => boolean | Readonly<Record<string, string>>;

/** The parameters of a path that is wanted; undefined for others. */
export type MatchPath = (path: string) => PathParams | undefined;

/** @throws TypeError for what is neither a path, nor a pattern, nor a function */
export function resolvePath(path: string | PathMatcher | undefined): MatchPath {
  if (path === undefined) return () => NO_PARAMS;
  if (typeof path === "function") {
    return (actual) => {
      const verdict: unknown = path(actual);
      if (verdict instanceof Promise) {
        throw new TypeError("Cannot match a path: the function returned a promise, it must answer at once");
      }
      // A match() that found nothing is null.
      if (typeof verdict === "object" && verdict !== null) return verdict as PathParams;
      return verdict ? NO_PARAMS : undefined;
    };
  }
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw new TypeError(
      `Cannot serve the path ${String(path)}: it must be a string that begins with a slash, or a function`,
    );
  }
  return compile(path);
}

/** The path of a request's target, without its query; of an absolute target too (RFC 9112 §3.2.2). */
export function targetPath(target: string): string {
  const path = target.startsWith("/") || !URL.canParse(target) ? target : new URL(target).pathname;
  const query = path.indexOf("?");
  return query === -1 ? path : path.slice(0, query);
}

/** The query of a request's target, without its question mark. */
export function targetQuery(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? "" : target.slice(query + 1);
}

/** What a path without named parts has. */
const NO_PARAMS: PathParams = Object.freeze(noParams());

function noParams(): Record<string, string> {
  return Object.create(null) as Record<string, string>;
}

function compile(pattern: string): MatchPath {
  const segments = pattern.split("/");
  const names = segments.filter(isParam).map((segment) => segment.slice(1));
  for (const [i, name] of names.entries()) {
    if (name === "" || names.indexOf(name) !== i) {
      throw new TypeError(`Cannot serve the path ${pattern}: its parameters need a name each, all different`);
    }
  }
  if (names.length === 0) return (path) => (path === pattern ? NO_PARAMS : undefined);

  return (path) => {
    const parts = path.split("/");
    if (parts.length !== segments.length) return undefined;
    const params = noParams();
    for (const [i, segment] of segments.entries()) {
      const part = parts[i] as string;
      if (isParam(segment)) {
        const value = decode(part);
        if (value === undefined) return undefined;
        params[segment.slice(1)] = value;
      } else if (part !== segment) {
        return undefined;
      }
    }
    return params;
  };
}

function isParam(segment: string): boolean {
  return segment.startsWith(":");
}

/** undefined for nothing at all, and for what is no percent-encoded UTF-8: no such path exists. */
function decode(part: string): string | undefined {
  if (part === "") return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
