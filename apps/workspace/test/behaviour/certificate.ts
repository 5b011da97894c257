// A certificate for localhost, made once per run.
import { generate } from "selfsigned";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

let made: Promise<Certificate> | undefined;

export function certificate(): Promise<Certificate> {
  made ??= generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  }).then(({ private: key, cert }) => ({ key, cert }));
  return made;
}
