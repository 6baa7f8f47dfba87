// Xero's own SDK does everything that the portal's client does.

import { createRequire } from "node:module";
import { Invoice, LineAmountTypes, PaymentDelete, XeroClient } from "xero-node";
import { agree, expect, type Sandbox, test } from "./sandbox.ts";

// The very copies that the SDK uses, wherever npm has put them.
const require = createRequire(createRequire(import.meta.url).resolve("xero-node"));
const axios = require("axios");
const { custom, Issuer } = require("openid-client");

/** The SDK's addresses of tokens and connections are fixed: a request to Xero goes to the sandbox of the test in hand. */
let stand: Sandbox | undefined;
axios.interceptors.request.use((request: { url?: string }) => {
  request.url = request.url?.replace(/^https:\/\/(identity|api|login)\.xero\.com/, stand!.setting("XERO_URL"));
  return request;
});
// One process works on one test at a time, so one address is enough.
test.beforeEach(({ sandbox }) => {
  stand = sandbox;
});

const SCOPES = ["accounting.invoices", "accounting.payments.read", "accounting.contacts", "accounting.settings.read", "offline_access"];
const BACK = "http://localhost:3000/callback";

function client(sandbox: Sandbox, more: object = {}): XeroClient {
  const keys = { clientId: sandbox.setting("XERO_CLIENT_ID"), clientSecret: sandbox.setting("XERO_CLIENT_SECRET") };
  const xero = new XeroClient({ ...keys, grantType: "client_credentials", scopes: SCOPES, ...more });
  xero.accountingApi.basePath = `${sandbox.setting("XERO_URL")}/api.xro/2.0`;
  return xero;
}

/** A custom connection, as the portal has one: its token and its organisation. */
async function connect(sandbox: Sandbox) {
  const xero = client(sandbox);
  await xero.getClientCredentialsToken();
  const tenants = await xero.updateTenants(false);
  return { xero, api: xero.accountingApi, tenant: tenants[0].tenantId as string };
}

/** What the SDK throws is the whole answer as one JSON text. */
async function thrownBy(call: Promise<unknown>): Promise<{ status: number; body: any; headers: Record<string, string> }> {
  const thrown = await call.then(
    () => {
      throw new Error("The call went well and should not have.");
    },
    (error) => error,
  );
  const { response } = JSON.parse(thrown);
  return { status: response.statusCode, body: response.body, headers: response.headers };
}

const bill = (contactID: string, amount: number, number = "PP-2026-000001"): Invoice => ({
  type: Invoice.TypeEnum.ACCPAY,
  contact: { contactID },
  invoiceNumber: number,
  date: "2026-10-01",
  dueDate: "2026-10-31",
  currencyCode: "EUR" as never,
  lineAmountTypes: LineAmountTypes.Exclusive,
  status: Invoice.StatusEnum.AUTHORISED,
  lineItems: [{ description: "Commission of Q3", quantity: 1, unitAmount: amount, accountCode: "404" }],
});

async function addContact(api: XeroClient["accountingApi"], tenant: string, name = "Partner GmbH", contactNumber = "partner-17"): Promise<string> {
  const made = await api.createContacts(tenant, { contacts: [{ name, contactNumber, emailAddress: "bills@partner.example" }] });
  return made.body.contacts![0]!.contactID!;
}

test("a custom connection has a token, an organisation, accounts and tax rates", async ({ sandbox }) => {
  const { xero, api, tenant } = await connect(sandbox);
  const token = xero.readTokenSet();
  expect(token.token_type).toBe("Bearer");
  // The SDK counts it down.
  expect(token.expires_in).toBeGreaterThan(1_700);
  expect(token.expires_in).toBeLessThanOrEqual(1_800);
  const organisation = (await api.getOrganisations(tenant)).body.organisations![0]!;
  expect(organisation).toMatchObject({ name: "Northwind Software Ltd", baseCurrency: "GBP", countryCode: "GB", timezone: "GMTSTANDARDTIME" });
  const accounts = await api.getAccounts(tenant, undefined, 'Type=="EXPENSE"');
  expect(accounts.body.accounts!.map((account) => account.code)).toContain("404");
  expect((await api.getTaxRates(tenant)).body.taxRates!.map((rate) => rate.taxType)).toContain("INPUT2");
  await sandbox.act("xero/accounts/404", { archived: true });
  const archived = await api.getAccounts(tenant, undefined, 'Status=="ARCHIVED"');
  expect(archived.body.accounts!.map((account) => account.code)).toEqual(["404"]);
});

