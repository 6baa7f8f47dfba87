## Today

today-title = Today
today-lead =
    { $count ->
        [0] { $date }. Nothing needs you.
        [one] { $date }. One thing needs you.
       *[other] { $date }. { $count } things need you.
    }
today-leads = Leads to review
today-lines = Lines to approve
today-lines-sum =
    { $partners ->
        [one] { $amount } of one partner
       *[other] { $amount } of { $partners } partners
    }
today-exceptions = Exceptions
today-failed = Failed deliveries
today-overdue =
    { $count ->
        [one] One overdue
       *[other] { $count } overdue
    }
today-nothing-waits = Nothing waits.
today-all-leads = All leads
today-quarter-ends =
    { $days ->
        [0] Ends today.
        [one] Ends tomorrow.
       *[other] Ends in { $days } days.
    }
today-quarter-ended = Ended on { $date } and can be closed.
today-to-state = To state
today-carried-over = Carried over
today-preview = Preview
today-systems = Systems
today-bills-open = Bills not paid yet
today-held =
    { $count ->
        [one] One is held
       *[other] { $count } are held
    }
today-newest = Newest leads
today-not-approved = Covered, not approved
today-held-lines = Held
today-review = Review
today-review-label = Review { $client }

## Leads in review

review-title = Leads
review-tab-all = All
review-from = From { $partner }
review-due = Due { $date }
review-overdue = Overdue since { $date }
review-reason = Why it is here
review-accept = Accept
review-accept-hint = The lead is registered in HubSpot and the partner is told.
review-reject = Reject …
review-reject-reason = Reason, for the partner
review-reject-reason-hint = The partner reads this sentence. Name no other partner.
review-reject-submit = Reject lead
review-empty-title = No lead waits for you
review-empty = New ones that need a decision appear here by themselves.
review-column-partner = Partner
staff-leads-lead = Every lead of every partner, newest first.
staff-leads-empty-title = No leads here
staff-leads-empty = As soon as a partner submits one, it appears here by itself.
staff-lead-hubspot-deal = HubSpot deal
staff-lead-hubspot-contact = HubSpot contact
staff-page-first = First page

## Partners

partner-list-title = Partners
reach-managers-title = What partner managers see
reach-managers-lead = Who looks after a partner is chosen on the partner’s page.
reach-managers = Partner managers see
reach-managers-all = all partners
reach-managers-own = only the partners they look after
manager-title = Partner manager
manager-label = Who looks after this partner
manager-nobody = Nobody
partner-list-column-partner = Partner
partner-list-column-plan = Plan
partner-list-column-state = State
partner-list-empty-title = No partners yet
partner-list-empty = Add the first one and enrol it on a plan.
partner-state-enrolled = Enrolled
partner-state-not-enrolled = Not enrolled
partner-add-title = Add a partner
partner-add-lead = Its people are invited afterwards, on the partner’s page.
partner-edit-title = Change the details
partner-add-submit = Add partner
partner-enrol-title = Enrol { $partner }
partner-enrol-plan = Plan
partner-enrol-from = From
partner-enrol-from-hint = Leads and deals count from this day on.
partner-enrol-submit = Enrol
partner-enrolment-since = { $plan } since { $date }
partner-enrolment-none = Not enrolled: it can sign in, but submit no leads.
partner-team = Team
partner-xero-contact = Xero contact
staff-partners-lead = The companies of the network, and the plans they are on.
partner-list-column-since = Since
staff-partner-lines = All its lines
staff-partner-money = Money in { $currency }
staff-partner-no-lines-title = No commission yet
staff-partner-no-lines = Its lines appear as soon as one of its deals is won.
staff-partner-no-team-title = Nobody can sign in yet
staff-partner-no-team = Invite the owner first: they look after the team from then on.
staff-partner-invited = Invited; the link works until { $date }

## Lines: approval, hold, release

approval-title = Lines
approval-lead =
    { $count ->
        [0] No line waits for approval.
        [one] One line is covered and waits for approval.
       *[other] { $count } lines are covered and wait for approval.
    }
