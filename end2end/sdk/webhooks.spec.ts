// What the sandbox tells the portal passes the vendors' own checks.

import { Signature } from "@hubspot/api-client";
import { createHmac } from "node:crypto";
import { connect, makeOwnProperties } from "./hubspot.ts";
import { expect, test } from "./sandbox.ts";

// HubSpot's check compares with the machine's own time.
test.use({ clock: "" });

test("HubSpot's own check takes the signature of a moved deal, and refuses it for another body, secret or address", async ({ sandbox }) => {
  const client = connect(sandbox);
  await makeOwnProperties(client);
  const made = await client.crm.deals.basicApi.create({ properties: { dealname: "Acme", dealstage: "pql" }, associations: [] });
  await sandbox.portal.next("/webhooks/hubspot");
  await sandbox.act(`hubspot/deals/${made.id}`, { dealstage: "approved" });
  const webhook = await sandbox.portal.next("/webhooks/hubspot");
  const [event] = JSON.parse(webhook.body);
  expect(event).toMatchObject({ subscriptionType: "deal.propertyChange", propertyName: "dealstage", propertyValue: "approved", attemptNumber: 0 });
  expect(String(event.objectId)).toBe(made.id);
  const signed = {
    signatureVersion: "v3",
    signature: webhook.headers["x-hubspot-signature-v3"] as string,
    method: "POST",
    url: `${sandbox.portal.url}/webhooks/hubspot`,
    clientSecret: sandbox.setting("HUBSPOT_CLIENT_SECRET"),
    requestBody: webhook.body,
    timestamp: Number(webhook.headers["x-hubspot-request-timestamp"]),
  };
  expect(Signature.isValid(signed)).toBe(true);
  expect(Signature.isValid({ ...signed, requestBody: webhook.body.replace("approved", "closedwon") })).toBe(false);
  expect(Signature.isValid({ ...signed, clientSecret: "another" })).toBe(false);
  expect(Signature.isValid({ ...signed, url: `${sandbox.portal.url}/elsewhere` })).toBe(false);
  expect(() => Signature.isValid({ ...signed, timestamp: signed.timestamp - 300_001 })).toThrow("Timestamp is invalid");
});

/** Xero's rule: over the raw body, with the webhook's key. */
const xeroSignature = (key: string, body: string) => createHmac("sha256", key).update(body).digest("base64");

test("Xero's rule, held against its published vector, takes the signature of a changed invoice", async ({ sandbox }) => {
  const published = '{"events":[],"firstEventSequence": 0,"lastEventSequence": 0, "entropy": "S0m3r4Nd0mt3xt"}';
  expect(xeroSignature("s3cr3t", published)).toBe("9Kzha+JY6Xx3i0a6v2jPbewOkYn2HoOMjKr9ISsm+mw=");
  const invoice = await sandbox.act("xero/invoices", { new_contact: "Acme Ltd", net: "100.00" });
  const key = sandbox.setting("XERO_WEBHOOK_KEY");
  for (;;) {
    const webhook = await sandbox.portal.next("/webhooks/xero");
    expect(webhook.headers["x-xero-signature"]).toBe(xeroSignature(key, webhook.body));
    const { events } = JSON.parse(webhook.body);
    if (events.some((event: { resourceId: string }) => event.resourceId === invoice.id)) break;
  }
});

test("Xero's test of a webhook comes rightly and wrongly signed, with no events", async ({ sandbox }) => {
  await sandbox.act("xero/intent-to-receive");
  const key = sandbox.setting("XERO_WEBHOOK_KEY");
  const rightly: boolean[] = [];
  for (let number = 0; number < 4; number++) {
    const webhook = await sandbox.portal.next("/webhooks/xero");
    expect(JSON.parse(webhook.body)).toMatchObject({ events: [], firstEventSequence: 0, lastEventSequence: 0 });
    rightly.push(webhook.headers["x-xero-signature"] === xeroSignature(key, webhook.body));
  }
  expect(rightly).toEqual([true, false, true, false]);
});
