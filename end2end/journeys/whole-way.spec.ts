// The whole way, thin and real: from a submitted lead to a commission line paid, in order, by the people
// who walk it. Every amount was reckoned by hand, from the plan Referral: ten per cent, twelve months.
//
// Kestrel Foods pays £333.35 a month, of which 10 % is 33.335: its lines are 33.34, 33.33, 33.33, 33.34, …,
// 400.02 in a year. Orchard Dental pays £10,000 a year: its lines are 83.33, 83.34, 83.33, …, 1,000.00.
// A month of Orchard Dental costs £833.33⅓ net, so £2,000 with tax, 1,666.67 net, reach two of them.

import type { Locator, Page } from "@playwright/test";
import { expectGerman, switchToGerman } from "../support/language.ts";
import { expect, foresee, inspect, test, waitForHydration } from "../support/page.ts";
import { withPasskeyDevice } from "../support/passkeys.ts";
import { fillLead, leadField, notice, signIn, submitLead } from "../support/people.ts";
import { Sandbox } from "../support/sandbox.ts";

// Some thirty pages, each looked at twice by axe.
test.setTimeout(400_000);

const KESTREL = "Kestrel Foods";
const ORCHARD = "Orchard Dental";
const KESTREL_LINES = [
  "£33.34", "£33.33", "£33.33", "£33.34", "£33.34", "£33.33",
  "£33.33", "£33.34", "£33.34", "£33.33", "£33.33", "£33.34",
];
const ORCHARD_LINES = [
  "£83.33", "£83.34", "£83.33", "£83.33", "£83.34", "£83.33",
  "£83.33", "£83.34", "£83.33", "£83.33", "£83.34", "£83.33",
];
const CHANNEL = "C0BRIGHTSIDE";
const STATEMENT = "PS-2026Q3-000001";
const INVOICE = "BS-2026-017";

type Figures = { earned: string; owed: string; paid: string; upcoming: string; expected: string };

/** The five figures on the partner's first screen, as soon as they are these. */
async function expectFigures(page: Page, figures: Figures): Promise<void> {
  await page.goto("/");
  for (const [name, amount] of Object.entries(figures)) {
    await expect(page.locator(`[data-figure="${name}"] dd.money`), name).toHaveText(amount);
  }
}

/** A line on the page Commission or on the staff's page Lines: its row with what it waits for. */
function lineOf(page: Page, client: string, month: string): Locator {
  return page.locator("table.lines tbody").filter({ hasText: client }).filter({ hasText: month });
}

/** The state of each line of July to September. */
async function expectLines(page: Page, client: string, states: Record<string, string>): Promise<void> {
  for (const [month, state] of Object.entries(states)) {
    await expect(lineOf(page, client, `${month} 2026`).locator(".pill"), `${client}, ${month}`).toHaveText(state);
  }
}

