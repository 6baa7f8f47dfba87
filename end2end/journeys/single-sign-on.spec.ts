// A company whose people sign in at its own identity provider: an administrator adds it, somebody goes there and comes back signed in, and whoever is not who it
// should be does not.

import type { Page } from "@playwright/test";
import { expect, foresee, inspect, test } from "../support/page.ts";
import { notice, signIn } from "../support/people.ts";
import type { Portal } from "../support/portal.ts";
import { CLIENT, IdentityProvider, SECRET } from "../support/provider.ts";

// Loopback, as the provider of this test is there.
test.use({ portalSettings: { SIGN_ON_INTERNAL_HOSTS: "127.0.0.1" } });

const PEOPLE = {
  "sub-jane": { email: "jane@brightside.example", email_verified: true },
  "sub-stranger": { email: "stranger@brightside.example", email_verified: true },
  "sub-unchecked": { email: "jane@brightside.example", email_verified: false },
  "sub-vendor": { email: "fiona@vendor.example", email_verified: true },
};

async function withProvider(portal: Portal, walk: (provider: IdentityProvider) => Promise<void>): Promise<void> {
  const provider = await IdentityProvider.start(`${portal.url}/sign-in/provider/back`, PEOPLE);
  try {
    await walk(provider);
  } finally {
    await provider.stop();
  }
}

