// HubSpot's own SDK does everything that the portal's client does, over the paths that the SDK calls (v3 and v4).

import type { Client } from "@hubspot/api-client";
import { AssociationSpecAssociationCategoryEnum as Category } from "@hubspot/api-client/lib/codegen/crm/associations/v4/index.js";
import { FilterOperatorEnum } from "@hubspot/api-client/lib/codegen/crm/deals/index.js";
import { connect, makeOwnProperties, ownProperty, thrownBy } from "./hubspot.ts";
import { agree, expect, test } from "./sandbox.ts";

/** A deal of a lead, made as the portal makes one. */
async function upsertDeal(client: Client, lead: string, properties: Record<string, string> = {}) {
  const all = { portal_lead_id: lead, dealname: `Deal of ${lead}`, pipeline: "default", dealstage: "pql", ...properties };
  const inputs = [{ idProperty: "portal_lead_id", id: lead, properties: all }];
  const batch = await client.crm.deals.batchApi.upsert({ inputs });
  return batch.results[0]!;
}

test("pipelines, stages and owners are listed with what the portal reads of them", async ({ sandbox }) => {
  const client = connect(sandbox);
  const pipelines = await client.crm.pipelines.pipelinesApi.getAll("deals");
  const won = pipelines.results[0]!.stages.filter((stage) => stage.metadata?.isClosed === "true" && stage.metadata.probability === "1.0");
  expect(won.map((stage) => stage.id)).toEqual(["closedwon"]);
  expect(pipelines.results[0]!.createdAt).toBeInstanceOf(Date);

  const first = await client.crm.owners.ownersApi.getPage(undefined, undefined, 1);
  const second = await client.crm.owners.ownersApi.getPage(undefined, first.paging?.next?.after, 1);
  expect(second.results[0]!.id).not.toBe(first.results[0]!.id);
  expect(second.paging).toBeUndefined();
  const found = await client.crm.owners.ownersApi.getPage(first.results[0]!.email);
  expect(found.results.map((owner) => owner.id)).toEqual([first.results[0]!.id]);
});

test("the portal's own property is missing at first, is made once, and says that its values are unique", async ({ sandbox }) => {
  const client = connect(sandbox);
  const { objectType, definition } = ownProperty("deals", "portal_lead_id");
  expect((await thrownBy(client.crm.properties.coreApi.getByName(objectType, definition.name))).code).toBe(404);
  const made = await client.crm.properties.coreApi.create(objectType, definition);
  expect(made.hasUniqueValue).toBe(true);
  expect((await client.crm.properties.coreApi.getByName(objectType, definition.name)).hasUniqueValue).toBe(true);
  expect((await thrownBy(client.crm.properties.coreApi.create(objectType, definition))).code).toBe(409);
});

test("the same lead twice is one deal, and an unknown lead is a 404", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  const first = await upsertDeal(client, "lead-1", { amount: "1500.00", deal_currency_code: "EUR" });
  const again = await upsertDeal(client, "lead-1");
  expect([first._new, again._new, again.id]).toEqual([true, false, first.id]);
  const read = await client.crm.deals.basicApi.getById("lead-1", ["amount", "dealstage"], undefined, undefined, false, "portal_lead_id");
  expect(read.properties).toMatchObject({ amount: "1500.00", dealstage: "pql", hs_object_id: first.id });
  expect(read.createdAt).toEqual(new Date(read.properties.createdate!));
  const missing = await thrownBy(client.crm.deals.basicApi.getById("lead-2", undefined, undefined, undefined, false, "portal_lead_id"));
  expect([missing.code, missing.body.category]).toEqual([404, "OBJECT_NOT_FOUND"]);
  expect((await sandbox.read("truth")).deals_by_lead["lead-1"]).toEqual([first.id]);
});

