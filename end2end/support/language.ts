// The other language: switching to it, and finding what was left in English. Knows no page in particular.

import type { Page } from "@playwright/test";
import { expect } from "./page.ts";

/**
 * Words that stand in hardly any German sentence. Names of people and firms, what partners typed, and the
 * phases, whose names are HubSpot's, are not translated and so hold none of them.
 */
const ENGLISH =
  /\b(the|and|your|you|with|from|are|have|waits?|paid|owed|earned|upcoming|save|submit(ted)?|search|month|quarter|statements?|invoices?|lines|nothing|days?|ago|until|since|page)\b/gi;

/** A key of the catalogue that stands there for want of its text. */
const KEY = /\b(nav|lead|figure|line|staff|team|company|statement|approval|exception|notice|error|settlement|waits|integration|job|audit|plan|payout|document|country|mail|messages|channel|template|bounce|preferences|slack|delivery)(-[a-z_]+)+\b/g;

/** Fails with what is not German on a page. */
export async function expectGerman(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  let text = await page.locator("body").innerText();
  // What is written as code is a machine's word, in whatever language.
  for (const code of await page.locator("code").allInnerTexts()) text = text.replace(code, "");
  expect(text.match(ENGLISH) ?? [], `English on ${page.url()}`).toEqual([]);
  expect(text.match(KEY) ?? [], `keys instead of texts on ${page.url()}`).toEqual([]);
}

export async function switchToGerman(page: Page): Promise<void> {
  await page.getByRole("button", { name: "DE", exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
}
