// Faults in heads that know what a header field is.
import { field, type FieldModel, type HeadModel } from "../generate/head.ts";
import type { Random } from "../random.ts";

const NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "",
  " ",
  "Host ",
  " Host",
  "Ho st",
  "Höst",
  "\x00",
  "a:b",
  "Transfer-Encoding",
  "Content-Length",
  "Upgrade",
  "Origin",
  "Sec-WebSocket-Key",
  "Sec-WebSocket-Version",
  "Sec-WebSocket-Protocol",
  "Sec-WebSocket-Extensions",
  "Sec-WebSocket-Accept",
  "Host",
  "Connection",
  "x".repeat(300),
];
const VALUES = [
  "",
  " ",
  "\t",
  ",",
  ",,,",
  ";",
  "=",
  '"',
  '"\\',
  "__proto__",
  "null",
  "\x00",
  "\x7f",
  "\xff\xfe",
  "a\tb",
  "0",
  "-1",
  "13, 13",
  "websocket, websocket",
  "close",
  "http://example.org",
  "http://evil.test",
  "http://[",
  "https://u:p@example.org",
  "null, null",
  "http://example.org:99999",
  "chunked",
  "s3pPLMBiTxaQ9kYGzzhZRbK+xOo",
  "AAAAAAAAAAAAAAAAAAAAAA==",
  "permessage-deflate; server_max_window_bits=1000",
  "permessage-deflate; server_max_window_bits=",
  "a;".repeat(100),
  "permessage-deflate; server_max_window_bits=010",
  "permessage-deflate; client_max_window_bits; client_max_window_bits",
  "permessage-deflate; __proto__=1",
  'permessage-deflate; server_max_window_bits="1\\0"',
  "a,".repeat(100),
  "permessage-deflate, ".repeat(40),
  "toString; valueOf",
  " ".repeat(2000),
  'a;b="'.repeat(50),
  `a${" ".repeat(3000)}b`,
];
const LINE_ENDS = [
  "\n",
  "\r",
  "\r\r\n",
  "\n\r",
  "",
  "\r\n ",
  "\r\n\t",
  "\0\r\n",
  "\r\n\r\n",
  "\x85",
  "\v\r\n",
];
const SEPARATORS = [":", ":  ", ":\t", " : ", "", " ", "=", "::", ":\x00", ":\n "];
const START_LINES = [
  "",
  " ",
  "GET",
  "GET /",
  "GET / HTTP/1.0",
  "GET / HTTP/2.0",
  "GET / HTTP/11.1",
  "get / HTTP/1.1",
  "POST / HTTP/1.1",
  "GET  / HTTP/1.1",
  "GET /\t HTTP/1.1",
  "GET / HTTP/1.1 ",
  "GET * HTTP/1.1",
  "GET http:// HTTP/1.1",
  "GET //x HTTP/1.1",
  "CONNECT example.org:443 HTTP/1.1",
  "GET /#fragment HTTP/1.1",
  "GET http://[::1 HTTP/1.1",
  "GET /é HTTP/1.1",
  "GET wss://example.org/ HTTP/1.1",
  "GET http://a:b@example.org/ HTTP/1.1",
  "HTTP/1.1 101",
  "HTTP/1.1 101 ",
  "HTTP/1.1 099 x",
  "HTTP/1.1 200 OK",
  "HTTP/1.0 101 x",
  "HTTP/1.1 103 Early Hints",
  "HTTP/2 101 x",
  "HTTP/1.1 1010 x",
  "HTTP/1.1  101 x",
  "HTTP/1.1 301 Moved",
  "HTTP/1.1 401",
  "http/1.1 101 x",
  "HTTP/1.9 101 x",
];

export function mutateHead(head: HeadModel, random: Random): HeadModel {
  const fields = [...head.fields];
  const at = random.below(fields.length);
  const chosen = fields[at];
  const change = (changes: Partial<FieldModel>): HeadModel => {
    if (chosen !== undefined) fields[at] = { ...chosen, ...changes };
    return { ...head, fields };
  };
  switch (random.below(14)) {
    case 0:
      return { ...head, startLine: random.pick(START_LINES) };
    case 1:
      return {
        ...head,
        startLine: head.startLine.replace("/", `/${"a".repeat(random.pick([10, 1000, 9000, 20_000]))}`),
      };
    case 2:
      return { ...head, fields: fields.toSpliced(at, random.between(1, 2)) };
    case 3:
      return { ...head, fields: chosen === undefined ? fields : fields.toSpliced(at, 0, chosen) };
    case 4:
      return change({ name: random.pick(NAMES) });
    case 5:
      return change({ name: swapCase(chosen?.name ?? "", random) });
    case 6:
      return change({ value: random.pick(VALUES) });
    case 7:
      return change({ value: (chosen?.value ?? "") + random.pick(VALUES) });
    case 8:
      return change({ value: random.pick(VALUES) + (chosen?.value ?? "") });
    case 9:
      return change({ lineEnd: random.pick(LINE_ENDS) });
    case 10:
      return change({ separator: random.pick(SEPARATORS) });
    case 11:
      fields.splice(at, 0, field(random.pick(NAMES), random.pick(VALUES)));
      return { ...head, fields };
    case 12: {
      const name = random.pick([
        "X",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Extensions",
        "Upgrade",
        "__proto__",
      ]);
      const many = Array.from({ length: random.pick([30, 99, 100, 120]) }, (_, i) => field(name, `a${i}`));
      return { ...head, fields: [...fields, ...many] };
    }
    default:
      return change({ value: (chosen?.value ?? "a").repeat(random.pick([2, 50, 2000])).slice(0, 17_000) });
  }
}

function swapCase(name: string, random: Random): string {
  return Array.from(name, (letter) => (random.oneIn(2) ? letter.toUpperCase() : letter.toLowerCase())).join(
    "",
  );
}
