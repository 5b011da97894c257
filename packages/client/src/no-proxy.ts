// Which hosts NO_PROXY keeps from the proxy. The variable has no standard; this is what curl, Go and Python agree on.
// Our own because it is one page, and `BlockList` of Node brings the only hard part, address ranges.
import { BlockList, isIP } from "node:net";
import type { Address } from "./address.ts";

/**
 * Entries are separated by commas or spaces. `*` means every host; `example.org`, `.example.org` and `*.example.org` a
 * name and everything below it; `192.0.2.1`, `2001:db8::1`, `10.0.0.0/8` addresses as they stand in the URL, for names
 * are not resolved for this. A port behind an entry (`example.org:8443`, `[::1]:80`) limits it to that port.
 */
export function isExempt(list: string, { host, port }: Address): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return list
    .split(/[\s,]+/)
    .map(parseEntry)
    .some((entry) => (entry.port === undefined || entry.port === port) && matches(entry.host, name));
}

/** This machine: whatever the environment says of proxies, none of them could find the way back here. */
export function isLoopback({ host }: Address): boolean {
  return isExempt("localhost, 127.0.0.0/8, ::1", { host, port: 0 });
}

function parseEntry(text: string): { readonly host: string; readonly port: number | undefined } {
  const colon = text.lastIndexOf(":");
  // More than one colon outside of brackets is an IPv6 address without a port.
  const hasPort = colon > 0 && (text[colon - 1] === "]" || text.indexOf(":") === colon);
  const host = (hasPort ? text.slice(0, colon) : text).toLowerCase().replace(/^\[|\]$/g, "");
  return { host, port: hasPort ? Number(text.slice(colon + 1)) : undefined };
}

function matches(entry: string, name: string): boolean {
  if (entry === "*") return true;
  const family = isIP(name);
  if (family !== 0) return rangeOf(entry)?.check(name, family === 6 ? "ipv6" : "ipv4") ?? false;
  const domain = entry.replace(/^\*?\./, "").replace(/\.$/, "");
  return domain !== "" && (name === domain || name.endsWith(`.${domain}`));
}

/** An address or a range of addresses; undefined for what is neither. */
function rangeOf(entry: string): BlockList | undefined {
  const [address = "", prefix, ...more] = entry.split("/");
  const family = isIP(address);
  const bits = family === 6 ? 128 : 32;
  const length = prefix === undefined ? bits : Number(prefix || "x");
  if (family === 0 || more.length > 0 || !Number.isInteger(length) || length < 0 || length > bits) {
    return undefined;
  }
  const range = new BlockList();
  range.addSubnet(address, length, family === 6 ? "ipv6" : "ipv4");
  return range;
}
