// A department's system in TypeScript, against the types made of the description: compiled and run by test_clients.py.
import createClient from "openapi-fetch";
import type { components, paths, webhooks } from "./anqi.js";

type Colour = components["schemas"]["Colour"];
type Body<Type extends keyof webhooks> = webhooks[Type]["post"]["requestBody"]["content"]["application/json"];
type Message = Body<"rating.published"> | Body<"rating.revised"> | Body<"delivery.test">;

/** Names of enterprises that a message tells to have a colour. */
export function namesOf(message: Message, colour: Colour): string[] {
  if (message.type === "delivery.test") return [];
  return message.data.ratings.filter((each) => each.colour === colour).map((each) => each.name);
}

declare const process: { argv: string[] };
const [, , server, key] = process.argv;
const client = createClient<paths>({ baseUrl: server, headers: { Authorization: `Bearer ${key}` } });
const colour: Colour = "red";
const { data, error } = await client.GET("/api/v1/ratings/", { params: { query: { colour } } });
if (error) throw new Error(error.title);
const told = await client.GET("/api/v1/events/{subscription}/{sequence}/", {
  params: { path: { subscription: Number(process.argv[4]), sequence: 1 } },
});
if (told.error) throw new Error(told.error.title);
const message = told.data.payload as Message;
console.log(
  JSON.stringify({
    reds: data.results.map((each) => each.enterprise),
    type: told.data.type,
    named: namesOf(message, message.data.ratings[0]?.colour ?? "red"),
  }),
);
