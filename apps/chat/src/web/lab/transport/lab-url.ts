// The address of a socket of the lab, on the server that the page came from.

export function labUrl(target: string): string {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}${target}`;
}