test("a partner's lead becomes a deal, the deal becomes lines, and the lines are paid", async ({ page, newPerson, portal }) => {
  const jane = page;
  const sandbox = new Sandbox(await newPerson(), portal.sandboxUrl);
  const fiona = await newPerson();

  await test.step("the partner's owner signs in", async () => {
    await jane.goto("/");
    await expect(jane).toHaveURL(/\/sign-in/);
    await signIn(jane, "Jane Meyer");
    await expect(jane.getByRole("heading", { level: 1 })).toHaveText("Hello, Jane");
    await inspect(jane, "home-before-money");
  });

  await test.step("bad answers are named field by field, and what was typed stays", async () => {
    await jane.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Leads" }).click();
    await jane.getByRole("link", { name: "New lead" }).click();
    await waitForHydration(jane);
    await inspect(jane, "lead-form");
    await fillLead(jane, {
      company: KESTREL,
      domain: "kestrel foods",
      email: "owen",
      phone: "0171 5550199",
      need: "Orders of 300 shops in one place.",
      value: "four thousand",
      currency: "GBP",
    });
    await jane.getByRole("button", { name: "Submit lead" }).click();
    await expect(jane.locator("#errors")).toContainText("need another look");
    const wrong = {
      client_domain: "This is no domain: write it like acme.com.",
      contact_name: "This is needed: please fill it in.",
      contact_email: "This is no e-mail address: write it like name@company.com.",
      contact_phone: "Begin with + and the country code: +49 171 5550199.",
      value: "This is no amount: write digits only, such as 1234.50.",
    };
    for (const [field, sentence] of Object.entries(wrong)) {
      await expect(jane.locator(`#${field}-error`)).toHaveText(sentence);
      await expect(jane.locator(`#${field}`)).toHaveAttribute("aria-invalid", "true");
    }
    await expect(jane.locator("#client_name-error")).toBeEmpty();
    await expect(leadField(jane, "Company")).toHaveValue(KESTREL);
    await expect(leadField(jane, "Domain")).toHaveValue("kestrel foods");
    await expect(leadField(jane, "What does the client need?")).toHaveValue("Orders of 300 shops in one place.");
    await inspect(jane, "lead-form-errors");
  });

  await test.step("what only the server knows is said beside its field too", async () => {
    foresee(jane, /\b422\b.*\/api\/submit_lead/);
    await fillLead(jane, {
      domain: "gmail.com",
      contact: "Owen Kerr",
      email: "owen@kestrelfoods.co.uk",
      phone: "+44 20 7946 0958",
      value: "4000.20",
    });
    await jane.getByRole("button", { name: "Submit lead" }).click();
    await expect(jane.locator("#client_domain-error")).toContainText("mail provider’s domain");
    await expect(leadField(jane, "Name")).toHaveValue("Owen Kerr");
  });

  await test.step("a double click makes one lead", async () => {
    await leadField(jane, "Domain").fill("www.kestrelfoods.co.uk");
    await jane.getByRole("button", { name: "Submit lead" }).dblclick();
    await expect(notice(jane)).toContainText("Your lead was received.");
    await expect(jane.getByRole("heading", { level: 1 })).toContainText(KESTREL);
  });
  const leadUrl = new URL(jane.url()).pathname;

  await test.step("the lead stands in the list once, with its state", async () => {
    await jane.goto("/leads");
    const row = jane.locator("#lead-list tbody tr").filter({ hasText: KESTREL });
    await expect(row).toHaveCount(1);
    await expect(row).toContainText("kestrelfoods.co.uk");
    await expect(row).toContainText("£4,000.20");
    await expect(row.locator(".pill")).toHaveText("PQL");
    await inspect(jane, "leads");
  });

  await test.step("a mail acknowledges it", async () => {
    await sandbox.openMail("jane@brightside.example", `We have your lead ${KESTREL}`);
    await expect(sandbox.mailText()).toContainText(`your lead ${KESTREL} is received and accepted`);
    await expect(sandbox.mailText().getByRole("link").first()).toHaveAttribute("href", `${portal.url}${leadUrl}`);
  });

  const kestrelDeal = await test.step("HubSpot has one deal with its company and its contact", async () => {
    const id = await sandbox.findDeal(KESTREL);
    await expect(sandbox.deals(KESTREL)).toHaveAttribute("data-lead-id", leadUrl.replace("/leads/", ""));
    await expect(sandbox.deals(KESTREL)).toContainText("(kestrelfoods.co.uk)");
    await expect(sandbox.deals(KESTREL)).toContainText("<owen@kestrelfoods.co.uk>");
    await inspect(sandbox.page, "sandbox-hubspot");
    await jane.goto(leadUrl);
    await expect(jane.getByText(`Registered as deal ${id}`)).toBeVisible();
    return id;
  });

  await test.step("the open page follows the deal by itself, within two seconds", async () => {
    await waitForHydration(jane);
    // Gone after any reload.
    await jane.evaluate(() => document.body.setAttribute("data-never-reloaded", ""));
    const pill = jane.locator("#lead-head .pill");
    await expect(pill).toHaveText("PQL");
    for (const stage of ["Approved", "Client Pitch"]) {
      await sandbox.moveDeal(KESTREL, { stage });
      await expect(pill).toHaveText(stage, { timeout: 2_000 });
    }
    await expect(jane.locator("body[data-never-reloaded]")).toBeAttached();
    const timeline = jane.locator("#lead ol.timeline");
    await expect(timeline).toContainText("Moved from PQL to Approved");
    await expect(timeline).toContainText("Moved from Approved to Client Pitch");
    await expect(timeline).toContainText("First action by our team, on the day of registration.");
    await inspect(jane, "lead");
  });

  await test.step("the deal is won by the month: one line for each of twelve months", async () => {
    await sandbox.moveDeal(KESTREL, { stage: "Won", value: "333.35", currency: "GBP", period: "Monthly" });
    await expect(jane.locator("#lead-head .pill")).toHaveText("Won");
    await expect(jane.locator("#lead ol.timeline")).toContainText("Won with £333.35");
    await expect(jane.locator("#lead table tbody td.num")).toHaveText(KESTREL_LINES);
    await inspect(jane, "lead-won");
  });

  await test.step("a second lead is won by the year", async () => {
    await submitLead(jane, {
      company: ORCHARD,
      domain: "orcharddental.co.uk",
      contact: "Priya Shah",
      email: "priya@orcharddental.co.uk",
      need: "Reminders for nine practices.",
      value: "10000",
      currency: "GBP",
    });
    await sandbox.findDeal(ORCHARD);
    await sandbox.moveDeal(ORCHARD, { stage: "Won", value: "10000", currency: "GBP", period: "Annually" });
    await expect(jane.locator("#lead-head .pill")).toHaveText("Won");
    await expect(jane.locator("#lead table tbody td.num")).toHaveText(ORCHARD_LINES);
    await jane.goto("/commission");
    await expect(jane.locator("table.lines tbody")).toHaveCount(24);
    await expectLines(jane, KESTREL, { Jul: "Upcoming", Aug: "Upcoming", Sep: "Upcoming" });
    await expectFigures(jane, { earned: "£0.00", owed: "£0.00", paid: "£0.00", upcoming: "£0.00", expected: "£1,400.02" });
  });

  await test.step("July ends: its lines wait for the clients' invoices, and finance sees it", async () => {
    await sandbox.moveClockTo("2026-08-01");
    await inspect(sandbox.page, "sandbox-clock");
    await jane.goto("/commission");
    await expectLines(jane, KESTREL, { Jul: "Awaiting payment", Aug: "Upcoming" });
    await expectLines(jane, ORCHARD, { Jul: "Awaiting payment", Aug: "Upcoming" });
    await expect(lineOf(jane, KESTREL, "Jul 2026")).toContainText("Waits for the client’s invoice.");
    await signIn(fiona, "Fiona Clarke");
    await fiona.goto("/staff/reconciliation");
    const cases = fiona.locator("article.case");
    await expect(cases.filter({ hasText: KESTREL })).toContainText("No invoice yet");
    await expect(cases.filter({ hasText: ORCHARD })).toContainText("No invoice yet");
  });

  await test.step("one invoice is paid in full, one in part: July is covered, and nothing else", async () => {
    const first = await sandbox.createInvoice({
      contact: "Kestrel Foods Group plc",
      reference: `Deal ${kestrelDeal}`,
      net: "333.35",
      status: "Draft",
    });
    await sandbox.authorise(first);
    await lineOf(jane, KESTREL, "Jul 2026").getByText(`Waits for £400.02 of ${first}, due 31 Aug.`).waitFor();
    await sandbox.pay(first);
    const year = await sandbox.createInvoice({ contact: ORCHARD, net: "10000" });
    await sandbox.pay(year, "2000");
    await inspect(sandbox.page, "sandbox-xero");
    await expectLines(jane, KESTREL, { Jul: "Covered", Aug: "Upcoming", Sep: "Upcoming" });
    await expectLines(jane, ORCHARD, { Jul: "Covered", Aug: "Upcoming", Sep: "Upcoming" });
    await expect(jane.locator("table.lines .pill", { hasText: "Covered" })).toHaveCount(2);
    await inspect(jane, "commission");
    await expectFigures(jane, {
      earned: "£116.67",
      owed: "£116.67",
      paid: "£0.00",
      upcoming: "£0.00",
      expected: "£1,283.35",
    });
  });

  await test.step("the quarter ends: August and September are reached as far as the money goes", async () => {
    await jane.goto("/commission");
    await sandbox.moveClockTo("2026-10-01");
    await expectLines(jane, KESTREL, { Jul: "Covered", Aug: "Awaiting payment", Sep: "Awaiting payment" });
    await expectLines(jane, ORCHARD, { Jul: "Covered", Aug: "Covered", Sep: "Awaiting payment", Oct: "Upcoming" });
    await expect(lineOf(jane, ORCHARD, "Sep 2026")).toContainText(/Waits for £10,000.00 of \S+, 31 days overdue\./);
    const second = await sandbox.createInvoice({
      contact: "Kestrel Foods Group plc",
      reference: `Deal ${kestrelDeal}`,
      net: "666.70",
    });
    // With tax 800.04; 500.00 of it are 416.67 net: August's 333.35, and 83.32 of September's.
    await sandbox.pay(second, "500");
    await expectLines(jane, KESTREL, { Jul: "Covered", Aug: "Covered", Sep: "Awaiting payment", Oct: "Upcoming" });
    await expect(lineOf(jane, KESTREL, "Sep 2026")).toContainText(`Waits for £300.04 of ${second}, due 31 Oct.`);
    await expectFigures(jane, {
      earned: "£233.34",
      owed: "£233.34",
      paid: "£0.00",
      upcoming: "£0.00",
      expected: "£1,166.68",
    });
    // Each part of the next payout is named, and together they are the total: £66.67 + £166.67, £83.33 and £33.33.
    const forecast = jane.locator('[data-forecast="GBP"]');
    const covered = forecast.locator('[data-part="covered"] tr');
    await expect(covered).toHaveText(["Paid by the client, being checked£233.34", `${KESTREL}£66.67`, `${ORCHARD}£166.67`]);
    const invoiced = forecast.locator('[data-part="invoiced"] tr');
    await expect(invoiced).toHaveCount(3);
    await expect(invoiced.nth(0)).toContainText("£116.66");
    await expect(invoiced.filter({ hasText: ORCHARD })).toContainText(/due 31 Aug, 31 days late£83\.33/);
    await expect(invoiced.filter({ hasText: KESTREL })).toContainText(`Invoice ${second}, due 31 Oct£33.33`);
    await expect(forecast.locator("[data-total]")).toHaveText("£350.00");
    await inspect(jane, "home");
  });

  await test.step("the partner can ask why a line has its amount", async () => {
    await jane.goto("/commission");
    await jane.getByRole("link", { name: `Show why: ${KESTREL}, August 2026` }).click();
    const why = jane.locator("#why");
    await expect(why).toContainText("10% of £333.35 a month");
    await expect(why).toContainText("£66.67 up to this month, less £33.34 up to the month before: £33.33.");
    await inspect(jane, "commission-why");
  });

  await test.step("finance sees what does not fit, with its numbers", async () => {
    await fiona.goto("/staff");
    await inspect(fiona, "staff-today");
    await fiona.goto("/staff/reconciliation");
    const underpaid = fiona.locator("article.case").filter({ hasText: `September 2026 of ${KESTREL}’s deal is paid only in part.` });
    await expect(underpaid.locator("dl.compare dd")).toHaveText(["£333.35", "£83.32", "£250.03"]);
    const overdue = fiona.locator("article.case").filter({ hasText: `of ${ORCHARD} has been overdue for 31 days.` });
    await expect(overdue.locator("dl.compare dd")).toHaveText(["31 Aug 2026", "£10,000.00"]);
    await inspect(fiona, "staff-reconciliation");
  });

  await test.step("finance approves one line, holds one with a reason, and approves the rest together", async () => {
    await fiona.goto("/staff/lines");
    await expect(fiona.locator("table.lines tbody")).toHaveCount(4);
    await inspect(fiona, "staff-lines");
    await fiona.getByRole("button", { name: `Approve: ${KESTREL}, Jul 2026` }).click();
    await expect(notice(fiona)).toContainText("The lines are approved.");
    await fiona.getByRole("checkbox", { name: `${ORCHARD}, Aug 2026` }).check();
    await fiona.getByRole("button", { name: "Hold …" }).click();
    await fiona.getByRole("textbox", { name: "Reason" }).fill("The order form is not signed yet.");
    await fiona.getByRole("button", { name: "Hold lines" }).click();
    await expect(notice(fiona)).toContainText("The lines are held.");
    await expect(fiona.locator("table.lines tbody")).toHaveCount(2);
    await fiona.getByRole("checkbox", { name: `${KESTREL}, Aug 2026` }).check();
    await fiona.getByRole("checkbox", { name: `${ORCHARD}, Jul 2026` }).check();
    await fiona.getByRole("button", { name: "Approve", exact: true }).click();
    await expect(notice(fiona)).toContainText("The lines are approved.");
    await jane.goto("/commission");
    await expectLines(jane, KESTREL, { Jul: "Approved", Aug: "Approved" });
    await expectLines(jane, ORCHARD, { Jul: "Approved", Aug: "Held" });
    await expect(lineOf(jane, ORCHARD, "Aug 2026")).toContainText("Held: The order form is not signed yet.");
    await expectFigures(jane, {
      earned: "£233.34",
      owed: "£233.34",
      paid: "£0.00",
      upcoming: "£150.00",
      expected: "£1,166.68",
    });
    const parts = jane.locator('[data-forecast="GBP"]');
    await expect(parts.locator('[data-part="approved"] tr').first()).toHaveText("Approved£150.00");
    await expect(parts.locator("[data-total]")).toHaveText("£266.66");
    await expect(parts.locator('[data-part="held"]')).toContainText("The order form is not signed yet.£83.34");
  });

  await test.step("what was held is released and approved", async () => {
    await fiona.goto("/staff/lines?list=held");
    await fiona.getByRole("button", { name: `Release: ${ORCHARD}, Aug 2026` }).click();
    await expect(notice(fiona)).toContainText("The lines are released.");
    await fiona.goto("/staff/lines");
    await fiona.getByRole("button", { name: "Approve the one shown" }).click();
    await expect(notice(fiona)).toContainText("The lines are approved.");
    await expectFigures(jane, {
      earned: "£233.34",
      owed: "£233.34",
      paid: "£0.00",
      upcoming: "£233.34",
      expected: "£1,166.68",
    });
  });

  await test.step("an approval is taken back, and given again", async () => {
    await fiona.goto("/staff/lines?list=approved");
    await inspect(fiona, "staff-lines-approved");
    await fiona.getByRole("button", { name: `Take approval back: ${ORCHARD}, Aug 2026` }).click();
    await expect(notice(fiona)).toContainText("The approval is taken back");
    await fiona.goto("/staff/lines");
    await fiona.getByRole("button", { name: "Approve the one shown" }).click();
    await expect(notice(fiona)).toContainText("The lines are approved.");
  });

  await test.step("finance reads where the client's money is, what an invoice is for, and what the partner's next payout costs", async () => {
    await fiona.goto("/staff/reconciliation/explorer");
    await inspect(fiona, "staff-explorer");
    await fiona.goto("/staff/reconciliation");
    await fiona.locator("article.case").filter({ hasText: `of ${ORCHARD} has been overdue` }).getByRole("link").first().click();
    await inspect(fiona, "staff-case");
    await fiona.locator('a[href*="/documents/"]').first().click();
    await inspect(fiona, "staff-document");
    await fiona.goto("/staff/partners");
    await fiona.getByRole("link", { name: "Brightside Partners" }).click();
    await expect(fiona.locator('[data-forecast="GBP"] [data-total]')).toHaveText("£350.00");
    await inspect(fiona, "staff-partner-money");
  });

  const alex = await newPerson();
  const closer = await newPerson();
  await test.step("finance looks at what closing would do, and somebody else closes", async () => {
    // The same page is open twice, and the same button will be pressed again later.
    await signIn(alex, "Alex Morgan");
    await signIn(closer, "Alex Morgan");
    for (const person of [alex, closer, fiona]) {
      await person.goto("/staff/statements");
      await expect(person.getByRole("heading", { name: "Close Q3 2026" })).toBeVisible();
      const row = person.locator("#preview tbody tr");
      await expect(row).toHaveCount(1);
      await expect(row).toContainText("Brightside Partners");
      await expect(row).toContainText("4 lines");
      await expect(row).toContainText("£233.34");
      await expect(row.locator(".pill")).toHaveText("New statement");
    }
    // Fiona approved these lines, and nobody else had a hand in them.
    await expect(fiona.getByText("Somebody else must close this quarter")).toBeVisible();
    await inspect(fiona, "staff-close");
    await alex.locator("summary", { hasText: "Close the quarter" }).click();
    await closer.locator("summary", { hasText: "Close the quarter" }).click();
    await closer.getByRole("button", { name: "Yes, close Q3 2026" }).click();
    await expect(notice(closer)).toContainText("The quarter is closed, and the partners are told.");
    await fiona.goto("/staff/statements");
    const row = fiona.locator("#statements tbody tr");
    await expect(row).toHaveCount(1);
    await expect(row).toContainText(STATEMENT);
    await expect(row).toContainText("£233.34");
    await expect(row.locator(".pill")).toHaveText("Stated");
    await row.getByRole("link", { name: STATEMENT }).click();
    await expect(fiona.locator("#lines tbody tr")).toHaveCount(4);
    await inspect(fiona, "staff-statement");
    await fiona.goto("/staff/statements/calendar");
    await inspect(fiona, "staff-payout-calendar");
  });

  const lines = [
    `July 2026 · ${KESTREL}: £33.34`,
    `July 2026 · ${ORCHARD}: £83.33`,
    `August 2026 · ${KESTREL}: £33.33`,
    `August 2026 · ${ORCHARD}: £83.34`,
  ];
  await test.step("the partner gets mail and a Slack message with its lines", async () => {
    const subject = `Statement ${STATEMENT}: £233.34 to invoice`;
    for (const recipient of ["jane@brightside.example", "nadia@brightside.example"]) {
      await sandbox.openMail(recipient, subject);
      for (const line of lines) await expect(sandbox.mailText()).toContainText(line);
    }
    await sandbox.removeHtmlMail();
    await inspect(sandbox.page, "sandbox-mail");
    const told = sandbox.messages(CHANNEL).filter({ hasText: `Statement ${STATEMENT}` });
    await expect(async () => {
      await sandbox.open("/slack");
      await expect(told).toHaveCount(1, { timeout: 100 });
    }).toPass();
    for (const line of lines) await expect(told).toContainText(line);
    await inspect(sandbox.page, "sandbox-slack");
  });

  await test.step("closing again changes nothing and tells nobody", async () => {
    const before = [await sandbox.countMails("brightside.example"), await sandbox.countMessages(CHANNEL)];
    await alex.getByRole("button", { name: "Yes, close Q3 2026" }).click();
    await expect(notice(alex)).toContainText("This was done already; nothing changed.");
    await expect(alex.locator("#statements tbody tr")).toHaveCount(1);
    // A mail that left after all would be there before the one that is sent now.
    await jane.context().clearCookies();
    await jane.goto("/sign-in");
    await jane.getByRole("textbox", { name: "E-mail" }).fill("tom@brightside.example");
    await jane.getByRole("button", { name: "Send me a link" }).click();
    await expect(jane.getByRole("heading", { name: "Look into your mail" })).toBeVisible();
    await inspect(jane, "sign-in-sent");
    await sandbox.openMail("tom@brightside.example", "Your link to sign in");
    expect([await sandbox.countMails("brightside.example"), await sandbox.countMessages(CHANNEL)]).toEqual([before[0]! + 1, before[1]]);
    await signIn(jane, "Jane Meyer");
    await expectFigures(jane, {
      earned: "£233.34",
      owed: "£233.34",
      paid: "£0.00",
      upcoming: "£0.00",
      expected: "£1,166.68",
    });
  });

  await test.step("the partner raises its invoice, and the bill is in Xero", async () => {
    await jane.goto("/statements");
    await inspect(jane, "statements");
    await jane.getByRole("link", { name: "Payout calendar" }).click();
    await expect(jane.locator("#past tbody tr")).toContainText(STATEMENT);
    await inspect(jane, "payout-calendar");
    await jane.goto("/statements");
    await jane.getByRole("row").getByRole("link", { name: STATEMENT }).click();
    await inspect(jane, "statement");
    for (const format of ["PDF", "CSV", "JSON"]) {
      const download = jane.waitForEvent("download");
      await jane.getByRole("link", { name: format }).click();
      expect((await download).suggestedFilename()).toBe(`${STATEMENT}.${format.toLowerCase()}`);
    }
    await jane.getByRole("button", { name: "Raise invoice" }).click();
    await expect(jane.locator("#number-error")).toHaveText("This is needed: please fill it in.");
    await jane.getByRole("textbox", { name: "Your invoice number" }).fill(INVOICE);
    const pdf = { name: "our own name.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n") };
    await jane.getByLabel("Your invoice as a PDF").setInputFiles(pdf);
    await jane.getByRole("button", { name: "Raise invoice" }).click();
    await expect(notice(jane)).toContainText("Your invoice is raised");
    const handedIn = jane.waitForEvent("download");
    await jane.getByRole("link", { name: "The invoice as a PDF" }).click();
    expect((await handedIn).suggestedFilename()).toBe(`invoice-${INVOICE}.pdf`);
    // A part of the page that has the focus does not change by itself.
    await jane.getByRole("heading", { level: 1 }).click();
    await expect(jane.locator("#statement-head .pill")).toHaveText("Invoiced");
    await expect(jane.locator("#statement-lines .pill")).toHaveText(Array<string>(4).fill("Invoiced"));
    await sandbox.open("/xero");
    await expect(sandbox.invoice(INVOICE)).toContainText("Brightside Partners Ltd");
    await expect(sandbox.invoice(INVOICE)).toContainText("280.01 GBP (net 233.34, VAT 46.67)");
    await expect(sandbox.invoice(INVOICE)).toHaveAttribute("data-status", "AUTHORISED");
    await expect(async () => {
      await sandbox.open("/xero");
      const files = sandbox.invoice(INVOICE).locator('a[href^="/xero/attachments/"]');
      await expect(files).toHaveText([`${STATEMENT}.pdf`, `invoice-${INVOICE}.pdf`], { timeout: 500 });
    }).toPass({ timeout: 15_000 });
  });

  await test.step("a part payment pays the lines that it reaches wholly", async () => {
    // 150.00 of 280.01 are 125.00 net: the two lines of July, 116.67 together, and not the next.
    await sandbox.pay(INVOICE, "150");
    await expect(jane.locator("#statement-head .pill")).toHaveText("Part paid");
    await expect(jane.locator("#statement-progress")).toContainText("£125.00 of £233.34 are paid.");
    const rows = jane.locator("#statement-lines tr");
    await expect(rows.filter({ hasText: "Jul 2026" }).locator(".pill")).toHaveText(["Paid", "Paid"]);
    await expect(rows.filter({ hasText: "Aug 2026" }).locator(".pill")).toHaveText(["Invoiced", "Invoiced"]);
    await inspect(jane, "statement-part-paid");
    await expectFigures(jane, {
      earned: "£233.34",
      owed: "£116.67",
      paid: "£116.67",
      upcoming: "£0.00",
      expected: "£1,166.68",
    });
  });

  await test.step("the rest is paid, and with it every line", async () => {
    await jane.goto("/statements");
    await sandbox.pay(INVOICE);
    await expect(jane.locator("#statements tbody .pill")).toHaveText("Paid");
    await expectFigures(jane, {
      earned: "£233.34",
      owed: "£0.00",
      paid: "£233.34",
      upcoming: "£0.00",
      expected: "£1,166.68",
    });
    await sandbox.openMail("jane@brightside.example", `Your invoice ${INVOICE} is paid`);
    await expect(sandbox.mailText()).toContainText("£233.34");
    await fiona.goto("/staff/partners");
    await fiona.getByRole("link", { name: "Brightside Partners" }).click();
    await expect(fiona.locator("#figures dd.money")).toHaveText(["£233.34", "£0.00", "£233.34", "£0.00", "£1,166.68"]);
    await inspect(fiona, "staff-partner");
  });

  await test.step("all of it reads in German too", async () => {
    await jane.goto("/");
    await switchToGerman(jane);
    await expect(jane.locator('[data-figure="expected"] dd.money')).toHaveText("1.166,68\u00a0£");
    for (const path of ["/", leadUrl, "/leads", "/commission", "/statements", "/statements/calendar", "/company"]) {
      await jane.goto(path);
      await expectGerman(jane);
    }
    await jane.goto("/commission");
    await jane.locator("table.lines tbody").first().getByRole("link").last().click();
    await expectGerman(jane);
    await jane.goto("/statements");
    await jane.getByRole("row").getByRole("link", { name: STATEMENT }).click();
    await expectGerman(jane);
    await switchToGerman(fiona);
    for (const path of ["", "/lines?list=all", "/reconciliation", "/statements", "/statements/calendar", "/leads", "/partners", "/integrations", "/audit"]) {
      await fiona.goto(`/staff${path}`);
      await expectGerman(fiona);
    }
  });

  await test.step("the books hold", async () => {
    const verified = await portal.run("verify");
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });
});

