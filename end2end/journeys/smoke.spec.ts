// The shortest walk: the portal answers, and its first page is well made with and without WebAssembly.

import { expect, inspect, test, waitForHydration, withoutWasm } from "../support/page.ts";

test("the portal says that it is well", async ({ request }) => {
  const answer = await request.get("/health");
  expect(answer.status()).toBe(200);
});

test("the sign-in page is accessible, fits a phone and wakes up", async ({ page }) => {
  await page.goto("/sign-in");
  await waitForHydration(page);
  await inspect(page, "sign-in");
});

test("the sign-in page is whole without WebAssembly", async ({ page }) => {
  await withoutWasm(page);
  await page.goto("/sign-in");
  await inspect(page, "sign-in-without-wasm");
});
