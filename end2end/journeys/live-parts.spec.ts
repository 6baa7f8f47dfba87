// An open page keeps its parts up to date by itself, whatever was clicked in them, and takes from nobody what is being typed.

import type { Page } from "@playwright/test";
import { expect, test, waitForHydration } from "../support/page.ts";
import { signIn, submitLead } from "../support/people.ts";

/** Hands in a lead, as somebody else of the same company would meanwhile. */
async function handInLead(page: Page, company: string, domain: string): Promise<void> {
  await submitLead(page, {
    company,
    domain,
    contact: "Silke Harms",
    email: `silke@${domain}`,
    need: "Tide tables for every pier.",
    value: "4000",
    currency: "GBP",
  });
}

test("a list follows though one of its links has the focus, and waits for what is typed in it", async ({ page, newPerson }) => {
  const other = await newPerson();
  await signIn(other, "Jane Meyer");
  await signIn(page, "Jane Meyer");
  await page.goto("/leads");
  await waitForHydration(page);
  const list = page.locator("#lead-list");
  const address = await list.getByRole("link").first().getAttribute("href");
  const link = list.locator(`a[href="${address}"]`).first();

  await test.step("the link keeps the focus in the new list", async () => {
    await link.focus();
    await handInLead(other, "Hooge Ferries", "hooge-ferries.com");
    await expect(list).toContainText("Hooge Ferries");
    await expect(link).toBeFocused();
  });

  await test.step("what is typed is not taken away", async () => {
    // No list has a field of its own today, and the rule holds for every part.
    await list.evaluate((part) => part.insertAdjacentHTML("beforeend", '<textarea aria-label="Note"></textarea>'));
    const note = page.getByRole("textbox", { name: "Note" });
    await note.fill("half a sentence");
    const fetched = page.waitForResponse((response) => response.url().endsWith("/leads"));
    await handInLead(other, "Amrum Cranes", "amrum-cranes.com");
    await fetched;
    await expect(note).toHaveValue("half a sentence");
    await expect(list).not.toContainText("Amrum Cranes");
  });

  await test.step("and the list follows once nobody types any more", async () => {
    await page.getByRole("heading", { level: 1 }).click();
    await handInLead(other, "Langeness Dykes", "langeness-dykes.com");
    await expect(list).toContainText("Langeness Dykes");
    await expect(list).toContainText("Amrum Cranes");
  });
});
