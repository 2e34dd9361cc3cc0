import { isIP } from "node:net";
import { domainName } from "./names.js";
import type { Finding } from "./problems.js";

/** The host of HCP Terraform or of a server that speaks its API. */
export function cloudHost(host: string): Finding | undefined {
  const [, name, port] = /^(.*?)(?::(\d{1,5}))?$/s.exec(host)!;
  const fits = name === "localhost" || isIP(name!) === 4 || domainName(name!) === undefined;
  if (fits && (port === undefined || (Number(port) >= 1 && Number(port) <= 65535))) return undefined;
  return {
    message: "is no host name: labels of a-z, 0-9 and - with dots between them, and a port if need be",
    remedy: "set the name alone, without scheme or path, such as app.terraform.io",
  };
}

/** An organization or workspace of HCP Terraform. */
export function cloudName(name: string): Finding | undefined {
  if (/^[a-zA-Z0-9_-]{1,90}$/.test(name)) return undefined;
  return {
    message: "is no name in HCP Terraform: 1 to 90 letters, digits, _ and -",
    remedy: "use the name its UI shows",
  };
}

/** A tag of workspaces in HCP Terraform. */
export function cloudTag(tag: string): Finding | undefined {
  if (/^[a-zA-Z0-9](?:[a-zA-Z0-9_:-]{0,253}[a-zA-Z0-9])?$/.test(tag)) return undefined;
  return {
    message: "is no tag in HCP Terraform: 1 to 255 letters, digits, _, - and :, with a letter or digit at either end",
    remedy: "use the tag its UI shows",
  };
}

/** Amazon's rule for buckets. */
export function bucketName(name: string): Finding | undefined {
  if (/^[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/.test(name) && !name.includes("..")) return undefined;
  return {
    message: "is no bucket: 3 to 63 of a-z, 0-9, . and -, with a letter or digit at either end",
    remedy: "set the bare name of the bucket, without s3:// and without a path",
  };
}

/** The name of an object in a bucket, of characters that need no quoting anywhere. */
export function objectKey(key: string): Finding | undefined {
  const parts = key.split("/");
  const fits =
    key.length <= 1024 && parts.every((part) => /^[a-zA-Z0-9!_.*'()-]+$/.test(part) && !/^\.\.?$/.test(part));
  if (fits) return undefined;
  return {
    message: "is no name of an object: letters, digits, _, ., - and !*'(), with single slashes between them",
    remedy: "set a name such as nocodb/prod.tfstate",
  };
}

/** A region, Amazon's or that of a server that names its own. */
export function regionName(name: string): Finding | undefined {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return undefined;
  return { message: "is no region: a-z, 0-9 and -", remedy: "set one such as eu-central-1" };
}

/** A server that speaks the API of S3. The state holds secrets, so only this machine is reached without TLS. */
export function endpoint(url: string): Finding | undefined {
  const remedy = "write it as https://host or https://host:port";
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.username || parsed?.password) {
    const secret = {
      message: "holds a user or password",
      remedy: "export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    };
    return { ...secret, secret: true };
  }
  if (parsed === undefined || parsed.origin !== url) {
    return { message: "is no address of a server: scheme, host and port alone, in lower case", remedy };
  }
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(parsed.hostname);
  if (parsed.protocol === "https:" || (parsed.protocol === "http:" && here)) return undefined;
  return { message: "is not https, and the state holds secrets", remedy };
}

/** A key of Amazon's KMS by its ARN, as Terraform wants it. */
export function kmsKey(arn: string): Finding | undefined {
  if (/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[a-zA-Z0-9:/_-]+$/.test(arn)) return undefined;
  const remedy = "write one such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  return { message: "is no ARN of a KMS key", remedy };
}

/** A table of Amazon's DynamoDB. */
export function tableName(name: string): Finding | undefined {
  if (/^[a-zA-Z0-9_.-]{3,255}$/.test(name)) return undefined;
  return { message: "is no table: 3 to 255 letters, digits, _, . and -", remedy: "set the table whose key is LockID" };
}
