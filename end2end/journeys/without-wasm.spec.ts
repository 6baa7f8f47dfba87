// The portal where no WebAssembly comes: every form is plain HTML, refuses with what was typed, and
// stores nothing twice.

import { expect, inspect, test, withoutWasm } from "../support/page.ts";
import { fillLead, leadField, notice, signIn } from "../support/people.ts";

test.beforeEach(async ({ page }) => {
  await withoutWasm(page);
  await signIn(page, "Jane Meyer");
});

test("a lead is refused field by field, then stored once", async ({ page }) => {
  await page.goto("/leads/new");
  await fillLead(page, { company: "Kestrel Foods", domain: "gmail", email: "owen", value: "-1", currency: "GBP" });
  await page.getByRole("button", { name: "Submit lead" }).click();
  await expect(page.locator("#errors")).toContainText("5 answers need another look");
  await expect(page.locator("#client_domain-error")).toHaveText("This is no domain: write it like acme.com.");
  await expect(page.locator("#contact_name-error")).toHaveText("This is needed: please fill it in.");
  await expect(page.locator("#contact_email-error")).toHaveText("This is no e-mail address: write it like name@company.com.");
  await expect(page.locator("#need-error")).toHaveText("This is needed: please fill it in.");
  await expect(page.locator("#value-error")).not.toBeEmpty();
  await expect(leadField(page, "Company")).toHaveValue("Kestrel Foods");
  await expect(leadField(page, "E-mail")).toHaveValue("owen");
  await expect(page.getByRole("combobox", { name: "Currency" })).toHaveValue("GBP");
  await inspect(page, "lead-form-errors-without-wasm");

  await test.step("a link in the summary leads to its field", async () => {
    await page.locator("#errors").getByRole("link", { name: "This is no domain" }).click();
    await expect(leadField(page, "Domain")).toBeFocused();
  });

  await fillLead(page, {
    domain: "kestrelfoods.co.uk",
    contact: "Owen Kerr",
    email: "owen@kestrelfoods.co.uk",
    need: "Orders from 300 shops in one place.",
    value: "4000",
  });
  await page.getByRole("button", { name: "Submit lead" }).dblclick();
  await expect(notice(page)).toContainText("Your lead was received.");
  await page.goto("/leads?q=kestrel");
  await expect(page.locator("#lead-list tbody tr")).toHaveCount(1);
});

test("the company and its team are looked after", async ({ page }) => {
  await page.goto("/company");
  const country = page.getByRole("textbox", { name: "Country" });
  await country.fill("??");
  await page.getByRole("button", { name: "Save details" }).click();
  await expect(page.locator("#country-error")).toContainText("Choose the country from the list");
  await expect(country).toHaveValue("??");
  await country.fill("IE");
  await page.getByRole("button", { name: "Save details" }).click();
  await expect(notice(page)).toHaveText("The details are saved.");
  await expect(country).toHaveValue("IE");

  const email = page.getByRole("textbox", { name: "Invite by e-mail" });
  await email.fill("tom@brightside.example");
  await page.getByRole("button", { name: "Invite" }).click();
  await expect(page.locator("#email-error")).toHaveText("This person is in your team already.");
  await expect(email).toHaveValue("tom@brightside.example");
  await email.fill("lena@brightside.example");
  await page.getByRole("button", { name: "Invite" }).click();
  await expect(notice(page)).toHaveText("The invitation is on its way.");
  await page.getByRole("button", { name: "Take back the invitation of lena@brightside.example" }).click();
  await expect(notice(page)).toHaveText("The invitation is taken back.");

  await page.getByRole("button", { name: "Remove Tom Hughes" }).click();
  await page.getByRole("dialog", { name: "Remove Tom Hughes?" }).getByRole("button", { name: "Remove" }).click();
  await expect(notice(page)).toHaveText("The person has no access any more.");
  await expect(page.getByRole("row", { name: "Tom Hughes" })).toHaveCount(0);
});

test("language and theme are switched, and stay", async ({ page }) => {
  const root = page.locator("html");
  await page.getByRole("button", { name: "DE", exact: true }).click();
  await expect(root).toHaveAttribute("lang", "de");
  await page.getByRole("button", { name: "Dunkel" }).click();
  await expect(root).toHaveAttribute("data-theme", "dark");
  await page.goto("/leads");
  await expect(root).toHaveAttribute("lang", "de");
  await expect(root).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("button", { name: "Dunkel" })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await expect(root).toHaveAttribute("lang", "en");
  await page.getByRole("button", { name: "As the system" }).click();
  await expect(root).not.toHaveAttribute("data-theme");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
});
