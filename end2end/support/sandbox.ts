// The sandbox's pages as a person uses them: moving deals, making and paying invoices, reading mails
// and Slack, moving the clock on. Everything goes through the pages' own forms.

import type { Locator, Page } from "@playwright/test";
import { expect } from "./page.ts";

/** What a deal's form in HubSpot can say; what is left out stays as it is. */
export type DealChange = { stage: string; value?: string; currency?: string; period?: string };

export type NewInvoice = {
  contact: string;
  net: string;
  reference?: string;
  status?: "Authorised" | "Draft";
};

/** One person's window on the sandbox. */
export class Sandbox {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  async open(path: "/hubspot" | "/xero" | "/mail" | "/slack" | "/ipaas" | "/clock"): Promise<void> {
    await this.page.goto(`${this.url}${path}`);
  }

  /** What the page says was done; a problem fails. */
  private async done(): Promise<string> {
    await expect(this.page.getByRole("alert")).toHaveCount(0);
    return (await this.page.getByRole("status").textContent()) ?? "";
  }

  /** The deals in HubSpot that are for a client. */
  deals(client: string): Locator {
    return this.page.locator(`article[data-deal-name*="${client}"]`);
  }

  /** HubSpot's id of a client's deal, once it is there. */
  async findDeal(client: string): Promise<string> {
    await expect(async () => {
      await this.open("/hubspot");
      await expect(this.deals(client)).toHaveCount(1, { timeout: 100 });
    }).toPass();
    return (await this.deals(client).getAttribute("data-deal-id")) ?? "";
  }

  async moveDeal(client: string, change: DealChange): Promise<void> {
    await this.open("/hubspot");
    const deal = this.deals(client);
    await deal.getByLabel("Stage").selectOption({ label: change.stage });
    if (change.value) await deal.getByLabel("Value").fill(change.value);
    if (change.currency) await deal.getByLabel("Currency").selectOption(change.currency);
    if (change.period) await deal.getByLabel("Billing period").selectOption({ label: change.period });
    await deal.getByRole("button", { name: "Move" }).click();
    expect(await this.done()).toContain(`is in ${change.stage}.`);
  }

  /** Gives the iPaaS a secret that the portal has shown. */
  async pasteSecret(field: string, secret: string): Promise<void> {
    await this.open("/ipaas");
    await this.page.getByLabel(field).fill(secret);
    await this.page.getByRole("button", { name: "Save secrets" }).click();
    expect(await this.done()).toContain("saved");
  }

  /** Makes a sales invoice in Xero with 20 % VAT, due in thirty days; gives its number. */
  async createInvoice(invoice: NewInvoice): Promise<string> {
    await this.open("/xero");
    const form = this.page.getByRole("region", { name: "New invoice" });
    const known = form.getByLabel("Contact", { exact: true });
    if (await known.getByRole("option", { name: invoice.contact, exact: true }).count()) {
      await known.selectOption({ label: invoice.contact });
    } else {
      await form.getByLabel("New contact").fill(invoice.contact);
    }
    await form.getByLabel("Reference").fill(invoice.reference ?? "");
    await form.getByLabel("Currency").selectOption("GBP");
    await form.getByLabel("Net amount").fill(invoice.net);
    await form.getByLabel("Status").selectOption({ label: invoice.status ?? "Authorised" });
    await form.getByRole("button", { name: "Create invoice" }).click();
    return (await this.done()).replace(" was made.", "");
  }

  /** An invoice or a bill, by its number. */
  invoice(number: string): Locator {
    return this.page.locator(`article[data-invoice-number="${number}"]`);
  }

  async authorise(number: string): Promise<void> {
    await this.open("/xero");
    await this.page.getByRole("button", { name: `Authorise ${number}` }).click();
    await expect(this.invoice(number)).toHaveAttribute("data-status", "AUTHORISED");
  }

  /** Pays an invoice or a bill: an amount with tax, or all that is due. */
  async pay(number: string, amount?: string): Promise<void> {
    await this.open("/xero");
    if (amount) await this.page.getByLabel(`Amount to pay on ${number}`).fill(amount);
    await this.page.getByRole("button", { name: `Pay ${number}` }).click();
    await this.done();
  }

  /** Moves the clock of the portal and of the sandbox on to a day, at midnight UTC. */
  async moveClockTo(day: string): Promise<void> {
    await this.open("/clock");
    await this.page.getByLabel("Date").fill(day);
    await this.page.getByRole("button", { name: "Move on to this date" }).click();
    expect(await this.done()).toContain("It is now");
  }

  /** The mails to somebody with a subject, as they stand on the page now. */
  mails(to: string, subject: string): Locator {
    return this.page.locator(`article[data-mail-to="${to}"][data-mail-subject="${subject}"]`);
  }

  /** Opens the newest mail with a subject, once so many have come. */
  async openMail(to: string, subject: string, count = 1): Promise<void> {
    await expect(async () => {
      await this.open("/mail");
      await expect(this.mails(to, subject)).toHaveCount(count, { timeout: 100 });
    }).toPass();
    await this.mails(to, subject).first().getByRole("link").click();
  }

  /** Takes the mail's HTML off its page: it stands in a frame that runs no script, so axe would wait for ever to look in. */
  async removeHtmlMail(): Promise<void> {
    await this.page.getByTitle("The mail as HTML").evaluate((frame) => frame.remove());
  }

  /** A mail's text, on its page. */
  mailText(): Locator {
    return this.page.getByRole("region", { name: "Text" });
  }

  /** How many mails there are to addresses of a domain; operators get others meanwhile. */
  async countMails(domain: string): Promise<number> {
    await this.open("/mail");
    return this.page.locator(`article[data-mail-to$="@${domain}"]`).count();
  }

  /** The messages in a Slack channel, newest first; the page must be open. */
  messages(channel: string): Locator {
    return this.page.locator(`section[data-channel="${channel}"] article`);
  }

  /** How many messages there are in a Slack channel; staff hear of other things meanwhile, in theirs. */
  async countMessages(channel: string): Promise<number> {
    await this.open("/slack");
    return this.messages(channel).count();
  }
}