test("a wrong secret is refused, and so is an organisation that is not connected", async ({ sandbox }) => {
  const wrong = client(sandbox, { clientSecret: "another" });
  await expect(wrong.getClientCredentialsToken()).rejects.toMatchObject({ response: { status: 400, data: { error: "invalid_client" } } });
  const { api } = await connect(sandbox);
  const refused = await thrownBy(api.getInvoices("00000000-0000-4000-a000-000000000000"));
  expect([refused.status, refused.body.Detail]).toEqual([403, "AuthenticationUnsuccessful"]);
});

test("a token that has run out is told apart from one that was taken away", async ({ sandbox }) => {
  const { xero, api, tenant } = await connect(sandbox);
  await sandbox.act("clock", { to: "2026-10-01T08:31:00Z" });
  const ended = await thrownBy(api.getOrganisations(tenant));
  expect([ended.status, ended.body.Detail]).toEqual([401, "TokenExpired: token expired"]);
  await xero.getClientCredentialsToken();
  expect((await api.getOrganisations(tenant)).body.organisations).toHaveLength(1);
  await sandbox.act("faults", { xero: { token_revoked: true } });
  expect((await thrownBy(api.getOrganisations(tenant))).body.Detail).toBe("AuthenticationUnsuccessful");
});

test("a person connects an organisation, the token rotates with a grace, and what is revoked is dead", async ({ sandbox }) => {
  const xero = client(sandbox, { redirectUris: [BACK], state: "state-1", grantType: undefined });
  custom.setHttpOptionsDefaults({ timeout: 3_500 });
  const issuer = await Issuer.discover(sandbox.setting("XERO_IDENTITY_URL"));
  const secret = { client_id: sandbox.setting("XERO_CLIENT_ID"), client_secret: sandbox.setting("XERO_CLIENT_SECRET") };
  // `initialize` would look the addresses up at Xero itself.
  Object.assign(xero, { openIdClient: new issuer.Client({ ...secret, redirect_uris: [BACK] }) });
  const first = await xero.apiCallback(await agree(await xero.buildConsentUrl()));
  await xero.updateTenants();
  expect(xero.tenants[0].orgData.name).toBe("Northwind Software Ltd");
  const second = await xero.refreshToken();
  expect(second.refresh_token).not.toBe(first.refresh_token);

  const { client_id, client_secret } = secret;
  // The answer may have been lost: the old one works on for half an hour.
  await xero.refreshWithRefreshToken(client_id, client_secret, first.refresh_token!);
  await sandbox.act("clock", { to: "2026-10-01T08:31:00Z" });
  const dead = { response: { status: 400, data: { error: "invalid_grant" } } };
  await expect(xero.refreshWithRefreshToken(client_id, client_secret, first.refresh_token!)).rejects.toMatchObject(dead);
  xero.setTokenSet(second);
  await xero.refreshToken();
  const last = xero.readTokenSet().refresh_token!;
  await xero.revokeToken();
  await expect(xero.refreshWithRefreshToken(client_id, client_secret, last)).rejects.toMatchObject(dead);
});

test("of two organisations each has its own books", async ({ sandbox }) => {
  await sandbox.act("xero/connections", { second: true });
  await sandbox.act("xero-second/invoices", { new_contact: "Zwei GmbH", net: "5", number: "SECOND-1" });
  const { xero, api } = await connect(sandbox);
  const tenants = await xero.updateTenants();
  expect(tenants.map((tenant) => tenant.orgData.baseCurrency).sort()).toEqual(["EUR", "GBP"]);
  const numbers = [];
  for (const { tenantId } of tenants) numbers.push(...(await api.getInvoices(tenantId)).body.invoices!.map((invoice) => invoice.invoiceNumber));
  expect(numbers).toEqual(["SECOND-1"]);
});

test("an organisation that the app lets go of is closed to it, the other one is not, and letting go again finds nothing", async ({ sandbox }) => {
  await sandbox.act("xero/connections", { second: true });
  const { xero, api } = await connect(sandbox);
  const [gone, kept] = xero.tenants;
  expect((await api.getOrganisations(gone.tenantId)).body.organisations).toHaveLength(1);
  await xero.disconnect(gone.id);
  expect((await xero.updateTenants(false)).map((tenant) => tenant.tenantId)).toEqual([kept.tenantId]);
  const refused = await thrownBy(api.getOrganisations(gone.tenantId));
  expect([refused.status, refused.body.Detail]).toEqual([403, "AuthenticationUnsuccessful"]);
  expect((await api.getOrganisations(kept.tenantId)).body.organisations).toHaveLength(1);
  await expect(xero.disconnect(gone.id)).rejects.toMatchObject({ response: { status: 404 } });
});

