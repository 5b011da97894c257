// Writes docs/security.md.
import { type TestTitle } from "../../rfc/titles.ts";
import { testsNamed } from "../../rfc/evidence.ts";
import { cell, links, titlePart } from "../../rfc/markdown.ts";
import type { Advisory, Threat } from "./row.ts";

const HEADING = `# Security

What strangers may do to a server or a client, what stops them, and the test that tries it. The tables are generated from
the lists in \`apps/workspace/test/security/map\`; a test fails where they are out of date, where a row names a test or a
file that is gone, and where it has neither a test nor the reason why there is none. Most attacks are made on the wire, by a
socket without a library, in \`apps/workspace/test/security\`.

## Safe without options

- Pages of other origins get 403. Whoever sends no \`Origin\` is no browser, and is let in: who a client is, is for
  \`authenticate\` to ask.
- A message has at most 1 MiB on a server and 16 MiB on a client, after decompression. Compression is off unless switched on.
- 16 MiB may wait for a peer that does not read; then it is closed with 1013. A peer that is not read is not read further:
  what it sends stays with it.
- A handshake has ten seconds, a close five, and a peer that says nothing for thirty is pinged and given up after ten more.
- A client verifies certificates, follows no redirect, and masks every frame with a key that nobody can foretell.
- No input of a peer throws or emits an \`error\`: what went wrong is in the result of closing, in the rejection of \`connect\`,
  in the status of a refusal.

## For the application to decide

- Who may connect: \`authenticate\`. Cookies are sent by browsers from every page; the check of the origin is what makes them
  worth something, so widen it by a list.
- How many may come, and how often: \`maxConnections\`, \`maxConnectionsPerAddress\`, \`maxHandshakesPerSecondPerAddress\`, and
  \`maxMessagesPerSecond\` and its siblings for each of them. All are off, because nobody else knows how many are many.
- Behind a proxy, \`trustedProxies\`: without it every client has the address of the proxy.
- Take the messages of every connection, were it to throw them away: what nobody takes is not read, nor is the close frame
  behind it.
- What a message means. Text is valid UTF-8, and nothing else about it is known.
- Whether compression is worth it: it makes the length of a message depend on what is in it, so that whoever can put words next
  to a secret, and sees lengths, learns about the secret.
`;

/** How they are shown: the titles, and the marks of what is missing. */
function shown({ shownBy, missing }: Threat | Advisory, titles: readonly TestTitle[]): string {
  const tests = shownBy.map((wanted) => {
    const files = testsNamed(wanted, titles).map(({ file }) => file);
    return `${links(files)} ${cell(titlePart(wanted))}`;
  });
  return [...tests, ...(missing === undefined ? [] : [`**Missing:** ${cell(missing)}.`])].join("<br>");
}

export function securityPage(
  threats: readonly Threat[],
  advisories: readonly Advisory[],
  titles: readonly TestTitle[],
): string {
  const threatRows = threats.map((one) => [
    cell(one.threat),
    cell(one.rule),
    cell(one.bound),
    links(one.code),
    shown(one, titles),
  ]);
  const advisoryRows = advisories.map((one) => [
    one.ids.map(linked).join(", "),
    cell(one.elsewhere),
    cell(one.here),
    links(one.code),
    shown(one, titles),
  ]);
  return [
    HEADING.trimEnd(),
    // The formatter would pad the cells of every table to the longest one in it.
    "<!-- prettier-ignore-start -->",
    "## Threats",
    table(["Threat", "Rule", "Measured", "Code", "Shown by"], threatRows),
    "## Advisories of others",
    "Published by other WebSocket implementations and by what is built on them. A test has the number of each in its title, save where something is missing.",
    table(["Advisory", "What went wrong", "Why not here", "Code", "Shown by"], advisoryRows),
    "<!-- prettier-ignore-end -->\n",
  ].join("\n\n");
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heads), `|${"---|".repeat(heads.length)}`, ...rows.map(line)].join("\n");
}

/** An advisory has a page; what has only a name has none. */
function linked(id: string): string {
  if (id.startsWith("CVE-")) return `[${id}](https://nvd.nist.gov/vuln/detail/${id})`;
  if (id.startsWith("GHSA-")) return `[${id}](https://github.com/advisories/${id})`;
  return id;
}
