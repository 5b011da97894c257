// Certificates, made once per run.
import { generate } from "selfsigned";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const made = new Map<string, Promise<Certificate>>();

/** Signed by itself, so it is its own CA. */
export function certificate(name = "localhost"): Promise<Certificate> {
  let promise = made.get(name);
  if (promise === undefined) {
    promise = generate([{ name: "commonName", value: name }], {
      keyType: "ec",
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: name }] }],
    }).then(({ private: key, cert }) => ({ key, cert }));
    made.set(name, promise);
  }
  return promise;
}
