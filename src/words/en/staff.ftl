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
today-exceptions-old =
    { $count ->
        [one] One is older than a week
       *[other] { $count } are older than a week
    }
today-bills = Bills that do not agree
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
today-still-awaiting = Still awaiting
today-preview = Preview
today-systems = Systems

## Leads in review

review-title = Leads
review-lead = Leads that a person must decide on, the most urgent first.
review-tab-review = To review
review-tab-all = All
review-from = From { $partner }
review-due = Due { $date }
review-overdue = Overdue since { $date }
review-reason = Why it is here
review-claim-until = The claim of { $partner } runs until { $date }.
review-accept = Accept
review-accept-hint = The lead is registered in HubSpot and the partner is told.
review-reject = Reject …
review-reject-title = Reject this lead
review-reject-reason = Reason, for the partner
review-reject-reason-hint = The partner reads this sentence. Name no other partner.
review-reject-submit = Reject lead
review-empty-title = No lead waits for you
review-empty = New ones that need a decision appear here by themselves.
review-column-partner = Partner
review-column-client = Client
review-column-due = Due

## Partners

partner-list-title = Partners
partner-list-lead =
    { $count ->
        [one] One company, { $enrolled } enrolled.
       *[other] { $count } companies, { $enrolled } of them enrolled.
    }
partner-list-search-label = Search partners
partner-list-search-placeholder = Name or domain
partner-list-column-partner = Partner
partner-list-column-plan = Plan
partner-list-column-leads = Open leads
partner-list-column-earned = Earned
partner-list-column-state = State
partner-list-empty-title = No partners yet
partner-list-empty = Add the first one and enrol it on a plan.
partner-state-enrolled = Enrolled
partner-state-not-enrolled = Not enrolled
partner-state-left = Left
partner-add-title = Add a partner
partner-add-lead = The owner gets a mail with an invitation.
partner-add-name = Name
partner-add-legal-name = Legal name
partner-add-domain = Domain
partner-add-country = Country
partner-add-billing-email = Mail for statements
partner-add-owner-email = Owner’s e-mail
partner-add-owner-email-hint = Gets the invitation.
partner-add-submit = Add partner
partner-enrol-title = Enrol { $partner }
partner-enrol-plan = Plan
partner-enrol-from = From
partner-enrol-from-hint = Leads and deals count from this day on.
partner-enrol-submit = Enrol
partner-enrolment = Enrolment
partner-enrolment-since = { $plan } since { $date }
partner-enrolment-none = Not enrolled: it can sign in, but submit no leads.
partner-enrolment-ended = Ended on { $date }
partner-team = Team
partner-statements = Statements
partner-xero-contact = Xero contact

## Lines: approval, hold, release

approval-title = Lines
approval-lead =
    { $count ->
        [0] No line waits for approval.
        [one] One line is covered and waits for approval.
       *[other] { $count } lines are covered and wait for approval.
    }
approval-filter-label = Filter by state
approval-search-label = Search lines
approval-search-placeholder = Partner, client or deal
approval-month = Month
approval-all-months = All months
approval-table-label = Lines
approval-column-select = Select
approval-column-partner = Partner
approval-select-line = { $client }, { $month }
approval-select-hint = Tick lines to approve or hold them.
approval-selected = selected
approval-approve = Approve
approval-approve-all =
    { $count ->
        [one] Approve the covered one
       *[other] Approve all covered ({ $count })
    }
approval-hold = Hold …
approval-hold-title = Hold the selected lines
approval-hold-hint = They stay off the next statement until someone releases them. The partner sees the reason.
approval-hold-reason = Reason
approval-hold-submit = Hold lines
approval-release = Release
approval-held-by = Held by { $person } on { $date }: { $reason }
approval-approved-by = Approved by { $person } on { $date }
approval-empty-title = No lines here
approval-empty = Nothing matches this choice.

## Reconciliation

