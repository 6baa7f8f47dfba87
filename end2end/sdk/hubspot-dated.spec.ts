// The same work over the dated paths that the portal calls: the SDK has no types for them, but it makes the calls.
// One test per call of the portal's client would hide what matters: that they follow on one another.

import type { Client } from "@hubspot/api-client";
import { connect, makeOwnProperties, ownProperty } from "./hubspot.ts";
import { agree, expect, test } from "./sandbox.ts";

/** The version that every path of the portal's client names. */
const VERSION = "2026-09";

type Answer = { status: number; body: any };

async function call(client: Client, method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await client.apiRequest({ method, path, body });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
}

const DEALS = `/crm/objects/${VERSION}/deals`;
const COMPANIES = `/crm/objects/${VERSION}/companies`;
const CONTACTS = `/crm/objects/${VERSION}/contacts`;
const LINE_ITEMS = `/crm/objects/${VERSION}/line_items`;

const leadInput = (lead: string, more: Record<string, string> = {}) => ({
  idProperty: "portal_lead_id",
  id: lead,
  properties: { portal_lead_id: lead, dealname: lead, pipeline: "default", dealstage: "pql", ...more },
});

test("what the portal reads before its first lead: stages, owners, its properties, currencies and the account", async ({ sandbox }) => {
  const client = connect(sandbox);
  const pipelines = await call(client, "GET", `/crm/pipelines/${VERSION}/deals`);
  expect(pipelines.body.results[0].stages.map((stage: { id: string }) => stage.id)).toContain("closedwon");
  const owners = await call(client, "GET", `/crm/owners/${VERSION}?limit=1`);
  expect(owners.body.paging.next.after).toBe(owners.body.results[0].id);
  const { definition } = ownProperty("deals", "portal_lead_id");
  expect((await call(client, "GET", `/crm/properties/${VERSION}/deals/${definition.name}`)).status).toBe(404);
  expect((await call(client, "POST", `/crm/properties/${VERSION}/deals`, definition)).status).toBe(201);
  expect((await call(client, "POST", `/crm/properties/${VERSION}/deals`, definition)).status).toBe(409);
  expect((await call(client, "GET", `/settings/currencies/${VERSION}/company-currency`)).body.currencyCode).toBe("GBP");
  const rates = await call(client, "GET", `/settings/currencies/${VERSION}/exchange-rates/current`);
  expect(rates.body.results.map((rate: { fromCurrencyCode: string }) => rate.fromCurrencyCode)).toContain("EUR");
  const account = await call(client, "GET", `/account-info/${VERSION}/details`);
  expect(account.body).toMatchObject({ timeZone: "Europe/London", companyCurrency: "GBP" });
  const usage = await call(client, "GET", `/account-info/${VERSION}/api-usage/daily/private-apps`);
  expect(usage.body.results[0].currentUsage).toBeGreaterThan(5);
});

test("a lead becomes one company, one contact and one deal, tied together, however often it is sent", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  expect((await call(client, "GET", `${COMPANIES}/acme.example?idProperty=portal_company_key`)).status).toBe(404);
  const companies = [];
  for (let time = 0; time < 2; time++) {
    const properties = { portal_company_key: "acme.example", name: "Acme", domain: "acme.example" };
    const inputs = [{ idProperty: "portal_company_key", id: "acme.example", properties }];
    companies.push((await call(client, "POST", `${COMPANIES}/batch/upsert`, { inputs })).body.results[0]);
  }
  expect(companies.map((company) => company.new)).toEqual([true, false]);
  const company = companies[0].id;

  const person = { properties: { email: "ana@acme.example", firstname: "Ana" }, associations: [] };
  const contact = (await call(client, "POST", CONTACTS, person)).body.id;
  expect(await call(client, "POST", CONTACTS, person)).toMatchObject({ status: 409, body: { category: "CONFLICT" } });
  expect((await call(client, "GET", `${CONTACTS}/ana%40acme.example?idProperty=email`)).body.id).toBe(contact);
  expect((await call(client, "PATCH", `${CONTACTS}/${contact}`, { properties: { lastname: "Ruiz" } })).status).toBe(200);

  const deals = [];
  for (let time = 0; time < 2; time++) {
    deals.push((await call(client, "POST", `${DEALS}/batch/upsert`, { inputs: [leadInput("lead-1")] })).body.results[0]);
    const deal = deals[0].id;
    expect((await call(client, "PUT", `${DEALS}/${deal}/associations/default/contacts/${contact}`)).body.status).toBe("COMPLETE");
    const primary = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 5 }];
    expect((await call(client, "PUT", `${DEALS}/${deal}/associations/companies/${company}`, primary)).status).toBe(201);
    expect((await call(client, "PUT", `${CONTACTS}/${contact}/associations/default/companies/${company}`)).status).toBe(200);
  }
  expect(deals[1]).toMatchObject({ id: deals[0].id, new: false });
  for (const [kind, id] of [["companies", company], ["contacts", contact]]) {
    const read = await call(client, "POST", `/crm/associations/${VERSION}/deals/${kind}/batch/read`, { inputs: [{ id: deals[0].id }] });
    expect(read.body.results[0].to.map((end: { toObjectId: string }) => end.toObjectId)).toEqual([id]);
  }
});

