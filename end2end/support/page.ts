// What every journey asks of every page: no error in the browser, no accessibility violation,
// no sideways scrolling on a phone; and helpers to wait for, block and photograph a page.
// Knows browsers and pages; how the portal is started is in portal.ts.

import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContext, BrowserContextOptions, Page } from "@playwright/test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test as withPortal } from "./portal.ts";

const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The widths every page is looked at, in CSS pixels. */
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

type Problem = { kind: string; text: string; url: string };

/** Collects what goes wrong in the pages of one browser context, and says at the end what was not foreseen. */
class Watch {
  private readonly problems: Problem[] = [];
  private readonly foreseen: RegExp[] = [];
  /** Documents answered with 4xx: the browser logs those too, but the journey itself looks at such a page. */
  private readonly refusedDocuments = new Set<string>();

  constructor(context: BrowserContext) {
    context.on("page", (page) => this.observe(page));
  }

  /** From now on (and before), problems whose text or address matches are no failure. */
  foresee(pattern: RegExp): void {
    this.foreseen.push(pattern);
  }

  /** The problems that nobody foresaw, one line each. */
  unforeseen(): string[] {
    return this.problems
      .filter(({ kind, url }) => !(kind === "console" && this.refusedDocuments.has(url)))
      .map(({ kind, text, url }) => `${kind}: ${text || "(an error without a message)"} ${url}`.trim())
      .filter((line) => !this.foreseen.some((pattern) => pattern.test(line)));
  }

  private observe(page: Page): void {
    page.on("pageerror", (error) => {
      this.problems.push({ kind: "pageerror", text: error.stack || String(error), url: page.url() });
    });
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      this.problems.push({ kind: "console", text: message.text(), url: message.location().url });
    });
    page.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "";
      // A request cut off by the next navigation, or a stream closed with its page.
      if (reason === "net::ERR_ABORTED") return;
      this.problems.push({ kind: "requestfailed", text: reason, url: request.url() });
    });
    page.on("response", (response) => {
      const status = response.status();
      if (response.request().isNavigationRequest() && status >= 400 && status < 500) {
        this.refusedDocuments.add(response.url());
      } else if (status >= 400) {
        this.problems.push({ kind: `status ${status}`, text: response.request().method(), url: response.url() });
      }
    });
  }
}

const watches = new WeakMap<BrowserContext, Watch>();

function watchOf(page: Page): Watch {
  const found = watches.get(page.context());
  if (!found) throw new Error("This page was not opened by the fixtures of support/page.ts.");
  return found;
}

/** Tells the watch that problems of this text or address belong to the test, for example while the portal is down. */
export function foresee(page: Page, pattern: RegExp): void {
  watchOf(page).foresee(pattern);
}

/** Collects from now on what goes wrong in the pages of `context`. */
function watch(context: BrowserContext): Watch {
  const begun = new Watch(context);
  watches.set(context, begun);
  return begun;
}

type PageFixtures = {
  /** Opens a page for one more person: their own cookies, on the same portal, watched like `page`. */
  newPerson: (options?: BrowserContextOptions) => Promise<Page>;
};

export const test = withPortal.extend<PageFixtures>({
  context: async ({ context }, use) => {
    const begun = watch(context);
    await use(context);
    expect(begun.unforeseen(), "what went wrong in the browser").toEqual([]);
  },

  newPerson: async ({ browser, baseURL, contextOptions, locale, timezoneId, viewport, colorScheme }, use) => {
    const contexts: BrowserContext[] = [];
    const usual = { ...contextOptions, baseURL, locale, timezoneId, viewport, colorScheme };
    await use(async (options = {}) => {
      const context = await browser.newContext({ ...usual, ...options });
      contexts.push(context);
      watch(context);
      return context.newPage();
    });
    const unforeseen = contexts.flatMap((context) => watches.get(context)?.unforeseen() ?? []);
    await Promise.all(contexts.map((context) => context.close()));
    expect(unforeseen, "what went wrong in another person's browser").toEqual([]);
  },
});

/** Waits until the islands answer: before that, buttons are there but do nothing more than HTML can. */
export async function waitForHydration(page: Page): Promise<void> {
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
}

/** Keeps every WebAssembly module from this page, which must then work as plain HTML. Call it before the first visit. */
export async function withoutWasm(page: Page): Promise<void> {
  // The module that does not come is the point; so is the start that fails for want of it.
  foresee(page, /\.wasm\b/);
  foresee(page, /^pageerror: .*(Failed to fetch|WebAssembly)/s);
  await page.route(/\.wasm(\?|$)/, (route) => route.abort("blockedbyclient"));
}

/** Fails with the offending nodes unless axe finds nothing (WCAG 2.2 AA and its best practice). */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(AXE_TAGS).analyze();
  const described = violations.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id} (${violation.impact}): ${violation.help}\n  ${node.html}\n  ${node.failureSummary}`,
    ),
  );
  expect(described, `axe on ${page.url()}`).toEqual([]);
}

/** Fails with the widest elements when the page scrolls sideways at its present width. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const found = [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .slice(0, 5)
      .map((element) => (element.cloneNode(false) as Element).outerHTML);
    return found.length > 0 ? found : ["the document itself"];
  });
  expect(wide, `elements wider than the window on ${page.url()}`).toEqual([]);
}

/** Does something at another width and colour scheme, and goes back to the desktop in light. */
async function lookAs(
  page: Page,
  size: typeof DESKTOP,
  colorScheme: "light" | "dark",
  look: () => Promise<void>,
): Promise<void> {
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme });
  // The page is painted anew by the second frame.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  try {
    await look();
  } finally {
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ colorScheme: "light" });
  }
}

/**
 * What every page of a journey goes through: axe on the desktop in light and on a phone in dark,
 * no sideways scroll on the phone, and its photographs under `name`.
 */
export async function inspect(page: Page, name: string): Promise<void> {
  await lookAs(page, DESKTOP, "light", () => expectAccessible(page));
  await lookAs(page, PHONE, "dark", async () => {
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
  await photograph(page, name);
}

/** With SCREENSHOTS=1: four pictures of the whole page, desktop and phone, light and dark, below test-results. */
export async function photograph(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== "1") return;
  const { outputDir, name: project } = test.info().project;
  const folder = join(outputDir, "screenshots");
  await mkdir(folder, { recursive: true });
  // A page that was opened at one of its parts is photographed from its top.
  await page.evaluate(() => window.scrollTo(0, 0));
  for (const [size, sizeName] of [[DESKTOP, "desktop"], [PHONE, "phone"]] as const) {
    for (const scheme of ["light", "dark"] as const) {
      await lookAs(page, size, scheme, async () => {
        await page.screenshot({ path: join(folder, `${name}-${sizeName}-${scheme}-${project}.png`), fullPage: true });
      });
    }
  }
}

export { expect };
