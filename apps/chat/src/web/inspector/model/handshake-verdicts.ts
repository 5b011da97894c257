// What the opening handshake says, header by header, and whether it may: the rules of RFC 6455 §4 and RFC 8441 for those
// that belong to it. A second opinion: the server has judged already.
import type { HandshakeRecord, HeadField } from "../../../shared/inspector.ts";

/** `other`: no business of the handshake. */
export type Verdict = "valid" | "invalid" | "missing" | "other";

export interface JudgedField extends HeadField {
  readonly verdict: Verdict;
  readonly why: string;
  readonly section?: string;
}

export interface JudgedHandshake {
  readonly request: readonly JudgedField[];
  readonly response: readonly JudgedField[];
}

type Judgement = readonly [isValid: boolean, why: string];

interface Rule {
  readonly section: string;
  readonly isRequired: boolean;
  readonly missing: string;
  readonly judge: (value: string, values: readonly string[]) => Judgement;
}

/** @param accept what `Sec-WebSocket-Accept` has to be, where it could be computed */
export function judgeHandshake(handshake: HandshakeRecord, accept: string | undefined): JudgedHandshake {
  const { request, response } = handshake;
  const isHttp2 = request.method === "CONNECT";
  return {
    request: judge(request.fields, requestRules(isHttp2, response.status)),
    response:
      response.status === 101 || response.status === 200
        ? judge(response.fields, responseRules(isHttp2, request.fields, accept))
        : judge(response.fields, new Map()),
  };
}

function judge(fields: readonly HeadField[], rules: ReadonlyMap<string, Rule>): JudgedField[] {
  const judged = fields.map((field): JudgedField => {
    const rule = rules.get(field.name.toLowerCase());
    if (rule === undefined) return { ...field, verdict: "other", why: otherMeaning(field.name) };
    const [isValid, why] = rule.judge(field.value.trim(), valuesOf(fields, field.name));
    return { ...field, verdict: isValid ? "valid" : "invalid", why, section: rule.section };
  });
  const missing = [...rules].filter(([name, { isRequired }]) => isRequired && !valuesOf(fields, name).length);
  return [
    ...judged,
    ...missing.map(([name, rule]) => ({
      ...{ name: spelling(name), value: "", verdict: "missing" as const },
      ...{ why: rule.missing, section: rule.section },
    })),
  ];
}

function requestRules(isHttp2: boolean, status: number): ReadonlyMap<string, Rule> {
  const once = (values: readonly string[], why: string): Judgement =>
    values.length === 1 ? [true, why] : [false, `There are ${values.length} of them; there must be one.`];
  const common: [string, Rule][] = [
    [
      "sec-websocket-version",
      {
        ...{ section: "§4.1 item 9", isRequired: true, missing: "Must be there, and be 13." },
        judge: (value, values) =>
          value === "13" ? once(values, "13 is the version of RFC 6455.") : [false, "Only 13 exists."],
      },
    ],
    [
      "origin",
      {
        ...{ section: "§4.1 item 8, §10.2", isRequired: false, missing: "" },
        judge: () => [
          status !== 403,
          "Which page asks, as every browser says it. The server lets in those of its own origin, and others that it allows.",
        ],
      },
    ],
    [
      "sec-websocket-protocol",
      {
        ...{ section: "§4.1 item 10", isRequired: false, missing: "" },
        judge: (value) =>
          listOf(value).every(isToken)
            ? [true, "Subprotocols that the client speaks, the ones it prefers first."]
            : [false, "Each must be a token, separated by commas."],
      },
    ],
    [
      "sec-websocket-extensions",
      {
        ...{ section: "§9.1, RFC 7692 §5", isRequired: false, missing: "" },
        judge: (value) => [
          listOf(value).every((offer) => isToken(offer.split(";")[0]!.trim())),
          "Extensions that the client offers, with parameters; the server takes some, or none.",
        ],
      },
    ],
  ];
  if (isHttp2) return new Map(common);
  return new Map<string, Rule>([
    [
      "host",
      {
        ...{ section: "§4.1 item 4", isRequired: true, missing: "HTTP/1.1 requires it." },
        judge: (_value, values) => once(values, "Whom the client wants to talk to."),
      },
    ],
    [
      "upgrade",
      {
        ...{ section: "§4.1 item 5", isRequired: true, missing: "Must be there, and name websocket." },
        judge: (value) =>
          listOf(value.toLowerCase()).includes("websocket")
            ? [true, "Asks to go on in another protocol: websocket."]
            : [false, "Must name websocket."],
      },
    ],
    [
      "connection",
      {
        ...{ section: "§4.1 item 6", isRequired: true, missing: "Must be there, and name Upgrade." },
        judge: (value) =>
          listOf(value.toLowerCase()).includes("upgrade")
            ? [true, "Says that Upgrade is for this hop alone, so no proxy passes it on unseen."]
            : [false, "Must name Upgrade."],
      },
    ],
    [
      "sec-websocket-key",
      {
        ...{ section: "§4.1 item 7", isRequired: true, missing: "Must be there: 16 octets in base64." },
        judge: (value, values) =>
          /^[A-Za-z0-9+/]{22}==$/.test(value)
            ? once(values, "16 octets chosen at random. The answer is computed of them.")
            : [false, "Must be 16 octets in base64."],
      },
    ],
    ...common,
  ]);
}

