import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/**
 * A self-signed certificate for one plugin process, as Terraform expects it in the handshake: ECDSA P-256, for
 * `localhost`, its own authority, valid for a day.
 * Written in a page of DER, because a plan starts nine plugin processes, so their start-up time counts, and a library
 * for X.509 is as large as the rest of the bundle.
 */
export function selfSignedCertificate(now = new Date()): { key: string; certificate: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "der" },
  });
  const hour = 3_600_000;
  const body = sequence(
    der(0xa0, integer(2)), // version 3
    der(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(8)])),
    ecdsaWithSha256,
    localhost,
    sequence(time(new Date(now.getTime() - hour)), time(new Date(now.getTime() + 24 * hour))),
    localhost,
    publicKey,
    der(0xa3, sequence(basicConstraints, subjectAltName)),
  );
  const signature = sign("sha256", body, createPrivateKey(privateKey));
  return { key: privateKey, certificate: sequence(body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature)) };
}

export function pem(certificate: Buffer): string {
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** One DER element: tag, length (in as few bytes as it fits), content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const prefix = body.length < 128 ? [] : body.length < 256 ? [0x81] : [0x82, body.length >> 8];
  const length = [...prefix, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function sequence(...content: Buffer[]): Buffer {
  return der(0x30, ...content);
}

function integer(value: number): Buffer {
  return der(0x02, Buffer.from([value]));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

/** UTCTime, YYMMDDhhmmssZ. */
function time(date: Date): Buffer {
  return der(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-T:]/g, "")}Z`));
}

const TRUE = der(0x01, Buffer.from([0xff]));
const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
const localhost = sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from("localhost")))));
const basicConstraints = sequence(oid("551d13"), TRUE, der(0x04, sequence(TRUE)));
const subjectAltName = sequence(oid("551d11"), der(0x04, sequence(der(0x82, Buffer.from("localhost")))));