test("a partner looks after its company and its team", async ({ page: jane, newPerson, portal }) => {
  await signIn(jane, "Jane Meyer");

  await test.step("the company's details are edited", async () => {
    await jane.goto("/company");
    await inspect(jane, "company");
    const mail = jane.getByRole("textbox", { name: "Mail for statements" });
    await mail.fill("accounts");
    await jane.getByRole("button", { name: "Save details" }).click();
    await expect(jane.locator("#billing_email-error")).toHaveText("This is no e-mail address: write it like name@company.com.");
    await expect(mail).toHaveValue("accounts");
    await mail.fill("accounts@brightside.example");
    await jane.getByRole("button", { name: "Save details" }).click();
    await expect(notice(jane)).toHaveText("The details are saved.");
    await expect(mail).toHaveValue("accounts@brightside.example");
  });

  const lena = await newPerson();
  await test.step("a colleague is invited, follows the mail's link and is in", async () => {
    await jane.getByRole("textbox", { name: "Invite by e-mail" }).fill("lena@brightside.example");
    await jane.getByRole("combobox", { name: "Role", exact: true }).selectOption({ label: "Sales" });
    await jane.getByRole("button", { name: "Invite" }).click();
    await expect(notice(jane)).toHaveText("The invitation is on its way.");
    await expect(jane.getByRole("row", { name: "lena@brightside.example" })).toContainText("Invited, until 8 Jul");
    const inbox = new Sandbox(lena, portal.sandboxUrl);
    await inbox.openMail("lena@brightside.example", "Jane Meyer invites you to Brightside Partners");
    await inbox.mailText().getByRole("link").first().click();
    await expect(lena.getByRole("heading", { level: 1 })).toHaveText("Join Brightside Partners");
    await inspect(lena, "invitation");
    await lena.getByRole("textbox", { name: "Your name" }).fill("Lena Fox");
    await withPasskeyDevice(lena);
    await lena.getByRole("button", { name: "Join" }).click();
    await expect(notice(lena)).toContainText("Welcome: you belong to the team now.");
    await lena.getByRole("textbox", { name: "What you call it" }).fill("Lena’s laptop");
    await lena.getByRole("button", { name: "Add a passkey" }).click();
    await expect(notice(lena)).toContainText("The passkey is added.");
    await lena.goto("/");
    await expect(lena.getByRole("heading", { level: 1 })).toHaveText("Hello, Lena");
  });

  await test.step("the colleague is removed, and its open page leaves by itself", async () => {
    await lena.goto("/leads");
    await jane.goto("/company");
    await jane.getByRole("button", { name: "Remove Lena Fox" }).click();
    const dialog = jane.getByRole("dialog", { name: "Remove Lena Fox?" });
    await dialog.getByRole("button", { name: "Remove" }).click();
    await expect(notice(jane)).toHaveText("The person has no access any more.");
    await expect(jane.getByRole("row", { name: "Lena Fox" })).toHaveCount(0);
    await expect(lena).toHaveURL(/\/sign-in/);
  });
});