approval-filter-label = Filter by state
approval-table-label = Lines
approval-column-select = Select
approval-column-partner = Partner
approval-select-line = { $client }, { $month }
approval-select-hint = Tick lines to approve or hold them.
approval-release-hint = Tick lines to let them go on.
approval-withdraw-hint = Tick lines to take their approval back or to hold them.
approval-selected = selected
approval-approve = Approve
approval-hold = Hold …
approval-hold-title = Hold the selected lines
approval-hold-hint = They stay off the next statement until someone releases them. The partner sees the reason.
approval-hold-reason = Reason
approval-hold-submit = Hold lines
approval-release = Release
approval-withdraw = Take approval back
approval-approved-by = Approved by { $person } on { $date }
approval-empty-title = No lines here
approval-empty = Nothing matches this choice.
approval-list-covered = To approve
approval-list-held = Held
approval-list-awaiting = Awaiting payment
approval-list-approved = Approved
approval-list-all = All
approval-all-partners = All partners
approval-approve-shown =
    { $count ->
        [one] Approve the one shown
       *[other] Approve all { $count } shown
    }
approval-waits-approval = The client has paid; waits for approval.
approval-waits-quarter-close = Approved; comes on the next statement.
approval-waits-partner-invoice = Stated; waits for the partner’s invoice.
approval-waits-bill-payment = Invoiced; waits for our payment.
approval-waits-terms = A person must decide on the deal first: see Reconciliation.
approval-waits-paid = Paid.
approval-waits-cancelled = Cancelled: the deal is no longer won, or nothing is due for this month.
notice-lines-partly-approved = The lines that the clients’ payments cover are approved. The others had changed meanwhile and stay as they are.
notice-lines-not-approved = Nothing was approved: these lines are not covered any more, or held.

## Reconciliation

reconciliation-title = Reconciliation
reconciliation-lead = Where the client’s money and the deal do not meet.
reconciliation-filter-label = Filter by kind
reconciliation-read-again = Read again
reconciliation-empty-title = Everything meets
reconciliation-empty = Every invoice belongs to a deal, and every payment to its months.
reconciliation-partner = Partner: { $partner }
reconciliation-since = since { $date }
exception-number-needed = Needed
exception-number-month = Each month
exception-number-months = Months
exception-number-collected = Collected
exception-number-missing = Missing
exception-number-difference = Difference
exception-number-invoice = Invoice, net
exception-number-deal-currency = Currency of the deal
exception-number-statement = Statement, net
exception-number-bill = Bill, net
exception-number-rest = Left to invoice
exception-number-tax = VAT
exception-number-gross = Gross
exception-number-due = Due
exception-act-link = Link to this deal
exception-act-link-choose = It may be for one of these deals:
exception-no_invoice_yet = No invoice yet
exception-no_invoice_yet-what =
    { $months ->
        [one] No invoice in Xero is for { $month } of { $client }’s deal.
       *[other] No invoice in Xero is for { $months } months of { $client }’s deal, from { $month } on.
    }
exception-no_invoice_yet-do = Raise the invoice in Xero with the deal’s number as reference, or link one that is there.
exception-invoice_overdue = Overdue
exception-invoice_overdue-what =
    { $days ->
        [one] { $invoice } of { $client } has been overdue for one day.
       *[other] { $invoice } of { $client } has been overdue for { $days } days.
    }
