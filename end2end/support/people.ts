// What people do again and again in a journey: sign in from the demo's list, and fill in the lead form.
// Knows the words on those pages; what comes of it is each journey's to check.

import type { Locator, Page } from "@playwright/test";
import { expect } from "./page.ts";

/** Where somebody lands who has just signed in: staff have a first screen of their own. */
const FIRST_PAGE = /\/(staff)?(\?.*)?$/;

/** Signs in as somebody of the demo, by name. A session that has ended meanwhile is no hindrance. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByRole("button", { name }).click();
  await expect(page).toHaveURL(FIRST_PAGE);
}

/** The answers of the lead form; what is left out stays as it is. */
export type LeadAnswers = {
  company?: string;
  domain?: string;
  contact?: string;
  email?: string;
  phone?: string;
  need?: string;
  value?: string;
  currency?: string;
  /** The word of a lawful basis; a contract unless it is said. */
  basis?: string;
};

/** The lead form's fields, by what their labels say. */
export function leadField(page: Page, label: string): Locator {
  return page.locator("#lead-form").getByRole("textbox", { name: label });
}

export async function fillLead(page: Page, answers: LeadAnswers): Promise<void> {
  const typed: [string, string | undefined][] = [
    ["Company", answers.company],
    ["Domain", answers.domain],
    ["Name", answers.contact],
    ["E-mail", answers.email],
    ["Phone", answers.phone],
    ["What does the client need?", answers.need],
    ["Estimated value", answers.value],
  ];
  for (const [label, text] of typed) {
    if (text !== undefined) await leadField(page, label).fill(text);
  }
  await page.getByRole("combobox", { name: "Lawful basis" }).selectOption(answers.basis ?? "contract");
  if (answers.currency) await page.getByRole("combobox", { name: "Currency" }).selectOption(answers.currency);
}

/** Fills in the form and sends it; ends on the lead's page. */
export async function submitLead(page: Page, answers: LeadAnswers): Promise<void> {
  await page.goto("/leads/new");
  await fillLead(page, answers);
  await page.getByRole("button", { name: "Submit lead" }).click();
  await expect(page).toHaveURL(/\/leads\/[0-9A-Z]{26}/);
}

/** What the page says was just done. */
export function notice(page: Page): Locator {
  return page.locator("main > .notice");
}
