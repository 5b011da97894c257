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
  /** Name, value, name, value…, as they came. */
  readonly #raw: string[] = [];
  /** The names in lower case. A head has few: looking at each is less work than making a map of them. */
  readonly #names: string[] = [];

  /** Takes the fields in order; neither names nor values are checked. */
  constructor(lines: Iterable<readonly [string, string]> = []) {
    for (const [name, value] of lines) this.#add(name, value);
  }

  /**
   * Reads the flat list that Node calls `rawHeaders`: name, value, name, value…
   *
   * @throws TypeError when the last name has no value.
   */
  static fromRaw(raw: readonly string[]): HeaderFields {
    const fields = new HeaderFields();
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i];
      const value = raw[i + 1];
      if (name === undefined || value === undefined) {
        throw new TypeError(`Cannot read raw headers: ${raw.length} entries are not pairs of name and value`);
      }
      fields.#add(name, value);
    }
    return fields;
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
    const key = name.toLowerCase();
    let joined: string | undefined;
    for (let i = 0; i < this.#names.length; i++) {
      if (this.#names[i] !== key) continue;
      const value = this.#raw[2 * i + 1]!;
      joined = joined === undefined ? value : `${joined}, ${value}`;
    }
    return joined;
  }

  /** The value of each field line of that name, in order; empty when the field is absent. */
  values(name: string): readonly string[] {
    const key = name.toLowerCase();
    const values: string[] = [];
    for (let i = 0; i < this.#names.length; i++) {
      if (this.#names[i] === key) values.push(this.#raw[2 * i + 1]!);
    }
    return values;
  }

  /** Whether the field is present, be its value empty. */
  has(name: string): boolean {
    return this.#names.includes(name.toLowerCase());
  }

  /** Every field line as `[name, value]`, in order, names spelled as they came. */
  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#names.map((_, i): [string, string] => [this.#raw[2 * i]!, this.#raw[2 * i + 1]!]).values();
  }

  /** The flat list that Node calls `rawHeaders`: the inverse of {@link HeaderFields.fromRaw}. */
  toRaw(): string[] {
    return [...this.#raw];
  }

  #add(name: string, value: string): void {
    this.#raw.push(name, value);
    this.#names.push(name.toLowerCase());
  }
}