exception-invoice_overdue-do = Chase the client, or say what the invoice is for if it is not this deal’s. The partner’s lines wait until the money is here.
exception-underpaid = Underpaid
exception-underpaid-what = { $month } of { $client }’s deal is paid only in part. Its last payment is of invoice { $invoice }.
exception-underpaid-do = Chase the rest, or link a further invoice. The line is covered as soon as the money is here.
exception-differs_from_deal = Differs from the deal
exception-differs_from_deal-what = What was invoiced to { $client } fits no whole number of the deal’s months. The last invoice is { $invoice }.
exception-differs_from_deal-do = Correct the deal in HubSpot or the invoice in Xero, or say what an invoice is for if it is not this deal’s. The lines follow the money that comes in.
exception-other_currency = Other currency
exception-other_currency-what = { $invoice } of { $client } is in another currency than the deal, so its money does not count.
exception-other_currency-do = Invoice in the deal’s currency, or change the deal’s currency in HubSpot.
exception-invoice_without_deal = Invoice without a deal
exception-invoice_without_deal-what = { $invoice } of { $client } names no deal, and none of this client’s deals was open on its day.
exception-invoice_without_deal-do = Link it to a deal, or write the deal’s number into its reference in Xero. If it is for none, it moves no money here.
exception-refund_without_deal = Refund without a deal
exception-refund_without_deal-what = Credit note { $credit } was refunded to { $contact }, and it is not known which deal loses the money.
exception-refund_without_deal-do = Choose the deal. Until then nothing is taken back.
exception-shares_beyond_document = Parts larger than the whole
exception-shares_beyond_document-what = { $invoice } was divided between deals, and is smaller now than the parts together.
exception-shares_beyond_document-do = Divide it again. Until then the last deals get only what is left.
exception-several_deals_possible = Several deals possible
exception-several_deals_possible-what = { $invoice } could belong to several open deals of { $client }.
exception-several_deals_possible-do = Choose the deal. Nothing counts for either before that.
exception-document_unreadable = Unreadable document
exception-document_unreadable-what = Xero has a document that the portal cannot read: { $message }.
exception-document_unreadable-do = Put it right in Xero, or leave it if it is for no deal. Until it can be read it counts for nothing.
exception-deal_unreadable = Unreadable deal
exception-deal_unreadable-what = HubSpot has { $client }’s deal with a value that the portal cannot read: { $message }.
exception-deal_unreadable-do = Put it right in HubSpot. Until it can be read, the lead and its lines stay as they were.
exception-many_gone = Very many objects gone
exception-many_gone-what = { $system } does not have { $count } objects any more that it had, very many of them at once. That may be a fault there, or another account than the portal’s. They stay as they were.
exception-many_gone-do = Look in { $system } whether they are really gone. Until somebody says so, no money moves by it.
exception-deal_amount_missing = Deal without an amount
exception-deal_amount_missing-what = { $client }’s deal is won, but it has no amount, so no lines can be computed.
exception-deal_amount_missing-do = Enter the amount and the currency of the deal in HubSpot.
exception-billing_period_missing = Billing period missing
exception-billing_period_missing-what = { $client }’s deal is won, but it does not say how often its amount is charged.
exception-billing_period_missing-do = Enter the billing period of the deal in HubSpot: a number of months, or one-off.
exception-line_items_unclear = Line items charged differently
exception-line_items_unclear-what = { $client }’s deal is won and names no billing period, and its line items do not agree on one: { $message }.
exception-line_items_unclear-do = Enter the amount and the billing period of the deal in HubSpot that the commission is for; what they say then holds.
exception-company_twins = Several companies in HubSpot
exception-company_twins-what = HubSpot has several companies with the domain of { $client }: { $message }. Deals and people of one client lie in different places there.
exception-company_twins-do = Merge them in HubSpot. The portal goes on with the one that is left, and looks again once a day.
exception-deal_without_lead = Deal without a lead
exception-deal_without_lead-what = HubSpot has the deal “{ $into }” for { $client }, which is a client of the programme. It came from no lead, so that no partner earns by it.
exception-deal_without_lead-do = If it is a renewal, say which partner it is from. If no partner brought it, let it stand.
exception-stage_unknown = Stage that is gone
exception-stage_unknown-what = { $client }’s deal is in the stage { $message }, which HubSpot’s pipelines do not have any more.
exception-stage_unknown-do = Move the deal to a stage of today in HubSpot. It is followed all the same.
exception-stage_new = New stage
exception-stage_new-what = { $client }’s deal is in the stage { $message }, which came into HubSpot’s pipelines lately, and partners read that name of it.
exception-stage_new-do = Say on the page of HubSpot’s stages what partners are to read. Saved empty, they go on reading HubSpot’s name, and this is settled.
exception-not_enrolled_when_won = Not enrolled when won
exception-not_enrolled_when_won-what = { $partner } was not enrolled on { $date }, the day on which { $client }’s deal was won.
exception-not_enrolled_when_won-do = Enrol the partner from that day or earlier, if it is owed commission.
exception-currency_changed = Currency changed
exception-currency_changed-what = The currency of { $client }’s deal has changed from { $from } to { $to } after months of it had ended or were earned. The old currency still holds: a deal is in one currency.
exception-currency_changed-do = If the old currency was a mistake and nothing of the deal is on a statement, have its lines follow. If the client is charged in another one from now on, let this deal end in HubSpot in its old currency, and register the rest as a new deal.
exception-start_changed = Start moved
exception-start_changed-what = The start of { $client }’s deal was moved from { $from } to { $to } although something was earned by it already. The old start still holds.
exception-start_changed-do = Keep the old start, or have all lines follow the new one.
exception-amount_too_large = Amount too large
exception-amount_too_large-what = { $client }’s deal, its plan or its invoices have amounts that no sum can hold, so its lines stay as they are.
exception-amount_too_large-do = Correct the amount in HubSpot or Xero; the lines follow by themselves.
exception-lines_differ = Lines differ from the rules
exception-lines_differ-what =
    { $lines ->
        [one] Computed again, one line of { $client }’s deal is not what its plan and its terms say.
       *[other] Computed again, { $lines } lines of { $client }’s deal are not what its plan and its terms say.
    }