test("companies of before are found by domain, oldest first, and take the portal's key", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  const ids: string[] = [];
  for (const name of ["Acme One", "Acme Two"]) {
    const made = await client.crm.companies.basicApi.create({ properties: { name, domain: "acme.example" }, associations: [] });
    ids.push(made.id);
  }
  const search = {
    filterGroups: [{ filters: [{ propertyName: "domain", operator: FilterOperatorEnum.Eq, value: "ACME.example" }] }],
    sorts: ["createdate"],
    properties: ["domain"],
    limit: 1,
  };
  const first = await client.crm.companies.searchApi.doSearch(search);
  const second = await client.crm.companies.searchApi.doSearch({ ...search, after: first.paging!.next!.after });
  expect([first.total, first.results[0]!.id, second.results[0]!.id, second.paging]).toEqual([2, ids[0], ids[1], undefined]);
  await client.crm.companies.basicApi.update(ids[0]!, { properties: { portal_company_key: "acme.example" } });
  const byKey = await client.crm.companies.basicApi.getById("acme.example", [], undefined, undefined, false, "portal_company_key");
  expect(byKey.id).toBe(ids[0]);
  const inputs = [{ idProperty: "portal_company_key", id: "acme.example", properties: { portal_company_key: "acme.example", name: "Acme" } }];
  const upserted = await client.crm.companies.batchApi.upsert({ inputs });
  expect(upserted.results[0]).toMatchObject({ id: ids[0], _new: false });
  const taken = await thrownBy(client.crm.companies.basicApi.update(ids[1]!, { properties: { portal_company_key: "acme.example" } }));
  expect([taken.code, taken.body.category]).toEqual([400, "VALIDATION_ERROR"]);
});

test("a contact with a taken address is a 409 that names the one there, and only what is asked for is read", async ({ sandbox }) => {
  const client = connect(sandbox);
  const properties = { email: "Ana.Ruiz@Acme.example", firstname: "Ana", phone: "+34911234567" };
  const made = await client.crm.contacts.basicApi.create({ properties, associations: [] });
  const taken = await thrownBy(client.crm.contacts.basicApi.create({ properties, associations: [] }));
  expect([taken.code, taken.body.message, taken.body.category]).toEqual([409, `Contact already exists. Existing ID: ${made.id}`, "CONFLICT"]);
  const read = await client.crm.contacts.basicApi.getById("ana.ruiz@acme.example", ["firstname", "lastname"], undefined, undefined, false, "email");
  expect(read.properties).toMatchObject({ firstname: "Ana", lastname: null });
  expect(read.properties).not.toHaveProperty("phone");
  const filled = await client.crm.contacts.basicApi.update(made.id, { properties: { lastname: "Ruiz" } });
  expect(filled.properties.lastname).toBe("Ruiz");
});

test("what is not valid is a 400 that says which property and why", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  const unknown = await thrownBy(client.crm.contacts.basicApi.create({ properties: { colour: "red" }, associations: [] }));
  expect([unknown.code, unknown.body.errors[0].code]).toEqual([400, "PROPERTY_DOESNT_EXIST"]);
  const stage = await thrownBy(upsertDeal(client, "lead-1", { dealstage: "nowhere" }));
  expect([stage.code, stage.body.category, stage.body.errors[0].code]).toEqual([400, "VALIDATION_ERROR", "INVALID_OPTION"]);
  const token = connect(sandbox);
  token.setAccessToken("somebody-else");
  expect((await thrownBy(token.crm.owners.ownersApi.getPage())).body.category).toBe("INVALID_AUTHENTICATION");
});

test("a deal is tied to its contact and its primary company, and says so itself", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  const deal = await upsertDeal(client, "lead-1");
  const company = await client.crm.companies.basicApi.create({ properties: { name: "Acme" }, associations: [] });
  const contact = await client.crm.contacts.basicApi.create({ properties: { email: "ana@acme.example" }, associations: [] });
  const { basicApi, batchApi } = client.crm.associations.v4;
  const tied = await basicApi.createDefault("deals", deal.id, "contacts", contact.id);
  expect(tied.results.map((link) => link.associationSpec.associationTypeId).sort()).toEqual([3, 4]);
  const primary = [{ associationCategory: Category.HubspotDefined, associationTypeId: 5 }];
  const labels = await basicApi.create("deals", deal.id, "companies", company.id, primary);
  expect([labels.fromObjectId, labels.toObjectId]).toEqual([deal.id, company.id]);
  const read = await batchApi.getPage("deals", "companies", { inputs: [{ id: deal.id }] });
  const ends = read.results[0]!.to;
  expect(ends.map((end) => end.toObjectId)).toEqual([company.id]);
  expect(ends[0]!.associationTypes.map((type) => type.typeId).sort()).toEqual([341, 5]);
  const shown = await client.crm.deals.basicApi.getById(deal.id, [], undefined, ["companies", "contacts"]);
  expect(Object.keys(shown.associations!).sort()).toEqual(["companies", "contacts"]);
  expect(shown.associations!.contacts!.results[0]!.id).toBe(contact.id);
});