test("a batch with one bad input is a 200 with the error inside, and a 207 over the old paths", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  const inputs = [leadInput("lead-1"), leadInput("lead-2", { dealstage: "nowhere" })];
  for (const [path, status] of [[`${DEALS}/batch/upsert`, 200], ["/crm/v3/objects/deals/batch/upsert", 207]] as const) {
    const answer = await call(client, "POST", path, { inputs });
    expect(answer).toMatchObject({ status, body: { status: "COMPLETE", numErrors: 1 } });
    expect(answer.body.results.map((deal: { properties: Record<string, string> }) => deal.properties.portal_lead_id)).toEqual(["lead-1"]);
    expect(answer.body.errors[0]).toMatchObject({ category: "VALIDATION_ERROR", context: { ids: ["lead-2"] } });
  }
});

test("deals are swept by change, read by id, found in the bin, and followed through a merge", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  const inputs = ["lead-1", "lead-2", "lead-3"].map((lead) => leadInput(lead));
  const made = (await call(client, "POST", `${DEALS}/batch/upsert`, { inputs })).body.results;
  const ids: string[] = made.map((deal: { id: string }) => deal.id);
  const filters = [{ propertyName: "hs_lastmodifieddate", operator: "GTE", value: String(Date.parse("2026-10-01T08:00:00Z")) }];
  const search = { filterGroups: [{ filters }], properties: ["dealstage"], sorts: [{ propertyName: "hs_lastmodifieddate", direction: "ASCENDING" }], limit: 2 };
  const first = await call(client, "POST", `${DEALS}/search`, search);
  const second = await call(client, "POST", `${DEALS}/search`, { ...search, after: first.body.paging.next.after });
  const swept = [...first.body.results, ...second.body.results].map((deal) => deal.id);
  expect([first.body.total, swept.sort()]).toEqual([3, [...ids].sort()]);

  await call(client, "DELETE", `${DEALS}/${ids[2]}`);
  expect((await call(client, "GET", `${DEALS}/${ids[2]}?archived=false`)).status).toBe(404);
  expect((await call(client, "GET", `${DEALS}/${ids[2]}?archived=true`)).body.archived).toBe(true);
  const there = await call(client, "POST", `${DEALS}/batch/read`, { inputs: ids.map((id) => ({ id })), properties: ["dealstage"] });
  expect([there.status, there.body.results.length, there.body.numErrors]).toEqual([200, 2, 1]);
  const merged = await call(client, "POST", `${DEALS}/merge`, { primaryObjectId: ids[0], objectIdToMerge: ids[1] });
  expect((await call(client, "GET", `${DEALS}/${ids[1]}?properties=hs_merged_object_ids`)).body.id).toBe(merged.body.id);
});

test("a deal of before takes a lead's key, and what was sold with it is found by its ties", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  const written = { dealname: "Acme", pipeline: "default", dealstage: "pql" };
  const deal = (await call(client, "POST", DEALS, { properties: written, associations: [] })).body.id;
  const adopted = await call(client, "PATCH", `${DEALS}/${deal}`, { properties: { portal_lead_id: "lead-1" } });
  expect(adopted).toMatchObject({ status: 200, body: { id: deal, properties: { portal_lead_id: "lead-1", dealname: "Acme" } } });
  expect((await call(client, "GET", `${DEALS}/lead-1?idProperty=portal_lead_id`)).body.id).toBe(deal);

  const ties = () => call(client, "POST", `/crm/associations/${VERSION}/deals/line_items/batch/read`, { inputs: [{ id: deal }] });
  expect(await ties()).toMatchObject({ status: 200, body: { results: [], numErrors: 1 } });
  const sold = { name: "Shop", price: "1200.00", quantity: "2", recurringbillingfrequency: "monthly" };
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 20 }];
  const item = (await call(client, "POST", LINE_ITEMS, { properties: sold, associations: [{ to: { id: deal }, types }] })).body.id;
  expect((await ties()).body.results).toMatchObject([{ from: { id: deal }, to: [{ toObjectId: item }] }]);
  const asked = { inputs: [{ id: item }], properties: ["name", "recurringbillingfrequency"] };
  const read = await call(client, "POST", `${LINE_ITEMS}/batch/read`, asked);
  expect(read.body.results[0].properties).toMatchObject({ name: "Shop", recurringbillingfrequency: "monthly" });
});

test("an app introspects its token and revokes it", async ({ sandbox }) => {
  const client = connect(sandbox);
  const app = { client_id: "app", client_secret: sandbox.setting("HUBSPOT_CLIENT_SECRET") };
  const back = { redirect_uri: "http://127.0.0.1/back" };
  const asked = new URLSearchParams({ ...back, client_id: "app" });
  const callback = await agree(`${sandbox.setting("HUBSPOT_URL")}/oauth/authorize?${asked}`);
  const code = new URL(callback).searchParams.get("code")!;
  const post = async (path: string, form: Record<string, string>) => {
    const body = new URLSearchParams({ ...app, ...form });
    const answer = await fetch(`${sandbox.setting("HUBSPOT_URL")}/oauth/${VERSION}/${path}`, { method: "POST", body });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const { body: tokens } = await post("token", { grant_type: "authorization_code", code, ...back });
  expect((await post("token/introspect", { token: tokens.access_token, token_type_hint: "access_token" })).body).toMatchObject({ active: true, hub_id: 48151623 });
  expect((await post("token/revoke", { token: tokens.refresh_token, token_type_hint: "refresh_token" })).status).toBe(200);
  expect((await post("token/introspect", { token: tokens.refresh_token })).body.active).toBe(false);
  expect((await post("token", { grant_type: "refresh_token", refresh_token: tokens.refresh_token })).body.error).toBe("invalid_grant");
  // A token that was given before lives on until it ends.
  client.setAccessToken(tokens.access_token);
  expect((await call(client, "GET", `/crm/owners/${VERSION}`)).status).toBe(200);
});