exception-lines_differ-do = Nothing was changed. Open the deal’s lines and see what they rest on; `portal verify` names each of them.
exception-number-lines-difference = Computed minus stored
exception-deals_merged = Deals merged
exception-deals_merged-what = { $client }’s deal of { $other } was merged into “{ $into }” of { $partner } in HubSpot.
exception-deals_merged-do = Decide which partner the deal belongs to. No money moves before that.
exception-bill_differs_from_statement = Bill differs from the statement
exception-bill_differs_from_statement-what = The bill { $invoice } of { $partner } does not agree with statement { $statement }.
exception-bill_differs_from_statement-do = Correct the bill in Xero, or ask the partner for a new invoice. Until then nothing moves.
exception-bill_voided = Bill voided
exception-bill_voided-what = The bill { $invoice } for statement { $statement } was voided in Xero.
exception-bill_voided-do = Ask the partner for a new invoice; the statement is open again.
exception-bill_not_made = Bill not in Xero
exception-bill_not_made-what = The invoice { $invoice } of { $partner } for statement { $statement } cannot be entered in Xero: { $why }
exception-bill_not_made-do = Put it right in Xero and retry the job, or withdraw the invoice on the statement’s page, so that it can be raised again.
exception-number-open = Open, with tax
exception-number-deal = Nearest by the deal
exception-number-invoiced = Invoiced, net
exception-number-reference = Reference
exception-number-amount = Amount in HubSpot
exception-number-billing-period = Billing period in HubSpot

## Quarter close

close-title = Close { $quarter }
close-lead = { $from } to { $to }. Nothing is written before you confirm.
close-still-covered-title =
    { $count ->
        [one] One covered line is not approved.
       *[other] { $count } covered lines are not approved.
    }
close-still-covered = What is not approved before the close comes on the next statement.
close-column-partner = Partner
close-column-currency = Currency
close-column-total = To invoice
close-column-result = Result
close-result-new = New statement
close-result-carried-over = Carried over
close-reason-below-minimum = Below the minimum of { $amount }
close-reason-negative = Negative
close-reason-nothing = Nothing to invoice: it comes to zero
close-reason-already-stated = Has its statement of this quarter; comes on the next one
close-result-made = Stated
close-interrupted =
    { $count ->
        [0] Closing this quarter was interrupted before any statement was made. Close it again: it goes on where it stopped, and tells nobody twice.
        [one] Closing this quarter was interrupted after one statement. Close it again: it goes on where it stopped, and tells nobody twice.
       *[other] Closing this quarter was interrupted after { $count } statements. Close it again: it goes on where it stopped, and tells nobody twice.
    }
close-early = Partners were told that this quarter closes on { $date }. Whoever pays or is approved until then misses this statement if you close now.
close-blocked-title = Not on these statements
close-blocked-lead = Lines up to the end of the quarter that something keeps off, by partner.
close-column-why = Why
close-blocked-not-approved = Covered, not approved
close-blocked-held = Held
close-blocked-disputed = Disputed
close-blocked-merged = Merged deal, not decided
close-blocked-awaiting-payment = Waits for the client’s payment
close-telling =
    { $count ->
        [0] Nobody is told: there is no statement.
        [one] One partner gets a mail and a Slack message. Closing again changes nothing.
       *[other] { $count } partners get a mail and a Slack message. Closing again changes nothing.
    }