reconciliation-title = Reconciliation
reconciliation-lead = Where the client’s money and the deal do not meet.
reconciliation-filter-label = Filter by kind
reconciliation-read = Xero read { $ago }
reconciliation-read-again = Read again
reconciliation-reading = Xero is being read; the page updates by itself.
reconciliation-empty-title = Everything meets
reconciliation-empty = Every invoice belongs to a deal, and every payment to its months.
reconciliation-partner = Partner: { $partner }
reconciliation-evidence = Evidence
reconciliation-since = since { $date }
exception-number-needed = Needed up to { $month }
exception-number-collected = Collected
exception-number-tolerance = Tolerance
exception-number-missing = Missing
exception-number-difference = Difference
exception-number-invoice = Invoice, net
exception-number-paid = Paid
exception-number-deal-month = Deal, a month
exception-number-deal-currency = Currency of the deal
exception-number-invoice-currency = Currency of the invoice
exception-number-statement = Statement, net
exception-number-bill = Bill, net
exception-number-due = Due
exception-act-link = Link to this deal
exception-act-link-choose = Which deal?
exception-act-link-option = Deal { $deal }, { $amount } a month
exception-act-link-proposed = Proposed
exception-act-unlink = Not of any deal
exception-act-waive = Waive …
exception-act-waive-title = Waive the difference
exception-act-waive-hint = The months count as covered although { $amount } are missing. The reason is kept with your name.
exception-act-split = Split …
exception-act-chase = Chase client
exception-act-dismiss = Seen
exception-act-reason = Reason

exception-no_invoice_yet = No invoice yet
exception-no_invoice_yet-what = { $client }’s deal has been won since { $date }, and no invoice for it has been found in Xero.
exception-no_invoice_yet-do = Raise the invoice in Xero with the deal’s number as reference, or link one that is there.
exception-invoice_overdue = Overdue
exception-invoice_overdue-what =
    { $days ->
        [one] { $invoice } of { $client } has been overdue for one day.
       *[other] { $invoice } of { $client } has been overdue for { $days } days.
    }
exception-invoice_overdue-do = Chase the client. The partner’s lines wait until the money is here.
exception-underpaid = Underpaid
exception-underpaid-what = The invoices of { $client } have collected less than the months up to { $month } need.
exception-underpaid-do = Chase the rest, link a further invoice, or waive the difference with a reason.
exception-differs_from_deal = Differs from the deal
exception-differs_from_deal-what = { $invoice } of { $client } is over another amount than the deal says.
exception-differs_from_deal-do = Correct the deal in HubSpot or the invoice in Xero; the lines follow the money that comes in.
exception-other_currency = Other currency
exception-other_currency-what = { $invoice } of { $client } is in another currency than the deal, so its payments do not count.
exception-other_currency-do = Invoice in the deal’s currency, or change the deal’s currency in HubSpot.
exception-invoice_without_deal = Invoice without a deal
exception-invoice_without_deal-what = { $invoice } of { $client } belongs to no deal that the portal knows.
exception-invoice_without_deal-do = Link it to a deal, or mark that it belongs to none.
exception-several_deals_possible = Several deals possible
exception-several_deals_possible-what = { $invoice } could belong to several open deals of { $client }.
exception-several_deals_possible-do = Choose the deal. The proposed one has the amount that comes nearest.
exception-deal_amount_missing = Deal without an amount
exception-deal_amount_missing-what = { $client }’s deal is won, but it has no amount, so no lines can be computed.
exception-deal_amount_missing-do = Enter the amount and the currency of the deal in HubSpot.
exception-billing_period_missing = Billing period missing
exception-billing_period_missing-what = { $client }’s deal is won, but it does not say how often its amount is charged.
exception-billing_period_missing-do = Enter the billing period of the deal in HubSpot: a number of months, or one-off.
exception-not_enrolled_when_won = Not enrolled when won
exception-not_enrolled_when_won-what = { $partner } was not enrolled on { $date }, the day on which { $client }’s deal was won.
exception-not_enrolled_when_won-do = Enrol the partner from that day or earlier, if it is owed commission; else mark this as seen.
exception-currency_changed = Currency changed
exception-currency_changed-what = The currency of { $client }’s deal has changed from { $from } to { $to } although something was earned by it already.
exception-currency_changed-do = Set the old currency in HubSpot again, or make a new deal for the new one.
exception-start_changed = Start moved
exception-start_changed-what = The start of { $client }’s deal was moved from { $from } to { $to } although something was earned by it already. The old start still holds.
exception-start_changed-do = Set the old start in HubSpot again, or mark this as seen.
exception-deals_merged = Deals merged
exception-deals_merged-what = { $client }’s deal of { $other } was merged into “{ $into }” of { $partner } in HubSpot.
exception-deals_merged-do = Decide which partner the deal belongs to. No money moves before that.
exception-bill_differs_from_statement = Bill differs from the statement
exception-bill_differs_from_statement-what = The bill { $invoice } of { $partner } does not agree with statement { $statement }.
exception-bill_differs_from_statement-do = Correct the bill in Xero, or ask the partner for a new invoice. Until then nothing moves.
exception-bill_voided = Bill voided
exception-bill_voided-what = The bill { $invoice } of { $partner } for statement { $statement } was voided in Xero.
exception-bill_voided-do = Ask the partner for a new invoice; the statement is open again.

