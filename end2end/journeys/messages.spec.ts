// What the portal says by itself: staff choose in which Slack channel they read of what, try it, and look at
// every text that leaves; a partner's member chooses which mails come, and when.

import { expectGerman } from "../support/language.ts";
import { expect, inspect, test } from "../support/page.ts";
import { signIn } from "../support/people.ts";

test("staff choose a channel, test it, and look at every text", async ({ page }, testInfo) => {
  await signIn(page, "Olga Brandt");
  await page.goto("/staff/messages");
  const row = page.locator("tr[data-event=dispute]");
  await test.step("a channel is chosen, and a test says in words what Slack answered", async () => {
    await row.getByRole("textbox").fill("#line-questions");
    await row.getByRole("button", { name: /^Save/ }).click();
    await expect(row.getByRole("textbox")).toHaveValue("#line-questions");
    await row.getByRole("button", { name: /^Send a test/ }).click();
    await expect(async () => {
      await page.goto("/staff/messages");
      await expect(row).toContainText("It arrived", { timeout: 1_000 });
    }).toPass();
    await inspect(page, "messages-channels");
  });
  await test.step("a mail is shown as light and dark programs show it", async () => {
    // Nothing runs in those frames, the checks of `inspect` included: a picture is all that can be taken.
    for (const name of ["statement", "digest"]) {
      await page.goto(`/staff/messages/templates?name=${name}`);
      for (const title of ["In a light mail program", "In a dark one"]) {
        await expect(page.locator(`iframe[title="${title}"]`)).toBeVisible();
      }
      await page.screenshot({ path: testInfo.outputPath(`template-${name}.png`), fullPage: true });
    }
  });
  await test.step("and a message as Slack shows it", async () => {
    await page.goto("/staff/messages/templates?by=slack&name=exceptions");
    await expect(page.locator("[data-template=exceptions]")).toContainText("Open in the portal");
    await inspect(page, "template-exceptions");
  });
  await page.goto("/staff/messages/bounces");
  await inspect(page, "messages-bounces");
});

test("a member chooses which mails come, and when", async ({ page }) => {
  await signIn(page, "Jane Meyer");
  await page.getByRole("link", { name: "Your mails" }).click();
  await page.getByRole("combobox", { name: "Your leads" }).selectOption("Once a day, all together");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("combobox", { name: "Your leads" })).toHaveValue("daily");
  await inspect(page, "preferences");
});

test("both in German", async ({ page }) => {
  await signIn(page, "Piet Hansen");
  await page.goto("/preferences");
  await expectGerman(page);
});