close-submit = Close the quarter
close-not-ended = { $quarter } ends on { $date }. This is what closing would state today.
close-empty = No approved line is there to be stated.
staff-statements-lead = Close a quarter, and follow what partners invoice until it is paid.
staff-statements-all = All statements
staff-statements-empty = The first ones appear here once a quarter is closed.
staff-bill-none = The partner has not raised its invoice yet.
staff-bill-number = Partner’s invoice
staff-bill-raised = Raised
staff-bill-xero = Bill in Xero
staff-bill-not-in-xero = being entered …
staff-bill-file-statement = Our statement, beside it in Xero
staff-bill-file-invoice = The partner’s PDF, beside it in Xero
staff-bill-dated = Xero’s books are locked until { $until }, so that the bill is dated { $date } there.
staff-bill-voided = { $number } over { $amount } net was voided on { $date }.
staff-bill-withdrawn = { $number } over { $amount } net was withdrawn on { $date }.
close-quarters = Quarter
close-title-done = { $quarter } is closed
close-lead-done = What is approved by now comes on the next statement.
close-confirm = Yes, close { $quarter }
close-still-held-title =
    { $count ->
        [one] One line is held.
       *[other] { $count } lines are held.
    }
close-still-held = What is held stays off every statement until somebody releases it.
close-empty-title = Nothing to state

## Plans

plan-list-title = Plans
plan-list-lead = How commission is computed. A won deal keeps the version of the day it was won.
plan-add-title = New plan
plan-add-lead = Say how commission is computed, look at an example, and try it on your deals before anything is written.
plan-edit = Next version
plan-edit-title = Next version of { $name }
plan-edit-lead = Version { $version } holds until this one begins. Nothing is written before you publish.
plan-name = Name
plan-version = Version { $version }
plan-versions = Versions, the newest first
plan-column-version = Version
plan-terms = What it says
plan-made-by = Made by
plan-basics = The plan
plan-limits = Extras and limits
plan-scope = When it begins
plan-rate = Rate
plan-rate-hint = Share of the deal’s monthly value, in per cent. With tiers: for deals in other currencies.
plan-months = Months it pays
plan-months-hint = Empty: as long as the client pays.
plan-months-none = For as long as the client pays
plan-currency = Currency
plan-currency-hint = Of the tiers, the bonus and the cap. Deals in other currencies have none of them.
plan-tiers = Tiers
plan-tiers-hint = Rates by what the partner has won in the last 12 months, as a monthly value. Each part of a deal gets the rate of the tier it lies in. Leave all rows empty for one rate.
plan-tier-from = Tier { $number }: from
plan-tier-until = Tier { $number }: until
plan-tier-rate = Tier { $number }: rate, %
plan-split = Split
plan-split-hint = Other partners who get a part of every line. Leave all rows empty if the one that brought the lead gets all of it.
plan-own-share = For the partner that brought the lead, %
plan-own-share-hint = Empty: what the others leave.
plan-share-partner = Other partner { $number }
plan-share-share = Share { $number }, %
plan-owner = the partner that brought the lead
plan-bonus = Bonus
plan-bonus-hint = Once for each deal, with its first month.
plan-cap = Cap per deal
plan-cap-hint = The most that one deal can earn, bonus included.
plan-tail = Months after leaving
plan-tail-hint = For how long a partner that leaves is still paid. Empty: as if it had stayed.
plan-tolerance = Tolerance
plan-tolerance-hint = What a client’s payment may fall short of a month, in per cent. Empty: 1.
plan-valid-from = Begins on
plan-valid-from-hint = It holds for deals won on this day or later. It may lie in the past, but not before the last version.
plan-all-deals = Use it for all won deals of this plan
plan-all-deals-hint = Also for those won before, and those that may be won again. Their lines are made again; what is on a statement stays, and the difference becomes an adjustment.
plan-try = Try it
plan-try-hint = Shows what would change for whom. Nothing is written.
plan-name-hint = The name of a plan that is there makes its next version.
plan-empty-title = No plans yet
plan-empty = A partner is enrolled on a plan: make the first one.
plan-says-rate = { $rate } of the deal’s monthly value
plan-says-tiers = By what the partner has won lately, a month: { $steps }
plan-says-tier = { $rate } from { $from }
plan-says-other-currencies = { $rate } of deals in other currencies
plan-says-months =
    { $count ->
        [one] For one month
       *[other] For { $count } months
    }
