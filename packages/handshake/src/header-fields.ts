// Header fields as they came: in order, duplicates kept, names compared without case, and no object whose prototype a
// peer's field name could reach. Must not know which fields exist or what their values mean.

/**
 * A case-insensitive multimap of header fields, immutable and in order of arrival.
 *
 * @example
 * ```ts
 * import { HeaderFields } from "@ws/handshake";
 *
 * const fields = HeaderFields.fromRaw(["Host", "example.org", "Via", "a", "via", "b"]);
 * fields.get("VIA"); // "a, b"
 * fields.values("via"); // ["a", "b"]
 * ```
 */
export class HeaderFields {
  readonly #lines: readonly (readonly [string, string])[];
  readonly #valuesByName: ReadonlyMap<string, readonly string[]>;

  /** Takes the fields in order; neither names nor values are checked. */
  constructor(lines: Iterable<readonly [string, string]> = []) {
    const kept: (readonly [string, string])[] = [];
    const valuesByName = new Map<string, string[]>();
    for (const [name, value] of lines) {
      kept.push([name, value]);
      const key = name.toLowerCase();
      const values = valuesByName.get(key);
      if (values === undefined) valuesByName.set(key, [value]);
      else values.push(value);
    }
    this.#lines = kept;
    this.#valuesByName = valuesByName;
  }

  /**
   * Reads the flat list that Node calls `rawHeaders`: name, value, name, value…
   *
   * @throws TypeError when the last name has no value.
   */
  static fromRaw(raw: readonly string[]): HeaderFields {
    const lines: [string, string][] = [];
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i];
      const value = raw[i + 1];
      if (name === undefined || value === undefined) {
        throw new TypeError(`Cannot read raw headers: ${raw.length} entries are not pairs of name and value`);
      }
      lines.push([name, value]);
    }
    return new HeaderFields(lines);
  }

  /**
   * Reads the object in which `node:http2` hands out the fields of a request or a response. Pseudo-header fields and
   * symbols are skipped, and a list of values is as many lines.
   *
   * Node has joined the lines of most fields with `", "` by then, as {@link HeaderFields.get} does, so
   * {@link HeaderFields.values} has one value where the peer sent several.
   *
   * @example
   * ```ts
   * import { HeaderFields } from "@ws/handshake";
   *
   * const fields = HeaderFields.fromHttp2({ ":status": 200, "set-cookie": ["a=1", "b=2"] });
   * [...fields]; // [["set-cookie", "a=1"], ["set-cookie", "b=2"]]
   * ```
   */
  static fromHttp2(
    headers: Readonly<Record<string, string | number | readonly string[] | undefined>>,
  ): HeaderFields {
    const lines: [string, string][] = [];
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined || name.startsWith(":")) continue;
      for (const one of Array.isArray(value) ? value : [value]) lines.push([name, String(one)]);
    }
    return new HeaderFields(lines);
  }

  /** All values of the field joined with `", "`; undefined when the field is absent. */
  get(name: string): string | undefined {
    return this.#valuesByName.get(name.toLowerCase())?.join(", ");
  }

  /** The value of each field line of that name, in order; empty when the field is absent. */
  values(name: string): readonly string[] {
    return this.#valuesByName.get(name.toLowerCase()) ?? [];
  }

  /** Whether the field is present, be its value empty. */
  has(name: string): boolean {
    return this.#valuesByName.has(name.toLowerCase());
  }

  /** Every field line as `[name, value]`, in order, names spelled as they came. */
  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#lines.map(([name, value]): [string, string] => [name, value])[Symbol.iterator]();
  }
}
