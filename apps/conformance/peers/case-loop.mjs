// What every client under test in JavaScript has in common: get the list, play each case, say that it is done.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get as getPlain } from "node:http";
import { get as getTls } from "node:https";

const [listUrl, json = "{}"] = process.argv.slice(2);

/** `{ compression, http2, ca? }`, the certificate already read. */
export const options = { compression: true, ...JSON.parse(json) };
if (options.ca !== undefined) options.ca = readFileSync(options.ca);

/** A GET that trusts the certificate; `fetch` cannot be told to. */
async function get(url) {
  const request = (url.startsWith("https") ? getTls : getPlain)(url, { ca: options.ca });
  const [response] = await once(request, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}

/** `play` gets `{ id, url, protocols? }` and resolves when its connection is closed. */
export async function loop(play, jobs = 8) {
  const { cases, done } = JSON.parse(await get(listUrl));
  const worker = async () => {
    for (let next = cases.shift(); next !== undefined; next = cases.shift()) await play(next);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  await get(done);
  process.exit();
}
