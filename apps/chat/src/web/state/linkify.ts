// Finds the addresses in a text, in one pass. Says what is a link and never makes markup: that is the view's, with
// nodes and not with strings.

export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

const TRAILING = ".,;:!?\"'*_~>»”’";

export function linkify(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  let from = 0;
  while (from < text.length) {
    const start = nextScheme(text, from);
    if (start === -1) break;
    const end = trimEnd(text, start, wordEnd(text, start));
    const href = toHref(text.slice(start, end));
    if (href === undefined) {
      // Past the whole word: each `http://` in it would look at all that follows again.
      from = end;
      continue;
    }
    if (start > done) parts.push({ kind: "text", text: text.slice(done, start) });
    parts.push({ kind: "link", text: text.slice(start, end), href });
    done = from = end;
  }
  if (done < text.length) parts.push({ kind: "text", text: text.slice(done) });
  return parts;
}

/** Where the next `http://` or `https://` begins that does not stand in the middle of a word. */
function nextScheme(text: string, from: number): number {
  for (let at = text.indexOf("http", from); at !== -1; at = text.indexOf("http", at + 4)) {
    const isWordStart = at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1));
    if (isWordStart && (text.startsWith("://", at + 4) || text.startsWith("s://", at + 4))) return at;
  }
  return -1;
}

function wordEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && !/[\s<>"]/.test(text.charAt(end))) end++;
  return end;
}

/** A sentence's full stop is not part of the address, and neither is the bracket around it: one more than it opens itself. */
function trimEnd(text: string, start: number, wordEnds: number): number {
  let end = wordEnds;
  let surplus = 0;
  for (let at = start; at < end; at++) surplus += Number(text[at] === ")") - Number(text[at] === "(");
  for (; end > start; end--) {
    const last = text.charAt(end - 1);
    if (last === ")" && surplus > 0) surplus--;
    else if (!TRAILING.includes(last)) break;
  }
  return end;
}

function toHref(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, href } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && hostname !== "" ? href : undefined;
}
