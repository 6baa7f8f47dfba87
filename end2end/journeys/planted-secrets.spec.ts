// Fifty secrets, planted wherever the portal takes or makes one: none of them is found in a page, in an answer, in the log, or in what lies in the database.

import type { Page } from "@playwright/test";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { appCode } from "../support/passkeys.ts";
import { expect, foresee, test } from "../support/page.ts";
import { signIn } from "../support/people.ts";
import { Sandbox } from "../support/sandbox.ts";
import type { Portal } from "../support/portal.ts";

const MASTER_KEY = randomBytes(32).toString("base64");
// Whatever the libraries below say is written down too.
test.use({ portalSettings: { PORTAL_KEY: MASTER_KEY, RUST_LOG: "debug" } });

const PAGES = [
  "/staff", "/staff/leads", "/staff/partners", "/staff/lines", "/staff/reconciliation", "/staff/ledger", "/staff/statements", "/staff/plans",
  "/staff/integrations", "/staff/integrations/hubspot", "/staff/integrations/xero", "/staff/integrations/relay", "/staff/connections",
  "/staff/connections/hubspot", "/staff/connections/xero", "/staff/connections/slack", "/staff/connections/mail", "/staff/messages",
  "/staff/messages/templates", "/staff/audit", "/security", "/preferences", "/company", "/",
];

/** Where secrets are planted, and where each went. */
class Garden {
  readonly planted = new Map<string, string>();

  constructor(private readonly page: Page, private readonly portal: Portal) {}

  /** A secret that is nowhere else. */
  make(where: string, write: (random: string) => string = (random) => random): string {
    const random = randomBytes(18).toString("base64url").replaceAll("-", "x").replaceAll("_", "y");
    this.planted.set(random, where);
    return write(random);
  }

  /** Remembers one that the portal has made. */
  keep(secret: string, where: string): void {
    this.planted.set(secret, where);
  }

  /** Sends a form as a browser without scripts would; the answer may not repeat what is secret in it. */
  async send(path: string, form: Record<string, string>): Promise<void> {
    const answer = await this.page.request.post(`${this.portal.url}${path}`, {
      form,
      maxRedirects: 0,
      headers: { origin: this.portal.url, "sec-fetch-site": "same-origin" },
    });
    expect(answer.status(), `${path} ${form.do}`).not.toBe(500);
    this.look(await answer.text(), `the answer to ${form.do}`);
  }

  /** Fails if one of the secrets stands in a text. */
  look(text: string, what: string): void {
    for (const [secret, where] of this.planted) {
      expect(text.includes(secret), `${what} holds what was planted in ${where}`).toBe(false);
    }
  }
}

/** Signs in as somebody else than before. */
async function become(page: Page, name: string): Promise<void> {
  await page.context().clearCookies();
  await signIn(page, name);
}

/** All that lies in the database, as bytes or as text. */
async function everythingStored(portal: Portal): Promise<string> {
  if (!portal.databaseUrl.startsWith("postgres")) {
    const files = (await readdir(portal.folder)).filter((name) => name.startsWith("portal.db"));
    const contents = files.map((name) => readFile(join(portal.folder, name), "latin1"));
    return (await Promise.all(contents)).join("\n");
  }
  const client = new pg.Client({ connectionString: portal.databaseUrl });
  await client.connect();
  const tables = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()");
  const texts: string[] = [];
  for (const { tablename } of tables.rows) {
    const rows = await client.query(`SELECT "${tablename}"::text AS row FROM "${tablename}"`);
    for (const { row } of rows.rows) {
      texts.push(row);
      // Bytes are written in hexadecimal there.
      for (const bytes of row.matchAll(/\\x([0-9a-f]+)/g)) texts.push(Buffer.from(bytes[1], "hex").toString("latin1"));
    }
  }
  await client.end();
  return texts.join("\n");
}

