// Verify Anqi's signature in Node or TypeScript. `npm install standardwebhooks`, then `ANQI_SECRET=whsec_… node verify.mjs 8080`.
import { createServer } from "node:http";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

const webhook = new Webhook(process.env.ANQI_SECRET ?? "");

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString("utf8"); // raw: never parse it first
  try {
    const message = webhook.verify(body, request.headers);
    console.log("accepted", request.headers["webhook-id"], message.type); // store it here
    response.writeHead(204).end();
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    response.writeHead(401).end();
  }
});

server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("listening on", server.address().port));
