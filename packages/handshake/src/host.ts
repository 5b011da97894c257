// host [":" port] in one spelling, so that two of them can be compared. Leans on the URL parser for IPv6, IPv4 and ports,
// and first refuses everything that would make that parser see more than a host. Must not know which header it came from.

/** The latest text and what became of it: parsing a URL costs, and the clients of a server all name the same host. */
const latest = { http: { text: "", host: "" }, https: { text: "", host: "" } };

/**
 * Lower case, without the default port of the scheme: `Example.org:443` is `example.org` for `https`. undefined when the
 * text is not a host.
 */
export function normalizeHost(text: string, scheme: "http" | "https"): string | undefined {
  if (text !== "" && text === latest[scheme].text) return latest[scheme].host;
  if (!hasOnlyHostCharacters(text)) return undefined;
  const url = `${scheme}://${text}`;
  if (!URL.canParse(url)) return undefined;
  const { host } = new URL(url);
  latest[scheme] = { text, host };
  return host;
}

/** Letters, digits, `-._~`, a port's colon, IPv6 brackets. No userinfo, path, percent-encoding or whitespace. */
export function hasOnlyHostCharacters(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isNumber = code >= 0x30 && code <= 0x39;
    const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
    if (!isNumber && !isLetter && !"-._~:[]".includes(text.charAt(i))) return false;
  }
  return text.length > 0;
}
