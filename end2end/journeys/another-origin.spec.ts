// What pages of other sites can do to somebody who is signed in here: nothing. They stand on a site of their own, on another port of the
// portal's host, and under a name beside its; the latter two get the portal's cookies sent along. And what a browser is told about the
// portal's own pages lets all of them work.

import type { Page, Response } from "@playwright/test";
import { ENCODINGS, followLink, HostileSite, listServerFunctions, PORTAL_HOST, sendBlindly, sendForm, statusesDuring, tryToRead } from "../support/hostile.ts";
import { expect, foresee, test as base, waitForHydration } from "../support/page.ts";
import { signIn } from "../support/people.ts";
import { Sandbox } from "../support/sandbox.ts";

const test = base.extend<{ hostile: HostileSite; attacker: Page }>({
  // A name that has others beside it.
  baseURL: async ({ portal }, use) => {
    await use(portal.url.replace("localhost", PORTAL_HOST));
  },

  hostile: async ({}, use) => {
    const site = await HostileSite.start();
    await use(site);
    await site.stop();
  },

  /** The attacker's page in the victim's browser. */
  attacker: async ({ context }, use) => {
    const page = await context.newPage();
    // All that it is refused its console complains of.
    foresee(page, /./);
    await use(page);
    await page.close();
  },
});

/** What a victim of a partner would find changed: what stands on its pages, and how they look. */
async function seenBy(victim: Page): Promise<string> {
  const seen: string[] = [];
  for (const path of ["/company", "/leads", "/preferences", "/statements"]) {
    await victim.goto(path);
    const main = await victim.locator("main").innerText();
    const fields = await victim.locator("main").evaluate((main) =>
      [...main.querySelectorAll<HTMLInputElement>("input, select, textarea")].map((field) => `${field.name}=${field.value} ${field.checked}`),
    );
    const root = await victim.locator("html").evaluate((root) => `${root.lang} ${root.dataset.theme}`);
    seen.push(path, root, main, ...fields);
  }
  await victim.goto("/security");
  seen.push(`${await victim.getByRole("listitem").count()} entries on the page of sign-ins`);
  return seen.join("\n");
}

/** What the form of the company's details would send, with another name in it. */
async function forgedCompany(victim: Page): Promise<Record<string, string>> {
  await victim.goto("/company");
  const form = victim.locator("form", { has: victim.locator("input[value=update_company]") });
  const answers = await form.evaluate((form) => Object.fromEntries(new FormData(form as HTMLFormElement)) as Record<string, string>);
  expect(answers["form[legal_name]"]).toBeDefined();
  return { ...answers, "form[legal_name]": "Mallory Ltd" };
}

test("no other site changes anything for whoever is signed in here", async ({ page, baseURL, hostile, attacker }) => {
  // More than a thousand requests.
  test.slow();
  await signIn(page, "Jane Meyer");
  const company = await forgedCompany(page);
  const before = await seenBy(page);
  const functions = listServerFunctions().map((name) => `${baseURL}/api/${name}`);
  expect(functions.length).toBeGreaterThan(80);

  for (const origin of hostile.origins) {
    await test.step(`forms from ${origin}`, async () => {
      for (const [path, answers] of [
        ["/company", company],
        ["/api/update_company", company],
        ["/leads", { do: "sign_out" }],
        ["/api/set_language", { language: "de" }],
        ["/security", { do: "end_other_sessions" }],
      ] as const) {
        for (const encoding of ENCODINGS) {
          await attacker.goto(origin);
          expect(await sendForm(attacker, `${baseURL}${path}`, encoding, answers), `${encoding} to ${path}`).toBe(403);
        }
      }
    });

    await test.step(`every server function, called from ${origin}`, async () => {
      await attacker.goto(origin);
      const posted = await statusesDuring(attacker, baseURL!, () => sendBlindly(attacker, "POST", functions, ENCODINGS, company));
      expect(posted.length).toBe(functions.length * ENCODINGS.length);
      expect(new Set(posted)).toEqual(new Set([403]));
      const looked = await statusesDuring(attacker, baseURL!, () => sendBlindly(attacker, "GET", functions, ["none"], {}));
      expect(looked.length).toBe(functions.length);
      expect(new Set(looked)).toEqual(new Set([405]));
      // A browser asks before it sends JSON; nobody says yes.
      const asked = await statusesDuring(attacker, baseURL!, () => sendBlindlyAsJson(attacker, functions[0]!));
      expect(asked.every((status) => status === 403), String(asked)).toBe(true);
    });

    await test.step(`links from ${origin}`, async () => {
      const forged = new URLSearchParams(company).toString();
      for (const [link, status] of [
        [`/company?${forged}`, 200],
        [`/api/update_company?${forged}`, 405],
        ["/leads?do=sign_out", 200],
        ["/company?_method=POST&do=sign_out", 200],
        ["/api/sign_out", 405],
      ] as const) {
        await attacker.goto(origin);
        expect(await followLink(attacker, `${baseURL}${link}`), link).toBe(status);
      }
    });

    expect(await seenBy(page), `after ${origin}`).toBe(before);
  }

  await test.step("the same form of the portal's own page does change it", async () => {
    await page.goto("/company");
    await page.evaluate(async (answers) => {
      await fetch("/company", { method: "POST", body: new URLSearchParams(answers) });
    }, company);
    await page.goto("/company");
    await expect(page.locator("[name='form[legal_name]']")).toHaveValue("Mallory Ltd");
  });
});