## Quarter close

close-title = Close { $quarter }
close-lead = { $from } to { $to }. Nothing is written before you confirm.
close-still-awaiting-title =
    { $count ->
        [one] One line still awaits payment.
       *[other] { $count } lines still await payment.
    }
close-still-awaiting = They stay open and come on a later statement.
close-still-covered-title =
    { $count ->
        [one] One covered line is not approved.
       *[other] { $count } covered lines are not approved.
    }
close-still-covered = What is not approved before the close comes on the next statement.
close-column-partner = Partner
close-column-currency = Currency
close-column-lines = Lines
close-column-approved = Approved
close-column-clawbacks = Clawbacks
close-column-total = To invoice
close-column-result = Result
close-result-new = New statement
close-result-carried-over = Carried over
close-result-existing = On { $number }
close-reason-below-minimum = Below the minimum of { $amount }
close-reason-negative = Negative
close-preview-label = Preview
close-telling =
    { $count ->
        [0] Nobody is told: there is no statement.
        [one] One partner gets a mail and a Slack message. Closing again changes nothing.
       *[other] { $count } partners get a mail and a Slack message. Closing again changes nothing.
    }
close-submit = Close the quarter
close-already-done = { $quarter } was closed on { $date }. Nothing changed, and nobody was told again.
close-not-ended = { $quarter } ends on { $date }. This is what closing would state today.
close-empty = No approved line is there to be stated.

## Plans

plan-list-title = Plans
plan-list-lead = How commission is computed. A won deal keeps the version of the day it was won.
plan-add-title = New plan
plan-name = Name
plan-version = Version { $version }
plan-version-from = Version { $version }, from { $date }
plan-new-version-title = Next version
plan-new-version-hint = New deals use it from the day it begins. Won deals keep theirs.
plan-rate = Rate
plan-rate-hint = Share of the deal’s monthly value, in per cent.
plan-months = Months it pays
plan-months-hint = Empty: as long as the client pays.
plan-months-none = As long as the client pays
plan-months-count =
    { $count ->
        [one] One month
       *[other] { $count } months
    }
plan-cap = Cap per deal
plan-cap-currency = Currency of the cap
plan-cap-none = No cap
plan-tolerance = Tolerance
plan-tolerance-hint = What a client’s payment may fall short of a month, in per cent. Empty: 1.
plan-valid-from = Begins on
plan-partners =
    { $count ->
        [one] One partner
       *[other] { $count } partners
    }
plan-submit = Publish version
plan-create = Create plan

## Integrations

integration-title = Integrations
integration-lead = What leaves, what comes in, and whether it flows.
integration-column-system = System
integration-column-last-success = Last success
integration-column-waiting = Waiting
integration-column-failed = Failed
integration-column-state = State
integration-hubspot = HubSpot
integration-xero = Xero
integration-slack = Slack
integration-mail = Mail
integration-books = Background work
integration-webhooks = Incoming webhooks
integration-sandbox = Sandbox
integration-state-healthy = Healthy
integration-state-retrying = Retrying
integration-state-failing = Failing
integration-state-not-connected = Not connected
integration-failing-title = { $system } does not take what we send.
integration-failing =
    { $count ->
        [one] Nothing was lost: one delivery waits. Mend the connection, then retry.
       *[other] Nothing was lost: { $count } deliveries wait. Mend the connection, then retry.
    }
integration-failed-title = Failed deliveries
integration-failed-column-what = What
integration-failed-column-error = Last answer
integration-failed-column-attempts = Attempts
integration-failed-column-since = Since
integration-failed-empty = Nothing has failed.
integration-retry = Retry
integration-retry-all =
    { $count ->
        [one] Retry it
       *[other] Retry { $count }
    }
integration-next-attempt = Next attempt at { $time }
