// IP addresses in one spelling, so that they can be counted: no zone, no IPv4 in the clothes of IPv6.
import { isIP } from "node:net";

/** The address in one spelling; undefined for what is none. */
export function normalizeAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const zone = text.indexOf("%");
  const address = zone === -1 ? text : text.slice(0, zone);
  const version = isIP(address);
  if (version !== 6) return version === 4 ? address : undefined;
  const groups = groupsOf(address);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped) return address.toLowerCase();
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join(".");
}

/**
 * Whom to count as one: an IPv4 address, or the 64 bits of an IPv6 address that name a network, because whoever has one
 * address of it has all 2^64.
 *
 * @param address as {@link normalizeAddress} spells it
 */
export function addressKey(address: string): string {
  if (!address.includes(":")) return address;
  const network = groupsOf(address).slice(0, 4);
  return `${network.map((group) => group.toString(16)).join(":")}::/64`;
}

/** The eight numbers of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const [left = "", right] = address.split("::");
  const head = numbersOf(left);
  if (right === undefined) return head;
  const tail = numbersOf(right);
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function numbersOf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
