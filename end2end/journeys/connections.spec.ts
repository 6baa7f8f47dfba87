// An operator lets the portal into Xero in the demo as into the real one: names the app, agrees on Xero's page, chooses
// the organisation, and connects again after somebody there took the consent back.

import { expectGerman, switchToGerman } from "../support/language.ts";
import { expect, inspect, test } from "../support/page.ts";
import { notice, signIn } from "../support/people.ts";
import { Sandbox } from "../support/sandbox.ts";

const PAGE = "/staff/connections/xero";

test("Xero is connected by a person's consent, breaks, and is connected again", async ({ page, portal, newPerson }) => {
  const sandbox = new Sandbox(await newPerson(), portal.sandboxUrl);
  await sandbox.open("/xero");
  await sandbox.page.getByRole("button", { name: "Connect to a second organisation" }).click();
  await signIn(page, "Olga Brandt");

  await test.step("every system is listed with how it is reached", async () => {
    await page.goto("/staff/integrations");
    await page.getByRole("link", { name: "Connections" }).click();
    await expect(page.locator("tr[data-system=xero]")).toContainText("Sandbox");
    await inspect(page, "connections");
  });

  await test.step("the app is named", async () => {
    await page.goto(PAGE);
    const way = page.locator("[data-way=authorization_code]");
    await way.locator("summary").click();
    await way.getByLabel("Client id").fill("sandbox-xero-client");
    await way.getByLabel("Client secret").fill("sandbox-xero-secret");
    await inspect(page, "connection-app");
    await way.getByRole("button", { name: "Save" }).click();
    await expect(notice(page).first()).toContainText("Now let the portal in.");
  });

  await test.step("Xero asks, and two organisations are let into", async () => {
    await page.getByRole("button", { name: "Connect to Xero" }).click();
    await expect(page.getByRole("heading", { name: "Let the partner portal into Xero?" })).toBeVisible();
    await inspect(page, "xero-consent");
    await page.getByRole("button", { name: "Allow access" }).click();
    await expect(page).toHaveURL(/connections\/xero\?notice=consent-given$/);
  });

  await test.step("one of them is meant", async () => {
    await page.getByLabel("Organisation").selectOption("Northwind Software Ltd");
    await inspect(page, "connection-organisation");
    await page.getByRole("button", { name: "Use this organisation" }).click();
    await expect(page.locator(".pill").first()).toHaveText("Connected");
    await page.getByRole("button", { name: "Test the connection" }).click();
    await expect(page.locator("dl.facts")).toContainText("Northwind Software Ltd, GBP");
    await inspect(page, "connection-connected");
  });

  await test.step("somebody takes the consent back, and the page says so", async () => {
    await sandbox.open("/xero");
    await sandbox.page.getByRole("button", { name: "Take the consent back" }).click();
    await page.getByRole("button", { name: "Test the connection" }).click();
    await expect(page.getByRole("heading", { name: "Xero must be connected again." })).toBeVisible();
    await expect(page.getByRole("alert")).toContainText("Nothing is lost");
    await inspect(page, "connection-broken");
  });

  await test.step("it is connected again, to the same organisation without a question", async () => {
    await page.goto(PAGE);
    await page.getByRole("button", { name: "Connect to Xero again" }).first().click();
    await page.getByRole("button", { name: "Allow access" }).click();
    await expect(page).toHaveURL(/connections\/xero\?notice=consent-given$/);
    await expect(page.locator(".pill").first()).toHaveText("Connected");
    await page.goto("/staff/connections");
    await expect(page.locator("tr[data-system=xero]")).toContainText("Northwind Software Ltd");
    await switchToGerman(page);
    await expectGerman(page);
  });
});
