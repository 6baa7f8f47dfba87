// How the vendors' own SDKs are run against the sandbox: no browser, one sandbox process per test.

import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "sdk",
  // The longest waits are the SDKs' own: HubSpot's waits ten seconds when a window of ten seconds is full.
  timeout: 30_000,
  fullyParallel: true,
  // Most of the time is spent waiting, so more at once than there are cores.
  workers: 4,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // PLAYWRIGHT_JSON_OUTPUT_FILE, when set, receives the counts as well.
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [["list"], ["json"]] : [["list"]],
});
