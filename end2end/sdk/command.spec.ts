// What `portal sandbox` says of itself, and its clock.

import { expect, START_INSTANT, test } from "./sandbox.ts";

test("the command prints every address and key that a client needs, each another", async ({ sandbox }) => {
  const addresses = ["HUBSPOT_URL", "XERO_URL", "XERO_IDENTITY_URL", "SLACK_URL", "SMTP_URL"];
  for (const name of addresses) expect(new URL(sandbox.setting(name)).hostname).toBe("127.0.0.1");
  const keys = ["HUBSPOT_TOKEN", "HUBSPOT_CLIENT_SECRET", "XERO_CLIENT_ID", "XERO_CLIENT_SECRET", "XERO_WEBHOOK_KEY", "SLACK_TOKEN"];
  expect(new Set(keys.map((name) => sandbox.setting(name))).size).toBe(keys.length);
});

test("the clock starts at PORTAL_CLOCK, goes on by itself and is moved by hand", async ({ sandbox }) => {
  const now = async () => Date.parse((await sandbox.read("clock")).now);
  const first = await now();
  expect(first - Date.parse(START_INSTANT)).toBeLessThan(20_000);
  expect(first).toBeGreaterThanOrEqual(Date.parse(START_INSTANT));
  await sandbox.act("clock", { by: "month_end" });
  expect(await now()).toBeGreaterThanOrEqual(Date.parse("2026-10-31T23:59:59Z"));
});