test("fifty planted secrets are found nowhere", async ({ page, portal }) => {
  test.slow();
  foresee(page, /./);
  const garden = new Garden(page, portal);
  garden.keep(MASTER_KEY, "the environment");

  // Before the mail server is another one.
  await test.step("what people prove themselves with", async () => {
    await become(page, "Jane Meyer");
    await page.goto("/security");
    await page.getByRole("button", { name: "Set up an app" }).click();
    const address = await page.getByRole("link", { name: "Or open the app on this device" }).getAttribute("href");
    await page.getByRole("textbox", { name: "The code that the app shows" }).fill(await appCode(address!, portal));
    await page.getByRole("button", { name: "Confirm" }).click();
    const codes = await page.locator(".codes code").allTextContents();
    expect(codes).toHaveLength(10);
    await page.getByRole("button", { name: "I have kept them" }).click();
    garden.keep(new URL(address!).searchParams.get("secret")!, "the app's seed");
    for (const code of codes) {
      garden.keep(code, "the recovery codes");
    }
    for (const name of ["Fiona Clarke", "Alex Morgan", "Jane Meyer"]) {
      await become(page, name);
      const cookies = await page.context().cookies();
      garden.keep(cookies.find((cookie) => cookie.name === "portal")!.value, "a session");
    }
    await page.context().clearCookies();
    await page.goto("/sign-in");
    await page.getByRole("textbox", { name: "E-mail" }).fill("jane@brightside.example");
    await page.getByRole("button", { name: "Send me a link" }).click();
    const inbox = new Sandbox(page, portal.sandboxUrl);
    await inbox.openMail("jane@brightside.example", "Your link to sign in", 1);
    const link = await inbox.mailText().getByRole("link").first().getAttribute("href");
    garden.keep(new URL(link!).pathname.split("/").at(-1)!, "a mailed link");
    garden.keep((await page.context().cookies(portal.url)).find((cookie) => cookie.name === "asked")!.value, "the browser that asked");
    await page.goto(link!);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("textbox", { name: "Code" }).fill(codes[0]);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page).toHaveURL(/notice=signed-in/);
    garden.keep((await page.context().cookies(portal.url)).find((cookie) => cookie.name === "known")!.value, "a known browser");
  });

  await test.step("credentials of the outside systems", async () => {
    await become(page, "Alex Morgan");
    for (const system of ["hubspot", "slack"]) {
      const path = `/staff/connections/${system}`;
      for (const beginning of ["pat-eu1-", "xoxb-"]) {
        const token = garden.make(`${system}'s token`, (random) => beginning + random);
        await garden.send(path, { do: "connect_token", system, token, webhook: garden.make(`${system}'s webhook secret`) });
      }
    }
    for (const [system, way] of [["hubspot", "oauth"], ["xero", "authorization_code"], ["xero", "client_credentials"]] as const) {
      await garden.send(`/staff/connections/${system}`, {
        do: "connect_app", system, way, client_id: "an-app", client_secret: garden.make(`${system}'s app`), webhook: garden.make(`${system}'s key`),
      });
    }
    for (const system of ["hubspot", "xero"]) {
      for (let time = 0; time < 3; time += 1) {
        const secrets = garden.make(`what ${system} signs with`);
        await garden.send(`/staff/connections/${system}`, { do: "set_webhook_secrets", system, secrets });
      }
    }
    for (const issuer of ["https://127.0.0.1:9", "https://login.example.com", "not an address"]) {
      await garden.send("/staff/sign-on", {
        "do": "save_sign_on", "form[name]": "Example", "form[domain]": "example.com", "form[issuer]": issuer, "form[client]": "portal",
        "form[secret]": garden.make("an identity provider"),
      });
    }
    for (const address of ["smtps://portal:SECRET@mail.example.com:465", "smtp://portal:SECRET@127.0.0.1:2525", "smtps:/SECRET"]) {
      const typed = garden.make("a mail server's address", (random) => address.replace("SECRET", random));
      await garden.send("/staff/connections/mail", { do: "connect_mail", address: typed });
    }
  });

  await test.step("what messages are signed with, and where they go", async () => {
    for (const side of ["out", "in", "out", "in"]) {
      const secret = `whsec_${randomBytes(24).toString("base64")}`;
      garden.keep(secret, "the iPaaS' secret");
      await garden.send("/staff/integrations/relay", { do: "keep_relay_secret", side, secret });
    }
    await become(page, "Jane Meyer");
    const company = { name: "Brightside Partners", legal_name: "Brightside Partners GmbH", domain: "brightside.example", country: "DE", billing_email: "billing@brightside.example" };
    for (let time = 0; time < 4; time += 1) {
      const slack = garden.make("a Slack webhook", (random) => `https://hooks.slack.com/services/T0000${time}/B00000/${random}`);
      const form = { ...company, vat_number: time % 2 ? "not a number!" : "", slack_channel: slack };
      const fields = Object.entries(form).map(([name, value]) => [`form[${name}]`, value]);
      await garden.send("/company", { do: "update_company", ...Object.fromEntries(fields) });
    }
  });

  expect(garden.planted.size).toBeGreaterThanOrEqual(50);

  await test.step("no page shows one", async () => {
    for (const name of ["Alex Morgan", "Jane Meyer"]) {
      await become(page, name);
      for (const path of PAGES) {
        const shown = await page.request.get(`${portal.url}${path}`);
        garden.look(await shown.text(), `${path} of ${name}`);
      }
    }
    const verified = await portal.run("verify");
    garden.look(verified.stdout + verified.stderr, "what verify says");
    const settings = await portal.run("settings");
    garden.look(settings.stdout + settings.stderr, "the list of settings");
  });

  await test.step("nor the log, nor what is stored", async () => {
    await portal.stop();
    garden.look(portal.log, "the log");
    // What was mailed is in the sandbox's inbox, as in any other.
    garden.look(await everythingStored(portal), "the database");
    await portal.start();
  });
});