test("a sweep pages through what was changed since, and the line items of a won deal are read", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  for (const lead of ["lead-1", "lead-2", "lead-3"]) await upsertDeal(client, lead);
  const search = {
    filterGroups: [{ filters: [{ propertyName: "hs_lastmodifieddate", operator: FilterOperatorEnum.Gte, value: String(Date.parse("2026-10-01T08:00:00Z")) }] }],
    sorts: ["hs_lastmodifieddate"],
    properties: ["dealstage", "portal_lead_id"],
    limit: 2,
  };
  const first = await client.crm.deals.searchApi.doSearch(search);
  const second = await client.crm.deals.searchApi.doSearch({ ...search, after: first.paging!.next!.after });
  const leads = [...first.results, ...second.results].map((deal) => deal.properties.portal_lead_id);
  expect([first.total, leads.sort()]).toEqual([3, ["lead-1", "lead-2", "lead-3"]]);

  const deal = first.results[0]!.id;
  const item = await client.crm.lineItems.basicApi.create({
    properties: { name: "Shop", price: "1200.00", quantity: "2", recurringbillingfrequency: "monthly" },
    associations: [{ to: { id: deal }, types: [{ associationCategory: Category.HubspotDefined, associationTypeId: 20 }] }],
  });
  const won = await client.crm.deals.basicApi.getById(deal, [], undefined, ["line_items"]);
  expect(won.associations!["line items"]!.results.map((end) => end.id)).toEqual([item.id]);
  const items = await client.crm.lineItems.batchApi.read({ inputs: [{ id: item.id }], properties: ["price", "recurringbillingfrequency"], propertiesWithHistory: [] });
  expect(items.results[0]!.properties).toMatchObject({ price: "1200.00", recurringbillingfrequency: "monthly" });
});

test("the line items of some deals are asked for at once, and a deal without any is an error beside the others", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  const [sold, bare] = [await upsertDeal(client, "lead-1"), await upsertDeal(client, "lead-2")];
  const associations = [{ to: { id: sold.id }, types: [{ associationCategory: Category.HubspotDefined, associationTypeId: 20 }] }];
  const items: string[] = [];
  for (const name of ["Shop", "Support"]) {
    const properties = { name, price: "600.00", quantity: "1" };
    items.push((await client.crm.lineItems.basicApi.create({ properties, associations })).id);
  }
  const read = await client.crm.associations.v4.batchApi.getPage("deals", "line_items", { inputs: [{ id: sold.id }, { id: bare.id }] });
  expect(read.results.map((each) => each._from.id)).toEqual([sold.id]);
  const ends = read.results[0]!.to;
  expect(ends.map((end) => end.toObjectId).sort()).toEqual([...items].sort());
  expect(ends.map((end) => end.associationTypes.map((type) => type.typeId))).toEqual([[19], [19]]);
  expect((read as { numErrors?: number }).numErrors).toBe(1);
});

test("a deal of before takes a lead's key and keeps what sales wrote, and no other deal takes that key then", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  const written = { dealname: "Acme", pipeline: "default", dealstage: "pql", amount: "1500.00" };
  const before = await client.crm.deals.basicApi.create({ properties: written, associations: [] });
  const key = { properties: { portal_lead_id: "lead-1" } };
  const adopted = await client.crm.deals.basicApi.update(before.id, key);
  expect([adopted.id, adopted.properties.portal_lead_id]).toEqual([before.id, "lead-1"]);
  const read = await client.crm.deals.basicApi.getById("lead-1", Object.keys(written), undefined, undefined, false, "portal_lead_id");
  expect([read.id, read.properties.amount, read.properties.dealname]).toEqual([before.id, "1500.00", "Acme"]);
  const other = await upsertDeal(client, "lead-2");
  const taken = await thrownBy(client.crm.deals.basicApi.update(other.id, key));
  expect([taken.code, taken.body.category]).toEqual([400, "VALIDATION_ERROR"]);
  const nowhere = await thrownBy(client.crm.deals.basicApi.update("17", key));
  expect([nowhere.code, nowhere.body.category]).toEqual([404, "OBJECT_NOT_FOUND"]);
});

