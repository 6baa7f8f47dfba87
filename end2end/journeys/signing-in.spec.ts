// Signing in as where there is no demo: a mailed link, a passkey, an app, recovery codes, and where one is signed in.

import type { Page } from "@playwright/test";
import { expect, inspect, test, withoutWasm } from "../support/page.ts";
import { appCode, withPasskeyDevice } from "../support/passkeys.ts";
import { notice, signIn } from "../support/people.ts";
import { Sandbox } from "../support/sandbox.ts";

const JANE = "jane@brightside.example";

/** Asks for a link, the so manieth, and follows it. */
async function followLink(page: Page, sandboxUrl: string, count = 1): Promise<void> {
  await page.goto("/sign-in");
  await page.getByRole("textbox", { name: "E-mail" }).fill(JANE);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByRole("heading", { name: "Look into your mail" })).toBeVisible();
  const inbox = new Sandbox(page, sandboxUrl);
  await inbox.openMail(JANE, "Your link to sign in", count);
  await inbox.mailText().getByRole("link").first().click();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("One more step");
}

test("somebody signs in with a link, makes a passkey, and from then on signs in with it", async ({ page, portal }) => {
  const device = await withPasskeyDevice(page);
  await followLink(page, portal.sandboxUrl);
  await inspect(page, "sign-in-first-proof");
  await page.getByRole("textbox", { name: "What you call it" }).fill("Work laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(notice(page)).toContainText("The passkey is added.");
  await expect(page.locator(".codes li")).toHaveCount(10);
  await inspect(page, "security-codes");
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.locator(".codes")).toHaveCount(0);
  await inspect(page, "security");

  await test.step("the passkey signs in, and nobody types who it is", async () => {
    await page.context().clearCookies();
    await page.goto("/sign-in?next=/leads");
    await inspect(page, "sign-in-passkey");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await expect(page).toHaveURL(/\/leads\?notice/);
    await page.goto("/security");
    await expect(page.getByText("Work laptop", { exact: true })).toBeVisible();
  });

  await test.step("an app is added, and the passkey can go then", async () => {
    await page.getByRole("button", { name: "Remove" }).click();
    await expect(page.getByText("This is the last one you have")).toBeVisible();
    await page.goto("/security");
    await page.getByRole("button", { name: "Set up an app" }).click();
    const address = await page.getByRole("link", { name: "Or open the app on this device" }).getAttribute("href");
    await inspect(page, "security-app");
    await page.getByRole("textbox", { name: "The code that the app shows" }).fill(await appCode(address!, portal));
    await page.getByRole("button", { name: "Confirm" }).click();
    await expect(notice(page)).toContainText("Your app is set up.");
    await page.getByRole("listitem").filter({ hasText: "Work laptop" }).getByRole("button", { name: "Remove" }).click();
    await expect(notice(page)).toContainText("The passkey is removed");
  });

  await test.step("a device that does not have it any more says so, and a link still helps", async () => {
    await device.forget();
    await page.context().clearCookies();
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await expect(page.locator("#errors")).toContainText("Nothing was proved.");
    await followLink(page, portal.sandboxUrl, 2);
    await inspect(page, "sign-in-second-proof");
    await page.getByRole("textbox", { name: "Code" }).fill("000000");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.locator("#code-error")).toContainText("That is not the code.");
  });
});

test("whoever is reset is out at once, its passkey signs in nowhere any more, and a link leads to a new one", async ({ page, portal, newPerson }) => {
  await withPasskeyDevice(page);
  await followLink(page, portal.sandboxUrl);
  await page.getByRole("textbox", { name: "What you call it" }).fill("Lost laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(notice(page)).toContainText("The passkey is added.");

  const alex = await newPerson();
  await signIn(alex, "Alex Morgan");
  await alex.goto("/staff/people?q=jane%40brightside.example");
  await alex.getByRole("link", { name: "Jane Meyer" }).click();
  await alex.locator("summary", { hasText: "Reset the sign-in" }).click();
  await alex.getByRole("textbox", { name: "Reason" }).fill("Laptop and codes were in the bag; I called her");
  await inspect(alex, "person-reset");
  await alex.getByRole("button", { name: "Reset", exact: true }).click();
  await expect(notice(alex)).toContainText("The sign-in is reset");

  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByText("The passkey was not accepted.").first()).toBeVisible();
  await followLink(page, portal.sandboxUrl, 2);
  await expect(page.getByText("Choose with what you prove from now on that it is you")).toBeVisible();
});

test("without WebAssembly an app signs in all the same", async ({ page, portal }) => {
  await withoutWasm(page);
  await followLink(page, portal.sandboxUrl);
  await page.getByRole("button", { name: "Set up an app" }).click();
  const address = await page.getByRole("link", { name: "Or open the app on this device" }).getAttribute("href");
  await inspect(page, "sign-in-app");
  await page.getByRole("textbox", { name: "The code that the app shows" }).fill(await appCode(address!, portal));
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(notice(page)).toContainText("Your app is set up.");
  await page.goto("/leads");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Leads");
});