/** Adds the provider of Brightside Partners from their page. */
async function addProvider(page: Page, provider: IdentityProvider, only: boolean, strength = ""): Promise<void> {
  await signIn(page, "Alex Morgan");
  await page.goto("/staff/partners");
  await page.getByRole("link", { name: "Brightside Partners" }).click();
  await page.getByRole("link", { name: "Single sign-on" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Single sign-on");
  const field = (name: string) => page.getByRole("textbox", { name });
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Brightside ID");
  await field("Domain of the mail addresses").fill("brightside.example");
  await field("Address of the provider").fill(provider.issuer);
  await field("The portal’s name there").fill(CLIENT);
  await page.locator("input[type=password]").fill(SECRET);
  await field("What the provider must vouch for").fill(strength);
  if (only) await page.getByRole("checkbox", { name: "The only way to sign in" }).check();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(notice(page)).toContainText("The provider is there");
}

/** Types the address on the sign-in page and goes on to the provider. */
async function goThere(page: Page): Promise<void> {
  await page.context().clearCookies();
  await page.goto("/sign-in");
  await page.getByRole("textbox", { name: "E-mail" }).fill("jane@brightside.example");
  await page.getByRole("button", { name: "Send me a link" }).click();
  await page.getByRole("button", { name: "Go on with Brightside ID" }).click();
  await expect(page.locator("input[name=login]")).toBeVisible();
}

test("somebody signs in at her company's own provider, and nobody else gets in that way", async ({ page, portal, newPerson }) => {
  // The provider's own pages load what this machine cannot, and what is refused is looked at.
  foresee(page, /googleapis|favicon|ERR_NAME_NOT_RESOLVED|sign-in\/provider\/back/);
  await withProvider(portal, async (provider) => {
    await test.step("an administrator adds it", async () => {
      await addProvider(page, provider, false);
      await inspect(page, "sign-on-staff");
    });

    await test.step("its people are sent there, and come back signed in", async () => {
      await page.context().clearCookies();
      await page.goto("/sign-in");
      await page.getByRole("textbox", { name: "E-mail" }).fill("jane@brightside.example");
      await page.getByRole("button", { name: "Send me a link" }).click();
      await expect(page.getByRole("heading", { level: 2, name: "Brightside ID" })).toBeVisible();
      await inspect(page, "sign-in-provider");
      await page.getByRole("button", { name: "Go on with Brightside ID" }).click();
      await provider.signIn(page, "sub-jane");
      await expect(page).toHaveURL(/\/\?notice=signed-in/);
      await expect(page.getByText("Jane Meyer").first()).toBeVisible();
    });

    await test.step("what came back counts once", async () => {
      const answers: string[] = [];
      page.on("request", (request) => {
        if (request.url().includes("/sign-in/provider/back")) answers.push(request.url());
      });
      await goThere(page);
      await provider.signIn(page, "sub-jane");
      await expect(page).toHaveURL(/\/\?notice=signed-in/);
      await page.context().clearCookies({ name: "portal" });
      await page.goto(answers[0]!);
      await expect(page.locator("main")).toContainText("was not begun in this browser");
    });

    await test.step("and only in the browser that left", async () => {
      let address = "";
      page.on("request", (request) => {
        if (request.url().startsWith(`${provider.issuer}/auth?`)) address = request.url();
      });
      await goThere(page);
      const other = await newPerson();
      foresee(other, /./);
      await other.goto(address);
      await provider.signIn(other, "sub-jane");
      await expect(other.locator("main")).toContainText("was not begun in this browser");
    });
  });
});

test("a provider's answer is taken for this trip alone, and for its own people", async ({ page, portal }) => {
  foresee(page, /googleapis|favicon|ERR_NAME_NOT_RESOLVED|sign-in\/provider\/back/);
  await withProvider(portal, async (provider) => {
    await addProvider(page, provider, true);
    for (const [subject, said] of [
      ["sub-stranger", "nobody has invited you"],
      ["sub-unchecked", "that it has not checked itself"],
      ["sub-vendor", "not one of its own"],
    ] as const) {
      await test.step(subject, async () => {
        await goThere(page);
        await provider.signIn(page, subject);
        await expect(page.locator("main")).toContainText(said);
        await page.goto("/leads");
        await expect(page).toHaveURL(/\/sign-in/);
      });
    }

    await test.step("a token of another trip", async () => {
      await page.context().clearCookies();
      await page.route(`${provider.issuer}/auth?**`, async (route) => {
        const url = new URL(route.request().url());
        url.searchParams.set("nonce", "of-another-trip");
        await route.fulfill({ status: 303, headers: { location: url.toString().replace("/auth?", "/auth?changed=1&") } });
      }, { times: 1 });
      await goThere(page);
      await provider.signIn(page, "sub-jane");
      await expect(page.locator("main")).toContainText("an answer that cannot be taken");
      expect(portal.log).toContain("nonce");
    });

    await test.step("where it is the only way, no link is offered, and the command line opens the others again", async () => {
      await page.context().clearCookies();
      await page.goto("/sign-in");
      await page.getByRole("textbox", { name: "E-mail" }).fill("jane@brightside.example");
      await page.getByRole("button", { name: "Send me a link" }).click();
      await expect(page.getByRole("button", { name: "Send me a link" })).toHaveCount(0);
      const released = await portal.run("release-sign-on", "brightside.example");
      expect(released.code).toBe(0);
      await page.reload();
      await expect(page.getByRole("button", { name: "Send me a link" })).toBeVisible();
    });
  });
});

test("a provider vouches for how its people proved themselves, and for when", async ({ page, portal, newPerson }) => {
  foresee(page, /googleapis|favicon|ERR_NAME_NOT_RESOLVED|sign-in\/provider\/back/);
  await withProvider(portal, async (provider) => {
    await addProvider(page, provider, false, "mfa loa:2");
    await expect(page.getByText("It must vouch for one of these: mfa loa:2")).toBeVisible();
    await inspect(page, "sign-on-staff-strength");

    await test.step("whoever proved less does not come in", async () => {
      provider.way = { acr: "loa:1", amr: ["pwd"] };
      await goThere(page);
      await provider.signIn(page, "sub-jane");
      await expect(page.locator("main")).toContainText("did not say that you proved yourself");
      await inspect(page, "sign-on-weak");
    });

    await test.step("whoever proved enough does, by either word", async () => {
      for (const way of [{ acr: "loa:2" }, { amr: ["pwd", "mfa"] }]) {
        provider.way = way;
        await goThere(page);
        await provider.signIn(page, "sub-jane");
        await expect(page).toHaveURL(/\/\?notice=signed-in/);
      }
    });

    await test.step("other sessions are ended once the provider has asked again", async () => {
      await signIn(await newPerson(), "Jane Meyer");
      const endOthers = page.getByRole("button", { name: "Sign out everywhere else" });
      await page.goto("/security");
      await endOthers.click();
      await expect(page.locator("main")).toContainText("must say that you proved yourself there");
      await inspect(page, "security-sign-on");
      await page.getByRole("button", { name: "Prove yourself again with Brightside ID" }).click();
      await provider.prove(page, "sub-jane");
      await expect(page).toHaveURL(/\/\?notice=signed-in/);
      await page.goto("/security");
      await endOthers.click();
      await expect(notice(page)).toContainText("You are signed out everywhere else.");
    });
  });
});
