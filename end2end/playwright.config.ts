// How the journeys are run: which browser, on which databases, and what is kept of a failure.

import { defineConfig, type Project } from "@playwright/test";
import { availableParallelism } from "node:os";

/** One project per database; each has its own results, so that one run does not wipe the other's. */
const projectFor = (name: string): Project => ({ name, outputDir: `test-results/${name}` });

export default defineConfig({
  testDir: "journeys",
  // A journey walks many pages; every single wait below is far shorter.
  timeout: 180_000,
  expect: { timeout: 10_000 },
  fullyParallel: true,
  // Each test has a portal and a browser of its own, and the two take a core each.
  workers: Math.max(1, Math.floor(availableParallelism() / 2)),
  // A test that passes at its second try hides what the first one found.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // PLAYWRIGHT_JSON_OUTPUT_FILE, when set, receives the counts as well.
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [["list"], ["json"]] : [["list"]],
  projects: [
    projectFor("sqlite"),
    // Present only with a server to make databases on.
    ...(process.env.PORTAL_TEST_POSTGRES_URL ? [projectFor("postgres")] : []),
  ],
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    colorScheme: "light",
    viewport: { width: 1440, height: 900 },
    contextOptions: { reducedMotion: "reduce" },
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    // A trace costs a core while it is taken: ask for it with --trace on.
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      // No sandbox: Chromium refuses it as root, and containers often lack what it needs. The
      // rest keeps the browser from talking to anything but the portal, and from a small /dev/shm.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
      ],
    },
  },
});