test("contacts are listed by their ids, archived ones with what they were merged into, and one gets a number and keeps its name", async ({ sandbox }) => {
  const { api, tenant } = await connect(sandbox);
  const acme = await sandbox.act("xero/contacts", { name: "Acme Ltd", email: "bills@acme.example" });
  const group = await sandbox.act("xero/contacts", { name: "Acme Group" });
  await sandbox.act("xero/contacts/merge", { contact: "Acme Ltd", into: "Acme Group" });
  const ids = [acme.id, group.id];
  const list = async (archived: boolean) =>
    (await api.getContacts(tenant, undefined, undefined, undefined, ids, 1, archived, undefined, undefined, 100)).body.contacts!;
  expect((await list(false)).map((contact) => contact.contactID)).toEqual([group.id]);
  const merged = (await list(true)).find((contact) => contact.contactID === acme.id);
  expect(merged).toMatchObject({ contactStatus: "ARCHIVED", mergedToContactID: group.id });
  const numbered = await api.updateOrCreateContacts(tenant, { contacts: [{ contactID: group.id, contactNumber: "partner-17" }] });
  expect(numbered.body.contacts![0]).toMatchObject({ contactID: group.id, contactNumber: "partner-17", name: "Acme Group" });
  expect((await api.getContact(tenant, "partner-17")).body.contacts![0]!.contactID).toBe(group.id);
});

test("a contact is made once, found by its number and by its name, and its name is taken then", async ({ sandbox }) => {
  const { api, tenant } = await connect(sandbox);
  expect((await thrownBy(api.getContact(tenant, "partner-17"))).status).toBe(404);
  const id = await addContact(api, tenant);
  expect((await api.getContact(tenant, "partner-17")).body.contacts![0]).toMatchObject({ contactID: id, name: "Partner GmbH" });
  const found = await api.getContacts(tenant, undefined, undefined, undefined, undefined, 1, undefined, undefined, "partner gmbh", 100);
  expect(found.body.contacts!.map((contact) => contact.contactID)).toEqual([id]);
  const taken = await thrownBy(api.createContacts(tenant, { contacts: [{ name: "PARTNER GMBH" }] }));
  expect([taken.status, taken.body.Type]).toEqual([400, "ValidationException"]);
  expect(taken.body.Elements[0].ValidationErrors[0].Message).toContain("already assigned");
});

test("the same key makes one bill, its answer is the same, and for another body it is refused", async ({ sandbox }) => {
  const { api, tenant } = await connect(sandbox);
  const contact = await addContact(api, tenant);
  const make = (amount: number, key: string) => api.createInvoices(tenant, { invoices: [bill(contact, amount)] }, true, undefined, key);
  const first = (await make(123.45, "key-1")).body.invoices![0]!;
  expect(first).toMatchObject({ type: "ACCPAY", status: "AUTHORISED", subTotal: 123.45, totalTax: 24.69, total: 148.14, amountDue: 148.14, currencyCode: "EUR" });
  expect((await make(123.45, "key-1")).body.invoices![0]!.invoiceID).toBe(first.invoiceID);
  expect((await thrownBy(make(200, "key-1"))).status).toBe(400);
  expect((await sandbox.read("truth")).bills_by_number["PP-2026-000001"]).toHaveLength(1);

  const refused = await thrownBy(api.createInvoices(tenant, { invoices: [bill(contact, -5)] }, true, undefined, "key-2"));
  expect(refused.body).toMatchObject({ ErrorNumber: 10, Type: "ValidationException" });
  const inside = await api.createInvoices(tenant, { invoices: [bill(contact, -5), bill(contact, 5)] }, false, undefined, "key-3");
  const [bad, good] = inside.body.invoices!;
  expect([bad!.hasErrors, bad!.validationErrors![0]!.message !== "", good!.hasErrors, good!.status]).toEqual([true, true, false, "AUTHORISED"]);
});