test("an administrator adds a colleague, changes the role and disables the person, whose open page ends", async ({ page: alex, newPerson }) => {
  await signIn(alex, "Alex Morgan");
  await alex.goto("/staff/people");
  await inspect(alex, "staff-people");
  await alex.getByRole("link", { name: "Who may do what" }).click();
  await expect(alex.getByRole("heading", { level: 1 })).toHaveText("Who may do what");
  await expect(alex.getByRole("row", { name: /^Approve lines/ }).getByRole("cell", { name: "Yes" })).toHaveCount(2);
  await inspect(alex, "staff-roles");

  const olga = await newPerson();
  await signIn(olga, "Olga Brandt");
  await alex.goto("/staff/people?q=brightside");
  await expect(alex.getByRole("row", { name: /Paul Reed/ })).toContainText("Read-only");
  await alex.getByRole("link", { name: "Olga Brandt" }).click();
  await inspect(alex, "staff-person");
  await alex.locator("summary", { hasText: "Disable" }).click();
  await alex.getByRole("textbox", { name: "Reason" }).fill("On parental leave");
  await alex.getByRole("button", { name: "Disable" }).click();
  await expect(notice(alex)).toHaveText("The person is disabled and signed out everywhere.");
  // By itself: what stood there is nobody's to see any more.
  await expect(olga).toHaveURL(/\/sign-in/);
  await alex.getByRole("button", { name: "Let sign in again" }).click();
  await expect(notice(alex)).toHaveText("The person can sign in again.");
});

