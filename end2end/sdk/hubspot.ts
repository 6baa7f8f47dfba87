// HubSpot's SDK, pointed at a sandbox, and what a lead needs before it can become a deal.

import { Client } from "@hubspot/api-client";
import { PropertyCreateFieldTypeEnum, PropertyCreateTypeEnum } from "@hubspot/api-client/lib/codegen/crm/properties/index.js";
import type { Sandbox } from "./sandbox.ts";

/** A client as an integration of ours would set it up; it tries once unless `tries` says more. */
export function connect(sandbox: Sandbox, tries = 1): Client {
  return new Client({
    accessToken: sandbox.setting("HUBSPOT_TOKEN"),
    basePath: sandbox.setting("HUBSPOT_URL"),
    numberOfApiCallRetries: tries,
  });
}

/** The unique property that the portal knows an object again by. */
export const ownProperty = (objectType: "deals" | "companies", name: string) => ({
  objectType,
  definition: {
    groupName: objectType === "deals" ? "dealinformation" : "companyinformation",
    name,
    label: name,
    type: PropertyCreateTypeEnum.String,
    fieldType: PropertyCreateFieldTypeEnum.Text,
    hasUniqueValue: true,
  },
});

/** Makes both of the portal's keys, as the portal does before its first lead. */
export async function makeOwnProperties(client: Client): Promise<void> {
  for (const { objectType, definition } of [ownProperty("deals", "portal_lead_id"), ownProperty("companies", "portal_company_key")]) {
    await client.crm.properties.coreApi.create(objectType, definition);
  }
}

/** What an SDK throws: the status, the body that it read and the headers. */
export type Thrown = { code: number; body: any; headers: Record<string, string> };

/** The exception that a call must end in. */
export async function thrownBy(call: Promise<unknown>): Promise<Thrown> {
  try {
    await call;
  } catch (error) {
    return error as Thrown;
  }
  throw new Error("The call went well and should not have.");
}