async function sendBlindlyAsJson(attacker: Page, url: string): Promise<void> {
  await attacker.evaluate(async (url) => {
    const json = { "content-type": "application/json" };
    await fetch(url, { method: "POST", body: "{}", headers: json, credentials: "include" }).catch(() => undefined);
  }, url);
}

test("no other site reads, frames or holds on to a page of whoever is signed in here", async ({ page, baseURL, hostile, attacker }) => {
  await signIn(page, "Alex Morgan");
  const lead = await page.goto("/staff/leads").then(() => page.locator("a[href^='/staff/leads/']").first().getAttribute("href"));
  const paths = ["/", "/staff", lead!, "/staff/ledger.csv", "/staff/messages/templates/statement/light", "/api/set_theme", "/events", "/security"];

  for (const origin of hostile.origins) {
    await test.step(`looks from ${origin}`, async () => {
      for (const path of paths) {
        await attacker.goto(origin);
        expect(await tryToRead(attacker, `${baseURL}${path}`), `${path} from ${origin}`).toEqual([]);
        for (const frame of attacker.frames().slice(1)) {
          expect(frame.url(), `${path} in a frame`).not.toContain(baseURL!);
        }
      }
    });

    await test.step(`a window that ${origin} opens`, async () => {
      await attacker.goto(origin);
      const opening = attacker.context().waitForEvent("page");
      await attacker.evaluate((url) => {
        const opened = window.open(url, "victim");
        Object.assign(window, { opened });
        setInterval(() => opened?.postMessage({ do: "sign_out" }, "*"), 5);
      }, `${baseURL}/staff`);
      const opened = await opening;
      await opened.waitForLoadState();
      await expect(opened.locator("main")).toBeVisible();
      expect(await opened.evaluate(() => window.opener), "the way back").toBeNull();
      const held = await attacker.evaluate(() => {
        const { opened } = window as unknown as { opened: Window };
        return { closed: opened.closed, frames: opened.length };
      });
      expect(held).toEqual({ closed: true, frames: 0 });
      expect(await messageListeners(opened), "what listens to other windows").toBe(0);
      await opened.close();
    });
  }

  await test.step("the portal's own page can read all of it", async () => {
    await page.goto("/staff");
    for (const path of paths.filter((path) => !["/", "/events", "/api/set_theme"].includes(path))) {
      expect(await page.evaluate(async (path) => (await fetch(path)).status, path), path).toBe(200);
    }
  });
});

/** How many functions of a page are called with what other windows post to it. */
async function messageListeners(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send("Runtime.evaluate", { expression: "window" });
  const { listeners } = await session.send("DOMDebugger.getEventListeners", { objectId: result.objectId! });
  await session.detach();
  return listeners.filter(({ type }) => type === "message").length;
}