test("a deleted deal is read from the bin, a merged one under its new id, and many are asked for at once", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  const [one, two, gone] = [await upsertDeal(client, "lead-1"), await upsertDeal(client, "lead-2"), await upsertDeal(client, "lead-3")];
  await client.crm.deals.basicApi.archive(gone.id);
  expect((await thrownBy(client.crm.deals.basicApi.getById(gone.id))).code).toBe(404);
  const binned = await client.crm.deals.basicApi.getById(gone.id, [], undefined, undefined, true);
  expect(binned.archived).toBe(true);
  expect(binned.archivedAt).toBeInstanceOf(Date);
  const batch = await client.crm.deals.batchApi.read({ inputs: [{ id: one.id }, { id: gone.id }], properties: ["dealstage"], propertiesWithHistory: [] });
  expect(batch.results.map((deal) => deal.id)).toEqual([one.id]);
  expect((batch as { numErrors?: number }).numErrors).toBe(1);
  const merged = await client.crm.deals.basicApi.merge({ primaryObjectId: one.id, objectIdToMerge: two.id });
  expect((await client.crm.deals.basicApi.getById(two.id)).id).toBe(merged.id);
});

test("a stage is added, renamed and archived, and its id stays what it is", async ({ sandbox }) => {
  const client = connect(sandbox);
  const { pipelineStagesApi, pipelinesApi } = client.crm.pipelines;
  const made = await pipelineStagesApi.create("deals", "default", { label: "Signed", displayOrder: 5, metadata: { probability: "1.0" } });
  expect(made.metadata).toEqual({ isClosed: "true", probability: "1.0" });
  const renamed = await pipelineStagesApi.update("deals", "default", made.id, { label: "Contract signed" });
  expect([renamed.id, renamed.label]).toEqual([made.id, "Contract signed"]);
  const deal = await client.crm.deals.basicApi.create({ properties: { dealname: "Acme", dealstage: made.id }, associations: [] });
  await pipelineStagesApi.archive("deals", "default", made.id);
  const stages = (await pipelinesApi.getById("deals", "default")).stages.map((stage) => stage.id);
  expect(stages).not.toContain(made.id);
  expect((await client.crm.deals.basicApi.getById(deal.id)).properties.dealstage).toBe(made.id);
  const renewals = { label: "Renewals", displayOrder: 1, stages: [{ label: "Due", displayOrder: 0, metadata: { probability: "0.5" } }] };
  const second = await pipelinesApi.create("deals", renewals);
  await pipelinesApi.archive("deals", second.id);
  expect((await pipelinesApi.getAll("deals")).results).toHaveLength(1);
});

test("what a missing scope, a lock and a proxy say is read as such", async ({ sandbox }) => {
  const client = connect(sandbox);
  await sandbox.act("faults", { missing_scopes: "crm.objects.owners.read" });
  const scope = await thrownBy(client.crm.owners.ownersApi.getPage());
  expect([scope.code, scope.body.category]).toEqual([403, "MISSING_SCOPES"]);
  expect(scope.body.errors[0].context.requiredGranularScopes).toEqual(["crm.objects.owners.read"]);
  for (const [mishap, code] of [["locked", 423], ["migrating", 477], ["bad_gateway", 502]] as const) {
    await sandbox.act("faults/rules", { system: "hubspot", path: "/pipelines", mishap });
    const thrown = await thrownBy(client.crm.pipelines.pipelinesApi.getAll("deals"));
    expect(thrown.code).toBe(code);
    if (mishap === "migrating") expect(thrown.headers["retry-after"]).toBe("30");
  }
  expect((await client.crm.pipelines.pipelinesApi.getAll("deals")).results).toHaveLength(1);
});