test("bills of a contact are listed by page, and one invoice is read with its payments", async ({ sandbox }) => {
  const { api, tenant } = await connect(sandbox);
  const contact = await addContact(api, tenant);
  for (const number of ["A-1", "A-2", "A-3"]) await api.createInvoices(tenant, { invoices: [bill(contact, 10, number)] });
  await sandbox.act("xero/invoices", { contact: "Partner GmbH", net: "100.00", number: "INV-1", currency: "EUR" });
  const page = (number: number) =>
    api.getInvoices(tenant, undefined, 'Type=="ACCPAY"', undefined, undefined, undefined, [contact], undefined, number, undefined, undefined, undefined, undefined, 2);
  const [first, second] = [(await page(1)).body, (await page(2)).body];
  expect([first.pagination?.itemCount, first.invoices!.length, second.invoices!.length]).toEqual([3, 2, 1]);
  expect(first.invoices![0]!.lineItems![0]).toMatchObject({ description: "Commission of Q3", lineAmount: 10, taxAmount: 2 });

  const sale = (await api.getInvoice(tenant, "INV-1")).body.invoices![0]!;
  await sandbox.act(`xero/invoices/${sale.invoiceID}/payments`, { amount: "20.00" });
  const read = (await api.getInvoice(tenant, sale.invoiceID!)).body.invoices![0]!;
  expect(read).toMatchObject({ status: "AUTHORISED", total: 120, amountPaid: 20, amountDue: 100 });
  expect(read.payments![0]).toMatchObject({ amount: 20 });
  expect(read.updatedDateUTC).toBeInstanceOf(Date);
  expect((await thrownBy(api.getInvoice(tenant, "00000000-0000-4000-a000-000000000000"))).status).toBe(404);
});

test("what was changed since is listed in the order of change, and by ids and statuses", async ({ sandbox }) => {
  const { api, tenant } = await connect(sandbox);
  const old = await sandbox.act("xero/invoices", { new_contact: "Acme", net: "1", number: "INV-1" });
  await sandbox.act("clock", { to: "2026-10-01T08:20:00Z" });
  const recent = await sandbox.act("xero/invoices", { contact: "Acme", net: "2", number: "INV-2", status: "DRAFT" });
  const list = async (since?: Date, ids?: string[], statuses?: string[]) => {
    const found = await api.getInvoices(tenant, since, undefined, "UpdatedDateUTC ASC", ids, undefined, undefined, statuses, 1);
    return found.body.invoices!.map((invoice) => invoice.invoiceNumber);
  };
  expect(await list()).toEqual(["INV-1", "INV-2"]);
  expect(await list(new Date("2026-10-01T08:19:59Z"))).toEqual(["INV-2"]);
  expect(await list(undefined, [old.id])).toEqual(["INV-1"]);
  expect(await list(undefined, [old.id, recent.id])).toEqual(["INV-1", "INV-2"]);
  expect(await list(undefined, undefined, ["DRAFT"])).toEqual(["INV-2"]);
});

test("credit notes are read and listed with what they were set against", async ({ sandbox }) => {
  const { api, tenant } = await connect(sandbox);
  const invoice = await sandbox.act("xero/invoices", { new_contact: "Acme", net: "100", number: "INV-1" });
  const credited = await sandbox.act(`xero/invoices/${invoice.id}/credit`, { amount: "30.00", number: "CN-1" });
  const note = (await api.getCreditNote(tenant, credited.credit_id)).body.creditNotes![0]!;
  expect(note).toMatchObject({ type: "ACCRECCREDIT", creditNoteNumber: "CN-1", total: 30, remainingCredit: 0 });
  expect(note.allocations![0]).toMatchObject({ amount: 30, invoice: { invoiceID: invoice.id } });
  const listed = await api.getCreditNotes(tenant, new Date("2026-10-01T00:00:00Z"), undefined, "UpdatedDateUTC ASC", 1);
  expect(listed.body.creditNotes!.map((each) => each.creditNoteNumber)).toEqual(["CN-1"]);
  const prepaid = await sandbox.act(`xero/invoices/${invoice.id}/credit`, { kind: "prepayment", amount: "10.00" });
  await sandbox.act(`xero/invoices/${invoice.id}/credit`, { kind: "overpayment", amount: "5.00" });
  expect((await api.getPrepayments(tenant)).body.prepayments!.map((each) => each.prepaymentID)).toEqual([prepaid.credit_id]);
  expect((await api.getOverpayments(tenant)).body.overpayments![0]).toMatchObject({ total: 5 });
});

