// A certificate for localhost, made on the spot: no key lies in the repository and no tool is needed. Just enough DER
// for a self-signed X.509 v3 certificate (RFC 5280).
import { createSign, generateKeyPairSync, randomBytes } from "node:crypto";

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export function selfSigned(): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    name,
    sequence(time(-1), time(30)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(authority, alternativeNames)),
  );
  const signature = createSign("sha256").update(body).sign(privateKey);
  const der = sequence(body, ecdsaWithSha256, node(0x03, Buffer.from([0]), signature));
  const lines = der.toString("base64").replaceAll(/.{64}/g, "$&\n").trimEnd();
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function node(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function sequence(...parts: Uint8Array[]): Buffer {
  return node(0x30, ...parts);
}

function tagged(number: number, body: Uint8Array): Buffer {
  return node(0xa0 | number, body);
}

function integer(bytes: Uint8Array): Buffer {
  return node(0x02, bytes);
}

function oid(hex: string): Buffer {
  return node(0x06, Buffer.from(hex, "hex"));
}

/** UTCTime, so many days from now. */
function time(days: number): Buffer {
  const iso = new Date(Date.now() + days * 86_400_000).toISOString();
  return node(0x17, Buffer.from(`${iso.slice(2, 19).replaceAll(/[-:T]/g, "")}Z`));
}

const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));

/** CN=localhost */
const name = sequence(node(0x31, sequence(oid("550403"), node(0x0c, Buffer.from("localhost")))));

/** Critical basicConstraints with cA: it signs itself. */
const authority = sequence(
  oid("551d13"),
  node(0x01, Buffer.from([0xff])),
  node(0x04, sequence(node(0x01, Buffer.from([0xff])))),
);

/** subjectAltName: localhost, 127.0.0.1, ::1 */
const alternativeNames = sequence(
  oid("551d11"),
  node(
    0x04,
    sequence(
      node(0x82, Buffer.from("localhost")),
      node(0x87, Buffer.from([127, 0, 0, 1])),
      node(0x87, Buffer.from([...Array<number>(15).fill(0), 1])),
    ),
  ),
);
