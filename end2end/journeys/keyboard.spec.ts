// A whole errand without a pointer: everything is reached by Tab, the focus can be seen, and goes to what needs it.

import type { Locator, Page } from "@playwright/test";
import { expect, test, waitForHydration } from "../support/page.ts";
import { leadField, notice } from "../support/people.ts";

const TABS_MAX = 60;

/** Presses Tab until `target` has the focus, and checks that one can see it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let pressed = 0; pressed < TABS_MAX; pressed += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      await expectVisibleFocus(target);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`${TABS_MAX} times Tab did not reach ${target}.`);
}

/** An outline or a ring around the element, or around the box that it stands in. */
async function expectVisibleFocus(target: Locator): Promise<void> {
  const isMarked = await target.evaluate((element) =>
    [element, element.parentElement].some((marked) => {
      if (!marked) return false;
      const style = getComputedStyle(marked);
      return (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none";
    }),
  );
  expect(isMarked, `one sees that ${target} has the focus`).toBe(true);
}

test("somebody signs in, mends a lead and submits it by keyboard alone", async ({ page }) => {
  await page.goto("/sign-in");
  await waitForHydration(page);
  await tabTo(page, page.getByRole("button", { name: "Jane Meyer" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Hello, Jane");
  await waitForHydration(page);

  await test.step("the first Tab skips the navigation", async () => {
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to content" });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await page.keyboard.press("Enter");
    await expect(page.locator("main")).toBeFocused();
  });

  await tabTo(page, page.getByRole("link", { name: "New lead" }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/leads\/new/);
  await waitForHydration(page);

  await test.step("an empty form moves the focus to what is wrong", async () => {
    await tabTo(page, page.getByRole("button", { name: "Submit lead" }));
    await page.keyboard.press("Enter");
    await expect(page.locator("#errors")).toBeFocused();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(leadField(page, "Company")).toBeFocused();
  });

  await test.step("the form is filled in and sent", async () => {
    for (const [label, text] of [
      ["Company", "Kestrel Foods"],
      ["Domain", "kestrelfoods.co.uk"],
      ["Name", "Owen Kerr"],
      ["E-mail", "owen@kestrelfoods.co.uk"],
    ] as const) {
      await tabTo(page, leadField(page, label));
      await page.keyboard.type(text);
    }
    await tabTo(page, page.getByRole("combobox", { name: "Lawful basis" }));
    await page.keyboard.type("Contract");
    await tabTo(page, leadField(page, "What does the client need?"));
    await page.keyboard.type("Orders from 300 shops in one place.");
    await tabTo(page, page.getByRole("combobox", { name: "Currency" }));
    await page.keyboard.type("GBP");
    await tabTo(page, leadField(page, "Estimated value"));
    await page.keyboard.type("4000");
    await page.keyboard.press("Enter");
    await expect(notice(page)).toContainText("Your lead was received.");
    await expect(page.locator("main")).toContainText("£4,000.00");
  });

  await test.step("and the session is ended", async () => {
    await tabTo(page, page.getByRole("button", { name: "Sign out" }));
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/sign-in/);
  });
});
