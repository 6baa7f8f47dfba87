// The portal in German: the document says so, amounts and dates are written as Germans write them, and no
// English is left over. Pages with money on them are looked at in German at the end of `whole-way`.

import { expectGerman, switchToGerman } from "../support/language.ts";
import { expect, inspect, test } from "../support/page.ts";
import { signIn } from "../support/people.ts";

test("a partner works in German", async ({ page }) => {
  await signIn(page, "Piet Hansen");
  await expectGerman(page);
  await page.goto("/leads/new");
  await expectGerman(page);
  await test.step("a refusal is in German too", async () => {
    await page.getByRole("button", { name: "Lead einreichen" }).click();
    await expect(page.locator("#errors")).toContainText("brauchen noch einen Blick");
    await expectGerman(page);
  });
  await test.step("amounts are read and written with comma and point in their German places", async () => {
    const answers = {
      "Unternehmen": "Hafenkontor",
      "Domain": "hafenkontor.de",
      "Name": "Imke Behrens",
      "E-Mail": "behrens@hafenkontor.de",
      "Was braucht der Kunde?": "Eine Auftragsverwaltung für zwölf Plätze.",
      "Geschätzter Wert": "1.234,50",
    };
    for (const [label, text] of Object.entries(answers)) {
      await page.locator("#lead-form").getByRole("textbox", { name: label }).fill(text);
    }
    await page.getByRole("combobox", { name: "Währung" }).selectOption("EUR");
    await page.getByRole("combobox", { name: "Rechtsgrundlage" }).selectOption("contract");
    await page.getByRole("button", { name: "Lead einreichen" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Hafenkontor");
    await expect(page.locator("main")).toContainText("1.234,50\u00a0€");
    await expect(page.locator("main")).toContainText("1. Juli 2026");
    await expectGerman(page);
    await page.goto("/leads");
    await expect(page.locator("#lead-list tbody tr").filter({ hasText: "Hafenkontor" })).toContainText("1.234,50\u00a0€");
    await inspect(page, "leads-german");
  });
  for (const path of ["/", "/leads", "/commission", "/statements", "/statements/calendar", "/company"]) {
    await page.goto(path);
    await expectGerman(page);
  }
  await inspect(page, "company-german");
});

test("staff work in German", async ({ page }) => {
  await signIn(page, "Alex Morgan");
  await switchToGerman(page);
  for (const path of ["leads", "partners", "lines", "reconciliation", "statements", "statements/calendar", "plans", "integrations", "audit"]) {
    await page.goto(`/staff/${path}`);
    await expectGerman(page);
  }
  await page.goto("/staff");
  await expectGerman(page);
  await inspect(page, "staff-today-german");
});