test("payments, prepayments and overpayments are listed by their change, and say what they are for", async ({ sandbox }) => {
  const { api, tenant } = await connect(sandbox);
  const invoice = await sandbox.act("xero/invoices", { new_contact: "Acme", net: "100", number: "INV-1" });
  const prepaid = await sandbox.act(`xero/invoices/${invoice.id}/credit`, { kind: "prepayment", amount: "10.00" });
  const overpaid = await sandbox.act(`xero/invoices/${invoice.id}/credit`, { kind: "overpayment", amount: "5.00" });
  await sandbox.act("clock", { to: "2026-10-01T08:20:00Z" });
  const paid = await sandbox.act(`xero/invoices/${invoice.id}/payments`, { amount: "20.00" });
  await sandbox.act(`xero/allocations/${prepaid.allocation_id}/delete`, { undated: true });
  const since = new Date("2026-10-01T08:19:59Z");
  const order = "UpdatedDateUTC ASC";
  const payments = (await api.getPayments(tenant, since, undefined, order, 1, 100)).body.payments!;
  expect(payments.map((each) => [each.paymentID, each.invoice!.invoiceID])).toEqual([[paid.payment_id, invoice.id]]);
  const prepayments = (await api.getPrepayments(tenant, since, undefined, order, 1, undefined, 100)).body.prepayments!;
  expect(prepayments.map((each) => [each.prepaymentID, each.allocations])).toEqual([[prepaid.credit_id, []]]);
  expect((await api.getOverpayments(tenant, since, undefined, order, 1, undefined, 100)).body.overpayments).toEqual([]);
  const earlier = (await api.getOverpayments(tenant, undefined, undefined, order, 1, undefined, 100)).body.overpayments![0]!;
  expect(earlier).toMatchObject({ overpaymentID: overpaid.credit_id, allocations: [{ amount: 5, invoice: { invoiceID: invoice.id } }] });
  const open = (await api.getInvoice(tenant, invoice.id)).body.invoices![0]!;
  expect(open.amountDue).toBe(95);
});

test("a bill is paid, the payment is taken back, and the bill is open again", async ({ sandbox }) => {
  const { api, tenant } = await connect(sandbox);
  const contact = await addContact(api, tenant);
  const made = (await api.createInvoices(tenant, { invoices: [bill(contact, 100)] })).body.invoices![0]!;
  const paid = await api.createPayment(tenant, { invoice: { invoiceID: made.invoiceID! }, account: { code: "090" }, date: "2026-10-01", amount: 120 });
  const status = async () => (await api.getInvoice(tenant, made.invoiceID!)).body.invoices![0]!.status;
  expect(await status()).toBe("PAID");
  const payment = paid.body.payments![0]!.paymentID!;
  const taken: PaymentDelete = { status: "DELETED" };
  await api.deletePayment(tenant, payment, taken);
  expect(await status()).toBe("AUTHORISED");
  await api.updateInvoice(tenant, made.invoiceID!, { invoices: [{ status: Invoice.StatusEnum.VOIDED }] });
  expect(await status()).toBe("VOIDED");
  const again = await thrownBy(api.updateInvoice(tenant, made.invoiceID!, { invoices: [{ status: Invoice.StatusEnum.AUTHORISED }] }));
  expect(again.body.Elements[0].ValidationErrors[0].Message).toContain("not of valid status");
});

test("a partner's own document hangs on its bill and comes back byte for byte, with a note beside it", async ({ sandbox }) => {
  const { api, tenant } = await connect(sandbox);
  const contact = await addContact(api, tenant);
  const made = (await api.createInvoices(tenant, { invoices: [bill(contact, 100)] })).body.invoices![0]!;
  const bytes = Buffer.from("%PDF-1.7 \u0000\u00ff not really", "latin1");
  const attached = await api.createInvoiceAttachmentByFileName(tenant, made.invoiceID!, "invoice.pdf", bytes);
  expect(attached.body.attachments![0]).toMatchObject({ fileName: "invoice.pdf", contentLength: bytes.length });
  const back = await api.getInvoiceAttachmentByFileName(tenant, made.invoiceID!, "invoice.pdf", "application/pdf");
  expect(Buffer.compare(Buffer.from(back.body as never), bytes)).toBe(0);
  const listed = await api.getInvoiceAttachments(tenant, made.invoiceID!);
  expect(listed.body.attachments!.map((file) => file.fileName)).toEqual(["invoice.pdf"]);
  await api.createInvoiceHistory(tenant, made.invoiceID!, { historyRecords: [{ details: "portal payout 123" }] });
  const history = await api.getInvoiceHistory(tenant, made.invoiceID!);
  expect(history.body.historyRecords!.map((record) => record.details)).toContain("portal payout 123");
});

test("each kind of limit is named, and says when to come back", async ({ sandbox }) => {
  const { api, tenant } = await connect(sandbox);
  for (const kind of ["minute", "day", "concurrent"]) {
    await sandbox.act("faults", { xero: { too_many_requests: 1, too_many_kind: kind } });
    const refused = await thrownBy(api.getOrganisations(tenant));
    expect([refused.status, refused.headers["x-rate-limit-problem"]]).toEqual([429, kind]);
    expect(refused.headers["retry-after"] === undefined).toBe(kind === "concurrent");
  }
  const fine = await api.getOrganisations(tenant);
  expect(Number(fine.response.headers["x-daylimit-remaining"])).toBeLessThanOrEqual(5_000);
});
