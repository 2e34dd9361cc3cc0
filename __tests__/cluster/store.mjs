// node store.mjs WORD: keeps a word in Redis and in an object of the S3 server, or without a word prints both. REDIS_PASSWORD,
// S3_ACCESS_KEY and S3_SECRET_KEY are in the env, with the address of the server and its bucket.

import { createRequire } from "node:module";
import { connect } from "node:net";

const { S3 } = createRequire("/usr/app/node_modules/")("@aws-sdk/client-s3");
const { REDIS_PASSWORD, REDIS_HOST, S3_ACCESS_KEY, S3_SECRET_KEY, S3_ENDPOINT, S3_REGION, S3_BUCKET } = process.env;
const [, , word] = process.argv;

const redis = (command) =>
  new Promise((resolve, reject) => {
    const socket = connect(6379, REDIS_HOST, () => socket.write(`AUTH ${REDIS_PASSWORD}\r\n${command}\r\nQUIT\r\n`));
    let said = "";
    socket.on("data", (data) => {
      said += data;
    });
    socket.on("end", () => resolve(said.trim().split("\r\n").slice(1, -1).at(-1)));
    socket.on("error", reject);
  });

const s3 = new S3({
  endpoint: S3_ENDPOINT,
  region: S3_REGION,
  forcePathStyle: true,
  credentials: { accessKeyId: S3_ACCESS_KEY, secretAccessKey: S3_SECRET_KEY },
});
const object = { Bucket: S3_BUCKET, Key: "nc/uploads/word" };
if (word) {
  await redis(`SET lab:noco:word ${word}`);
  await s3.putObject({ ...object, ACL: "public-read", Body: word });
} else {
  const { Body } = await s3.getObject(object);
  console.log(await redis("GET lab:noco:word"), await Body.transformToString());
}