test("no link leads from here to another site, and none signs a victim in as the attacker", async ({ page, portal, baseURL, hostile, attacker, newPerson }) => {
  const { host } = new URL(baseURL!);
  const elsewhere = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https:evil.example",
    "javascript:alert(document.cookie)",
    "data:text/html,<script>alert(1)</script>",
    `//${host}@evil.example`,
    `/.//evil.example`,
    "/%2f%2fevil.example",
    "/%5cevil.example",
  ];
  await test.step("signing in leads on to our own pages alone", async () => {
    foresee(page, /evil\.example/);
    for (const next of elsewhere) {
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await page.getByRole("button", { name: "Jane Meyer" }).click();
      await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
      expect(new URL(page.url()).host, `once signed in, with ${next}`).toBe(host);
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      expect(new URL(page.url()).host, `when signed in already, with ${next}`).toBe(host);
      await page.context().clearCookies();
    }
  });

  await signIn(page, "Jane Meyer");
  const sandbox = new Sandbox(await newPerson(), portal.sandboxUrl);
  const jana = await newPerson();
  let link = "";
  await test.step("an attacker asks for a link of its own", async () => {
    await jana.goto("/sign-in");
    await jana.getByRole("textbox", { name: "E-mail" }).fill("jana@nordlicht-beratung.de");
    await jana.getByRole("button", { name: "Send me a link" }).click();
    await sandbox.openMail("jana@nordlicht-beratung.de", "Ihr Link zur Anmeldung");
    const address = await sandbox.mailText().getByRole("link").first().getAttribute("href");
    link = new URL(address!).pathname;
  });

  const token = link.split("/").at(-1)!;
  for (const origin of hostile.origins) {
    await test.step(`${origin} sends the victim's browser to it`, async () => {
      for (const [path, answers] of [
        ["/api/use_link", { token }],
        [link, { do: "use_link", token }],
        ["/sign-in", { do: "sign_in_as", person: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }],
        ["/api/prove", { code: "000000" }],
        ["/api/accept_invitation", { token, name: "Mallory" }],
      ] as const) {
        await attacker.goto(origin);
        expect(await sendForm(attacker, `${baseURL}${path}`, ENCODINGS[0], answers), path).toBe(403);
      }
      await attacker.goto(origin);
      expect(await followLink(attacker, `${baseURL}${link}`)).toBe(200);
    });
  }

  await test.step("the victim presses the button, and stays who it was", async () => {
    await page.goto(link);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.locator("#errors, .notice[data-tone=danger], [role=alert]").first()).toBeVisible();
    await page.goto("/company");
    await expect(page.locator("[name='form[name]']")).toHaveValue("Brightside Partners");
  });

  await test.step("and the link is still good where it was asked for", async () => {
    await jana.goto(link);
    await jana.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(jana.getByRole("heading", { level: 1 })).toHaveText("One more step");
  });
});

/** What every page tells a browser about itself. */
function expectHeaders(response: Response, nonces: Set<string>): void {
  const headers = response.headers();
  const policy = headers["content-security-policy"] ?? "";
  const where = response.url();
  const isFrame = /\/messages\/templates\/\w+\/(light|dark)/.test(where);
  expect(headers, where).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": isFrame ? "SAMEORIGIN" : "DENY",
    "cache-control": "no-store",
  });
  for (const said of ["default-src 'none'", "base-uri 'none'", `frame-ancestors ${isFrame ? "'self'" : "'none'"}`]) {
    expect(policy, where).toContain(said);
  }
  expect(policy, where).not.toMatch(/'unsafe-eval'|\*|https?:/);
  if (isFrame) return;
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
  expect(nonce.length, where).toBeGreaterThanOrEqual(22);
  expect(policy, where).not.toContain("'unsafe-inline'");
  expect(nonces.has(nonce), `the nonce of ${where} was another page's`).toBe(false);
  nonces.add(nonce);
}

/** Every address that pages link to, from some on; of those that differ by an id or a question alone, two. */
async function walk(page: Page, from: string[], look: (response: Response) => void): Promise<string[]> {
  const seen = new Set<string>();
  const alike = new Map<string, number>();
  const todo = [...from];
  for (let path = todo.shift(); path !== undefined; path = todo.shift()) {
    const kind = path.replace(/[0-9A-Z]{26}/g, "id").replace(/\?.*/, "?");
    const known = alike.get(kind) ?? 0;
    if (seen.has(path) || known >= 2 || /\.(csv|jsonl|json)\b|\/guide$/.test(path)) continue;
    seen.add(path);
    alike.set(kind, known + 1);
    const response = await page.goto(path);
    look(response!);
    await waitForHydration(page);
    const links = page.locator("a[href^='/']");
    todo.push(...(await links.evaluateAll((links) => links.map((link) => link.getAttribute("href")!.split("#")[0]!))));
  }
  return [...seen];
}

for (const [name, from, least] of [
  ["Jane Meyer", ["/"], 10],
  ["Alex Morgan", ["/staff"], 35],
] as const) {
  test(`no page that ${name} comes to breaks what it says of itself to browsers`, async ({ page }) => {
    const violations: string[] = [];
    await page.exposeFunction("tellOfViolation", (violation: string) => violations.push(violation));
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, documentURI }) => {
        (window as unknown as { tellOfViolation(text: string): void }).tellOfViolation(`${violatedDirective} ${blockedURI} on ${documentURI}`);
      });
    });
    const nonces = new Set<string>();
    await page.goto("/sign-in");
    await signIn(page, name);
    const seen = await walk(page, [...from], (response) => expectHeaders(response, nonces));
    expect(seen.length).toBeGreaterThanOrEqual(least);
    expect(violations).toEqual([]);
  });
}