function responseRules(
  isHttp2: boolean,
  request: readonly HeadField[],
  accept: string | undefined,
): ReadonlyMap<string, Rule> {
  const offered = (name: string): readonly string[] => valuesOf(request, name).flatMap(listOf);
  const common: [string, Rule][] = [
    [
      "sec-websocket-protocol",
      {
        ...{ section: "§4.2.2 item 5", isRequired: false, missing: "" },
        judge: (value) =>
          offered("sec-websocket-protocol").includes(value)
            ? [true, "The one that was chosen of those offered."]
            : [false, "Was not offered: the client must fail the connection."],
      },
    ],
    [
      "sec-websocket-extensions",
      {
        ...{ section: "§9.1, RFC 7692 §5", isRequired: false, missing: "" },
        judge: (value) => {
          const names = offered("sec-websocket-extensions").map((offer) => offer.split(";")[0]!.trim());
          return listOf(value).every((each) => names.includes(each.split(";")[0]!.trim()))
            ? [true, "What holds for the connection from now on."]
            : [false, "Was not offered: the client must fail the connection."];
        },
      },
    ],
  ];
  if (isHttp2) return new Map(common);
  return new Map<string, Rule>([
    [
      "upgrade",
      {
        ...{ section: "§4.2.2 item 5", isRequired: true, missing: "Must be there, and be websocket." },
        judge: (value) =>
          value.toLowerCase() === "websocket"
            ? [true, "From here on it is frames."]
            : [false, "Must be websocket."],
      },
    ],
    [
      "connection",
      {
        ...{ section: "§4.2.2 item 5", isRequired: true, missing: "Must be there, and name Upgrade." },
        judge: (value) =>
          listOf(value.toLowerCase()).includes("upgrade")
            ? [true, "Belongs to Upgrade."]
            : [false, "Must name Upgrade."],
      },
    ],
    [
      "sec-websocket-accept",
      {
        ...{
          section: "§4.2.2 item 5",
          isRequired: true,
          missing: "Must be there: it proves that the key was read.",
        },
        judge: (value) => {
          if (accept === undefined)
            return [true, "Proves that the key was read. See below how it is computed."];
          return value === accept
            ? [true, "Exactly what the key makes: see below."]
            : [false, `Must be ${accept}, see below.`];
        },
      },
    ],
    ...common,
  ]);
}

function valuesOf(fields: readonly HeadField[], name: string): readonly string[] {
  const lowerName = name.toLowerCase();
  return fields.filter((field) => field.name.toLowerCase() === lowerName).map(({ value }) => value.trim());
}

function listOf(value: string): string[] {
  return value.split(",").map((each) => each.trim());
}

function isToken(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:•+)?$/.test(text);
}

function spelling(name: string): string {
  return name
    .replaceAll(/(^|-)([a-z])/g, (_all, before: string, letter: string) => before + letter.toUpperCase())
    .replace("Websocket", "WebSocket");
}

function otherMeaning(name: string): string {
  const texts: Readonly<Record<string, string>> = {
    cookie: "Who the browser says one is. Its values are hidden here.",
    "user-agent": "Which program asks. The handshake does not care.",
    "cache-control": "Asks caches to keep out of it.",
    pragma: "The same for old caches.",
    "accept-encoding": "Of HTTP bodies; an upgrade has none.",
    "accept-language": "Which languages the reader prefers.",
    "retry-after": "When to try again.",
  };
  return texts[name.toLowerCase()] ?? "No part of the handshake.";
}
