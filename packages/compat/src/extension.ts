// `Sec-WebSocket-Extensions` as `ws` has it: an object of the offers, by name, whose parameters are lists of values.
import { type ExtensionOffer, formatExtensions, parseExtensions } from "@ws/handshake";

/** Parameters of one offer, by name; `true` for one without a value. */
export type ExtensionParams = Record<string, (string | true)[]>;

/** All offers, by the name of the extension. */
export type ExtensionOffers = Record<string, ExtensionParams[]>;

/** What {@link extension.format} takes. */
export type FormattableExtensions = Record<
  string,
  Record<string, unknown> | readonly Record<string, unknown>[]
>;

/** @throws SyntaxError for what does not match the grammar */
function parse(header: string): ExtensionOffers {
  const parsed = parseExtensions(header);
  if (parsed === undefined) throw new SyntaxError(`Invalid Sec-WebSocket-Extensions header: ${header}`);
  const offers = Object.create(null) as ExtensionOffers;
  for (const { name, params } of parsed) (offers[name] ??= []).push(paramsOf(params));
  return offers;
}

function paramsOf(pairs: ExtensionOffer["params"]): ExtensionParams {
  const params = Object.create(null) as ExtensionParams;
  for (const [name, value] of pairs) (params[name] ??= []).push(value);
  return params;
}

/** @throws TypeError for a name or value that is no token */
function format(extensions: FormattableExtensions): string {
  return formatExtensions(
    Object.entries(extensions).flatMap(([name, offers]) =>
      [offers].flat().map((params) => ({ name, params: pairsOf(params) })),
    ),
  );
}

function pairsOf(params: Record<string, unknown>): [string, string | true][] {
  return Object.entries(params).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string | true] => [name, value === true ? true : String(value)]),
  );
}

/** Reads and writes the header. */
export const extension: { parse: typeof parse; format: typeof format } = { parse, format };
