// What `portal bench webhooks` measures against: Fastify and better-sqlite3, each note durable before it is answered.
// Arguments: the database's file, the port, the key of the signatures.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import Database from "better-sqlite3";
import fastify from "fastify";

const [file, port, key] = process.argv.slice(2);
const database = new Database(file);
database.pragma("journal_mode = WAL");
// The package is built with NORMAL, with which a power cut takes answered notes away.
database.pragma("synchronous = FULL");
database.exec("CREATE TABLE inbox (dedupe_key TEXT PRIMARY KEY, body BLOB NOT NULL, signature TEXT NOT NULL, received_at INTEGER NOT NULL)");
const insert = database.prepare("INSERT INTO inbox VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");

const app = fastify();
app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
app.post("/webhooks/xero", (request, reply) => {
  const signature = request.headers["x-xero-signature"] ?? "";
  const expected = createHmac("sha256", key).update(request.body).digest();
  const given = Buffer.from(signature, "base64");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return reply.code(401).send();
  insert.run(createHash("sha256").update(request.body).digest("hex"), request.body, signature, Date.now());
  return reply.code(200).send();
});
app.get("/count", () => database.prepare("SELECT COUNT(*) AS notes FROM inbox").get());
await app.listen({ host: "127.0.0.1", port: Number(port) });
console.log("ready");
