// Leads through an iPaaS: an operator makes the secrets, tries the address and switches; a partner's lead is
// registered by the iPaaS, and follows the deal when sales move it.

import type { Page } from "@playwright/test";
import { expectGerman, switchToGerman } from "../support/language.ts";
import { expect, inspect, test } from "../support/page.ts";
import { notice, signIn, submitLead } from "../support/people.ts";
import { Sandbox } from "../support/sandbox.ts";

const CLIENT = "Pellworm Shipping";

/** Makes a secret on the portal's page and pastes it into the iPaaS, as a person would. */
async function shareSecret(olga: Page, sandbox: Sandbox, portalName: string, ipaasName: string): Promise<void> {
  await olga.getByRole("link", { name: `New secret: ${portalName}` }).click();
  const secret = await olga.getByRole("textbox", { name: /^New secret for/ }).inputValue();
  expect(secret).toMatch(/^whsec_/);
  await sandbox.pasteSecret(ipaasName, secret);
  await olga.getByRole("button", { name: "I have copied it: use it" }).click();
  await expect(notice(olga)).toContainText("The new secret holds.");
  await expect(olga.locator("body")).not.toContainText("whsec_");
}

test("a lead is registered through an iPaaS and follows its deal", async ({ page, newPerson, portal }) => {
  const olga = page;
  const jane = await newPerson();
  const sandbox = new Sandbox(await newPerson(), portal.sandboxUrl);

  await test.step("the operator connects the iPaaS and tries it", async () => {
    await signIn(olga, "Olga Brandt");
    await olga.goto("/staff/integrations");
    await olga.getByRole("link", { name: "iPaaS", exact: true }).click();
    await inspect(olga, "relay");
    await shareSecret(olga, sandbox, "What the portal sends", "The portal signs with");
    await shareSecret(olga, sandbox, "What the iPaaS calls back", "Call-backs are signed with");
    await olga.getByLabel("Leads go").selectOption("relay");
    await olga.getByLabel("Address of the iPaaS").fill("https://127.0.0.1/");
    await olga.getByRole("button", { name: "Save", exact: true }).click();
    await expect(olga.locator("#address-error")).toContainText("begins with https://");
    await olga.getByLabel("Address of the iPaaS").fill(`${portal.sandboxUrl}/ipaas/hooks/portal`);
    await olga.getByLabel("What becomes of deals is told").selectOption("relay");
    await olga.getByRole("button", { name: "Save", exact: true }).click();
    await expect(notice(olga)).toContainText("leads go this way from now on");
    await olga.getByRole("button", { name: "Send a test event" }).click();
    await expect(async () => {
      await olga.reload();
      await expect(olga.getByText("Taken (200)")).toBeVisible({ timeout: 500 });
    }).toPass();
  });

  await test.step("a partner's lead is registered there", async () => {
    await signIn(jane, "Jane Meyer");
    await submitLead(jane, {
      company: CLIENT,
      domain: "pellworm-shipping.com",
      contact: "Okke Petersen",
      email: "okke@pellworm-shipping.com",
      need: "Berths and crews of twelve ships.",
      value: "6000",
      currency: "GBP",
    });
    await sandbox.findDeal(CLIENT);
    await expect(async () => {
      await olga.goto("/staff/integrations/relay");
      const row = olga.getByRole("row", { name: CLIENT });
      await expect(row.locator(".pill")).toHaveText("Registered", { timeout: 500 });
    }).toPass();
    await inspect(olga, "relay-in-use");
    await sandbox.open("/ipaas");
    await expect(sandbox.page.locator(`article[data-client="${CLIENT}"]`)).toHaveCount(1);
  });

  await test.step("it follows the deal by itself", async () => {
    await sandbox.moveDeal(CLIENT, { stage: "Client Pitch" });
    await expect(jane.getByText("Client Pitch").first()).toBeVisible();
  });

  await test.step("the page reads in German too", async () => {
    await switchToGerman(olga);
    await olga.goto("/staff/integrations/relay?new=inward");
    await expectGerman(olga);
  });
});