plan-says-cap = At most { $cap } for a deal
plan-says-bonus = { $bonus } once, with a deal’s first month
plan-says-share = { $share } of each line: { $partner }
plan-says-own-share = Your part of each line of your deals: { $share }
plan-says-tail =
    { $count ->
        [0] Nothing more after leaving
        [one] One month more after leaving
       *[other] { $count } months more after leaving
    }
plan-says-tolerance = A month is paid when no more than { $tolerance } of it is missing
plan-example-title = An example
plan-example-lead = The first year of one deal, by the rules that make the real lines.
plan-example-value = Deal value
plan-example-currency = Currency of the deal
plan-example-period = Charged
plan-example-standing = Won lately, a month
plan-example-show = Show the example
plan-example-waits = The example appears once these are right:
plan-example-too-large = These amounts are too large to be computed. Make them smaller.
plan-example-parts = Value × rate
plan-example-running = So far
plan-example-once = Once
plan-example-capped = The cap is reached.
plan-example-rounding = Each line is the step from one rounded total to the next, so no cent is lost.
plan-trial-title = What would change
plan-trial-lead = { $name }, version { $version }, from { $date }. Nothing of this is written yet.
plan-trial-no-deals = No won deal gets it: all were won before it begins. It holds for deals won from then on.
plan-trial-no-deals-at-all = No deal of this plan is won yet: it holds for those to come.
plan-trial-no-lines =
    { $deals ->
        [one] One deal gets this version, and no line changes.
       *[other] { $deals } deals get this version, and no line changes.
    }
plan-trial-reach =
    { $deals ->
        [one] One deal gets this version.
       *[other] { $deals } deals get this version.
    } { $lines ->
        [one] One line changes.
       *[other] { $lines } lines change.
    }
plan-trial-total = Total cost of the lines that change
plan-trial-old = Now
plan-trial-new = Then
plan-trial-difference = Difference
plan-trial-earned = of it earned, { $currency }
plan-trial-earned-now = Earned at once: what the client has paid reaches it.
plan-trial-earned-no-more = Not earned any more: what the client has paid does not reach it.
plan-trial-deals =
    { $count ->
        [one] The deal that gets it
       *[other] The { $count } deals that get it
    }
plan-trial-more-deals = … and { $count } more.
plan-trial-client = Client
plan-trial-partner = Partner
plan-trial-won-on = Won on
plan-trial-lines =
    { $count ->
        [one] One line
       *[other] { $count } lines
    }
plan-trial-show-lines = Show its lines
plan-publish =
    { $lines ->
        [0] Publish version { $version }
        [one] Publish version { $version } and change one line
       *[other] Publish version { $version } and change { $lines } lines
    }
plan-publish-hint = This does exactly what is shown. If a deal changes meanwhile, you see the new numbers first.

## What a line's history is made of

staff-proof-corrects = Corrects the line of { $month } over { $amount }
staff-proof-corrected-by = Corrected by { $amount } for { $month }
staff-proof-documents = Invoices and refunds behind it
staff-proof-history = History
account-programme = closed
account-expected = expected
account-awaiting = awaiting payment
account-earned = earned
account-approved = approved
account-payable = payable
account-paid = paid
account-clawed_back = clawed back
cause-scheduled = Scheduled
cause-month_ended = The month ended
cause-approval_withdrawn = Somebody took the approval back
cause-client_paid = The client paid
cause-payment_gone = The client’s payment went back
cause-payment_changed = The client’s payment changed
cause-deal_changed = The deal changed
cause-plan_changed = The plan changed
cause-no_longer_due = No longer due
cause-approved = Approved
cause-stated = The quarter was closed
cause-bill_in_xero = The bill is in Xero
cause-bill_paid = The bill was paid
cause-bill_voided = The bill was voided
cause-payment_undone = Our payment was undone