test("staff add a partner and enrol it, and its owner submits a lead", async ({ page: ravi, newPerson, portal }) => {
  await signIn(ravi, "Ravi Patel");

  await test.step("the partner is added", async () => {
    await ravi.goto("/staff/partners");
    await inspect(ravi, "staff-partners");
    await ravi.locator("summary", { hasText: "Add a partner" }).click();
    const answers = {
      "Name": "Copperline",
      "Legal name": "Copperline Studio Ltd",
      "Domain": "copperline.example",
      "Country": "GB",
      "Mail for statements": "billing",
    };
    for (const [label, text] of Object.entries(answers)) {
      await ravi.getByRole("textbox", { name: label, exact: true }).fill(text);
    }
    await ravi.getByRole("button", { name: "Add partner" }).click();
    await expect(ravi.locator("#billing_email-error")).toHaveText("This is no e-mail address: write it like name@company.com.");
    await expect(ravi.getByRole("textbox", { name: "Legal name" })).toHaveValue("Copperline Studio Ltd");
    await inspect(ravi, "staff-partners-errors");
    await ravi.getByRole("textbox", { name: "Mail for statements" }).fill("billing@copperline.example");
    await ravi.getByRole("button", { name: "Add partner" }).click();
    await expect(ravi.getByRole("heading", { level: 1 })).toContainText("Copperline");
    await expect(notice(ravi)).toContainText("The partner was added");
  });

  await test.step("it is enrolled on a plan, and its owner is invited", async () => {
    await ravi.getByRole("combobox", { name: "Plan" }).selectOption({ label: "Agency · 15%" });
    await ravi.getByRole("button", { name: "Enrol" }).click();
    await expect(notice(ravi)).toHaveText("The partner is enrolled.");
    await expect(ravi.locator(".head")).toContainText("Agency since 1 Jul 2026");
    await ravi.getByRole("textbox", { name: "E-mail" }).fill("mara@copperline.example");
    await ravi.getByRole("combobox", { name: "Role" }).selectOption({ label: "Owner" });
    await ravi.getByRole("button", { name: "Invite" }).click();
    await expect(notice(ravi)).toHaveText("The invitation is on its way.");
  });

  await test.step("the owner joins and submits a lead", async () => {
    const mara = await newPerson();
    const inbox = new Sandbox(mara, portal.sandboxUrl);
    await inbox.openMail("mara@copperline.example", "Ravi Patel invites you to Copperline");
    await inbox.mailText().getByRole("link").first().click();
    await mara.getByRole("textbox", { name: "Your name" }).fill("Mara Quinn");
    await withPasskeyDevice(mara);
    await mara.getByRole("button", { name: "Join" }).click();
    await mara.getByRole("textbox", { name: "What you call it" }).fill("Mara’s laptop");
    await mara.getByRole("button", { name: "Add a passkey" }).click();
    await expect(notice(mara)).toContainText("The passkey is added.");
    await mara.goto("/");
    await expect(mara.getByRole("heading", { level: 1 })).toHaveText("Hello, Mara");
    await inspect(mara, "home-newcomer");
    await submitLead(mara, {
      company: "Tidewater Brewing",
      domain: "tidewaterbrewing.com",
      contact: "Sam Ortiz",
      email: "sam@tidewaterbrewing.com",
      need: "Stock and orders for two breweries.",
    });
    await expect(notice(mara)).toContainText("Your lead was received.");
    await expect(mara.locator("#lead-head .pill")).toHaveText("PQL");
  });

  await test.step("the staff's other pages are well made", async () => {
    for (const [path, name] of [
      ["/staff/leads", "staff-leads"],
      ["/staff/plans", "staff-plans"],
      ["/staff/integrations", "staff-integrations"],
      ["/staff/integrations/stages", "staff-stages"],
      ["/staff/ledger", "staff-ledger"],
      ["/staff/audit", "staff-audit"],
    ] as const) {
      await ravi.goto(path);
      await inspect(ravi, name);
    }
    await ravi.goto("/staff/leads");
    await ravi.getByRole("link", { name: "Tidewater Brewing" }).click();
    await inspect(ravi, "staff-lead");
  });
});