test("the SDK waits a second for the search's limit and tries a failing server again by itself", async ({ sandbox }) => {
  const client = connect(sandbox, 3);
  await sandbox.act("faults", { hubspot: { too_many_requests: 1, too_many_kind: "secondly" } });
  const began = Date.now();
  expect((await client.crm.deals.searchApi.doSearch({ limit: 1 })).total).toBe(0);
  expect(Date.now() - began).toBeGreaterThan(900);
  await sandbox.act("faults", { hubspot: { error_percent: 100 } });
  expect((await thrownBy(client.crm.owners.ownersApi.getPage())).code).toBe(500);
  const log = await sandbox.read("log");
  expect(log.filter((entry: { target: string }) => entry.target.startsWith("/crm/v3/owners"))).toHaveLength(3);
});

test("the SDK waits ten seconds when a window of ten seconds is full", async ({ sandbox }) => {
  const client = connect(sandbox, 2);
  await sandbox.act("faults", { hubspot: { too_many_requests: 1, too_many_kind: "ten_secondly" } });
  const began = Date.now();
  expect((await client.crm.owners.ownersApi.getPage()).results).not.toHaveLength(0);
  expect(Date.now() - began).toBeGreaterThan(9_900);
});

test("the daily limit is not tried again, and what is left is told in every answer's headers", async ({ sandbox }) => {
  const client = connect(sandbox, 3);
  await sandbox.act("faults", { hubspot: { too_many_requests: 1, too_many_kind: "daily" } });
  const refused = await thrownBy(client.crm.owners.ownersApi.getPage());
  expect([refused.code, refused.body.policyName, refused.body.errorType]).toEqual([429, "DAILY", "RATE_LIMIT"]);
  const answer = await client.apiRequest({ method: "GET", path: "/account-info/2026-09/details" });
  expect(Number(answer.headers.get("x-hubspot-ratelimit-remaining"))).toBeGreaterThan(0);
  expect(Number(answer.headers.get("x-hubspot-ratelimit-daily-remaining"))).toBeGreaterThan(0);
});

test("an app is given a token for its code, renews it, and has it looked at and taken away", async ({ sandbox }) => {
  const client = connect(sandbox);
  const back = "http://127.0.0.1/callback";
  const url = client.oauth.getAuthorizationUrl("app", back, "crm.objects.deals.read", undefined, "state-1");
  const callback = new URL(await agree(url.replace(/^https:\/\/app\.hubspot\.com/, sandbox.setting("HUBSPOT_URL"))));
  expect(callback.searchParams.get("state")).toBe("state-1");
  const code = callback.searchParams.get("code")!;
  const secret = sandbox.setting("HUBSPOT_CLIENT_SECRET");
  const issued = await client.oauth.tokensApi.create("authorization_code", code, back, "app", secret);
  expect(issued).toMatchObject({ tokenType: "bearer", expiresIn: 1800 });
  const renewed = await client.oauth.tokensApi.create("refresh_token", undefined, undefined, "app", secret, issued.refreshToken);
  client.setAccessToken(renewed.accessToken);
  expect((await client.crm.owners.ownersApi.getPage()).results).not.toHaveLength(0);
  const looked = await client.oauth.accessTokensApi.get(renewed.accessToken);
  expect([looked.hubId, looked.tokenType, looked.expiresIn > 0]).toEqual([48151623, "access", true]);
  expect((await client.oauth.refreshTokensApi.get(issued.refreshToken)).token).toBe(issued.refreshToken);

  await sandbox.act("clock", { to: "2026-10-01T08:31:00Z" });
  expect((await thrownBy(client.crm.owners.ownersApi.getPage())).body.category).toBe("EXPIRED_AUTHENTICATION");
  await client.oauth.refreshTokensApi.archive(issued.refreshToken);
  const dead = await thrownBy(client.oauth.tokensApi.create("refresh_token", undefined, undefined, "app", secret, issued.refreshToken));
  expect([dead.code, dead.body.status, dead.body.error]).toEqual([400, "BAD_REFRESH_TOKEN", "invalid_grant"]);
  const used = await thrownBy(client.oauth.tokensApi.create("authorization_code", code, back, "app", secret));
  expect(used.code).toBe(400);
});