## Audit

audit-act-accept_lead = Accepted a lead
audit-act-reject_lead = Rejected a lead
audit-act-raise_invoice = Raised an invoice
audit-act-withdraw_invoice = Withdrew an invoice
audit-act-find_bill = Found an invoice in Xero
audit-act-book_bill = Learned that an invoice is in Xero
audit-act-add_bill_pdf = Handed in the PDF of an invoice
audit-act-date_bill = Dated an invoice after the day until which Xero’s books are locked
audit-act-settle_bill = Followed the payments of an invoice
audit-act-void_bill = Took an invoice that was voided off its statement
audit-act-update_company = Changed a company’s details
audit-act-set_sales_reach = Said which leads sales people see
audit-act-invite_member = Invited a person
audit-act-revoke_invitation = Took an invitation back
audit-act-join_partner = Joined a partner
audit-act-remove_member = Removed a person
audit-act-approve_line = Approved a line
audit-act-withdraw_approval = Took an approval back
audit-act-hold_line = Held a line
audit-act-release_line = Released a line
audit-act-link_document = Linked an invoice or credit note to a deal
audit-act-split_document = Divided an invoice or credit note between deals
audit-act-take_over_deal = Took a deal over for a partner
audit-act-name_phase = Named a phase
audit-act-choose_first_stage = Chose where new deals start
audit-act-set_up_hubspot = Had HubSpot set up
audit-act-say_no_deal = Said that an invoice or credit note belongs to no deal
audit-act-unlink_document = Took the link of an invoice or credit note back
audit-act-retry_job = Retried a delivery
audit-act-choose_mails = Chose which mails to get
audit-act-stop_mails = Stopped mails of a kind
audit-act-try_address_again = Had an address written to again
audit-act-set_channel = Chose a Slack channel
audit-act-set_channel_language = Chose the language of the Slack channels
audit-act-set_aside_job = Set a failed delivery aside
audit-act-set_aside_jobs = Set all failed deliveries aside
audit-act-retry_all_jobs = Retried all failed deliveries
audit-act-pause_system = Paused an outside system
audit-act-resume_system = Resumed an outside system
audit-act-replay_webhook = Had a webhook worked off again
audit-act-compare_now = Had everything compared
audit-act-sweep_now = Had everything read anew
audit-act-add_partner = Added a partner
audit-act-enrol_partner = Enrolled a partner
audit-act-confirm_details = Confirmed a partner’s details
audit-act-set_two_persons = Chose how many persons money needs
audit-act-change_role = Changed a colleague’s role
audit-act-change_member_role = Changed a member’s role
audit-act-disable_person = Disabled a person
audit-act-enable_person = Let a person sign in again
audit-act-reset_person = Reset a person’s sign-in
audit-act-set_partner_manager = Said who looks after a partner
audit-act-set_manager_reach = Said how far partner managers see
audit-act-add_plan_version = Published a plan’s version
audit-act-close_quarter = Closed a quarter

## What bills are booked under in Xero

accounts-title = Accounts for bills
accounts-lead = Under which account and with which tax the portal enters partners’ bills in Xero.
accounts-read = Read them from Xero now
accounts-read-at = Read from Xero
accounts-unread = Xero has not been asked yet.
accounts-account = Account
accounts-tax-type = Tax
accounts-tax-hint = For bills that are entered from now on. The tax must fit what your partners write on their invoices.
accounts-usual-account = As the settings say: { $code }
accounts-usual-tax = As Xero keeps it for the account
accounts-gone = { $code } · not in Xero any more
accounts-save = Use these
accounts-unfit-account = Xero has no account { $code } that takes bills: it is archived or gone, and the next bill would be refused. Choose another one.
accounts-unfit-tax-type = Xero has no tax { $code } for bills: it is archived or gone, and the next bill would be refused. Choose another one.
audit-act-choose_bill_accounts = Chose account and tax for bills
audit-act-read_accounts = Had Xero’s accounts read
