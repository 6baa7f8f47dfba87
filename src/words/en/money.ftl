## The partner's first screen

figure-title = Your commission
figure-greeting = Hello, { $name }
figure-as-of = Figures as of { $date }
figure-earned = Earned
figure-earned-hint = Your clients have paid for these months.
figure-owed = Owed
figure-owed-hint = Earned, and not yet paid out to you.
figure-paid = Paid
figure-paid-hint = On your bank account.
figure-upcoming = Upcoming
figure-upcoming-hint = On your next statement, if the quarter closed today.
figure-upcoming-carried = Less than the minimum of { $minimum }: it is carried over until there is enough.
figure-expected = Expected
figure-expected-hint = The rest of the schedule, once clients pay.
figure-by-month = Commission by month
figure-chart-label = Commission by month, { $from } to { $to }
figure-chart-month = { $month }: { $paid } paid, { $owed } owed, { $expected } expected
figure-recent-leads = Recent leads
figure-all-leads = All leads
figure-all-lines = All lines
figure-empty-title = Your first commission starts with a lead
figure-empty = Submit a client. When its deal is won and the client pays, your lines appear here.

## The list of lines

commission-title = Commission
commission-lead = What you earn for each deal and month, and why it stands where it stands.
commission-filter-label = Filter by state
commission-filter-waiting = Waiting
commission-filter-owed = Owed
commission-filter-paid = Paid
commission-filter-held = Held
commission-table-label = Commission lines
commission-column-client = Client
commission-column-month = Month
commission-column-amount = Amount
commission-column-state = State
commission-page-sum = This page
commission-empty-title = No lines yet
commission-empty = Lines appear as soon as one of your deals is won.
commission-none-title = No line is here
commission-none = Those in other states are one click away.

## A line's state and kind

line-state-upcoming = Upcoming
line-state-awaiting = Awaiting payment
line-state-covered = Covered
line-state-approved = Approved
line-state-stated = Stated
line-state-invoiced = Invoiced
line-state-paid = Paid
line-state-cancelled = Cancelled
line-state-held = Held
line-kind-scheduled = Commission
line-kind-bonus = Bonus
line-kind-adjustment = Adjustment
line-kind-clawback = Clawback
line-kind-manual = Manual line
line-kind-hint-scheduled = Your share of one month of the deal.
line-kind-hint-bonus = Paid once, with the first month of the deal.
line-kind-hint-adjustment = Corrects the line of { $month }: the deal has changed since.
line-kind-hint-clawback = The client’s payment for { $month } went back.
line-kind-hint-manual = Entered by hand: { $reason }

## What a line waits for

line-waits-month-end = The month has not ended.
line-waits-invoice = Waits for the client’s invoice.
line-waits-payment = Waits for { $amount } of { $invoice }, due { $due }.
line-waits-payment-open = Waits for { $amount } of { $invoice }.
line-waits-payment-late =
    { $days ->
        [one] Waits for { $amount } of { $invoice }, one day overdue.
       *[other] Waits for { $amount } of { $invoice }, { $days } days overdue.
    }
line-waits-approval = The client has paid; we check it now.
line-waits-quarter-close = Approved; comes on the statement of { $quarter }.
line-waits-partner-invoice = Waits for your invoice for statement { $statement }.
line-waits-bill-payment = Your invoice { $invoice } waits for our payment.
line-waits-held = Held: { $reason }
line-waits-terms = Waits for the value or the billing period of the deal.
line-waits-merger = Waits for our decision on the deal: it was merged with another one.
line-waits-nothing = Paid with statement { $statement }.
line-waits-cancelled = Cancelled: the client did not pay, and the deal is no longer won.

## Where money waits, in a word, for sums

waits-group-partner-invoice = Your invoice
waits-group-bill-payment = Our payment

## What exactly a group waits for

waits-about-statement = For statement { $statement }
waits-about-bill = { $invoice }, for statement { $statement }

## Why a line has this amount

line-why-title = Why this amount
line-why-open = Show why
line-why-open-label = Show why: { $client }, { $month }
line-why-next = What comes next
line-why-rate = { $rate } of { $base } a month
line-why-rate-one-off = { $rate } of { $base }, once
line-why-arithmetic = { $through } up to this month, less { $before } up to the month before: { $amount }.
line-why-rounding = Rounded half to even over all months together, so that no cent gets lost or is paid twice.
line-why-coverage = The client’s payments reach this month: { $collected } of { $needed } are in.
line-why-not-covered = The client’s payments do not reach this month yet: { $collected } of { $needed } are in.
line-why-tolerance = Up to { $tolerance } of a month may be missing.
line-why-evidence = Evidence
line-why-column-object = Object
line-why-column-property = Property
line-why-column-value = Value
line-why-column-seen = Seen
line-why-object-deal = Deal { $number }
line-why-object-invoice = Invoice { $number }
line-why-object-plan = Plan { $name }, version { $version }
line-why-no-invoice = No invoice of the client has been found yet.
line-why-corrected = A later line corrects it: { $kind }, { $amount }.
line-why-source-xero = Xero
line-why-property-value = Value
line-why-property-value-from = Value from { $month }
line-why-property-period = Billing period
line-why-property-period-from = Billing period from { $month }
line-why-property-rate = Rate
line-why-property-fill = Paid towards { $month }
line-period-monthly = a month
line-period-quarterly = a quarter
line-period-yearly = a year
line-period-months = every { $count } months
line-period-one-off = once

## Statements

statement-list-title = Statements
statement-list-lead = What you may invoice after each quarter.
statement-list-waiting-title = Statement { $number } waits for your invoice.
statement-list-waiting = { $amount } are yours as soon as we have it.
statement-list-empty-title = No statements yet
statement-list-empty = The first one comes when a quarter closes after a client has paid. Bring a lead to get there.
statement-column-number = Statement
statement-column-quarter = Quarter
statement-column-lines = Lines
statement-column-partner = Partner
statement-column-total = To invoice
statement-column-paid = Paid
statement-column-state = State
statement-column-client = Client
statement-column-month = Month
statement-column-amount = Amount
statement-title = Statement { $number }
statement-of-quarter = { $quarter } · closed on { $date }
statement-total = Total, net
statement-to-invoice = To invoice, net
statement-paid-so-far = Paid so far
statement-open = Still open
statement-line-count =
    { $count ->
        [one] One line
       *[other] { $count } lines
    }
statement-frozen = Frozen on { $date }. Nothing on it changes any more; differences come on the next one.
statement-hash = Hash
statement-hash-follows = follows
statement-hash-first = The first statement.
statement-progress = Progress of { $number }

settlement-state-stated = Stated
settlement-state-invoiced = Invoiced
settlement-state-part_paid = Part paid
settlement-state-paid = Paid
settlement-hint-stated = Waits for your invoice.
settlement-hint-invoiced = We have your invoice { $number } and pay it next.
settlement-hint-part_paid = { $paid } of { $total } are paid.
settlement-hint-paid = All of it is paid.

## Raising the invoice

invoice-form-title = Raise your invoice
invoice-form-lead = Write an invoice over { $amount } net to us, then enter its number here.
invoice-form-number = Your invoice number
invoice-form-number-hint = As it stands on your invoice. It is also what our payment will name.
invoice-form-amount = Net amount
invoice-form-amount-hint = As stated. Add VAT on your invoice.
invoice-form-part = Only a part of it
invoice-form-part-hint = Net, without tax, for whole lines, the oldest first. Leave it empty to invoice all that is left.
invoice-form-submit = Raise invoice
invoice-form-not-allowed = Only the roles Owner and Finance can raise the invoice.
invoice-sent = Invoice { $number }, raised on { $date }
invoice-booking = Being entered in our books …

line-waits-dispute = Waits until your question about it is settled.
settlement-state-part_invoiced = Part invoiced
settlement-hint-part_invoiced = { $rest } of it are not invoiced yet.
staff-bill-tax = Tax, on top

## The next payout, part by part

forecast-title = Next payout
forecast-lead = If all of it comes in time for the close of { $quarter }, what was carried over included.
forecast-total = Together
forecast-stopped = Stopped, and not counted
forecast-approved = Approved
forecast-covered = Paid by the client, being checked
forecast-paid-ahead = Paid ahead, until the month ends
forecast-invoiced = Invoiced, not paid by the client
forecast-not-invoiced = Not invoiced yet
forecast-disputed = Disputed
forecast-held = Held
forecast-undecided = A decision on the deal is open
forecast-invoice = Invoice { $invoice }
forecast-invoice-due = Invoice { $invoice }, due { $due }
forecast-invoice-late =
    { $days ->
        [one] Invoice { $invoice }, due { $due }, one day late
       *[other] Invoice { $invoice }, due { $due }, { $days } days late
    }
figure-open-statements = Stated, not paid

## A bill and its statement: what does not fit, for finance and the partner alike

bill-net = Net
bill-tax = VAT
bill-gross = Gross
bill-mismatch-currency = Invoice { $bill } is over { $net } net, and statement { $statement } is in another currency: { $rest } of it are left to invoice.
bill-mismatch-net = Invoice { $bill } is over { $net } net, and { $rest } of statement { $statement } are left to invoice. An invoice for a part of it must be for whole lines, the oldest first.
bill-mismatch-not_positive = Invoice { $bill } is over { $net } net and so asks for nothing; { $rest } of statement { $statement } are left to invoice.
bill-mismatch-above_rest = Invoice { $bill } is over { $net } net, and only { $rest } of statement { $statement } are left to invoice.
bill-mismatch-already_invoiced = Invoice { $bill } is over { $net } net, and all of statement { $statement } is invoiced already with { $others }.
bill-mismatch-number_used = Invoice { $bill } over { $net } net has a number that another invoice of the same partner has already.
bill-mismatch-changed = Invoice { $bill } for statement { $statement } was raised over { $raised }, and is over { $net } net in our books now.
bill-mismatch-credited = Invoice { $bill } for statement { $statement } is over { $net } net, and a credit note settles { $credited } of it with VAT: that is not paid to the partner, and the lines that it leaves open wait.
bill-mismatch-wrong_contact = Invoice { $bill } over { $net } net names statement { $statement } of { $partner }, and is from { $contact }.
bill-mismatch-tax = With VAT of { $tax } it comes to { $gross }.
settlement-undone = { $amount } of what was paid was taken back, and is owed to you again.
settlement-voided = Your invoice { $number } was voided in our books: please raise it again.
settlement-not-made = Your invoice { $number } could not be booked. We look at it; if its number is wrong, withdraw it and raise it again.
invoice-withdraw = Withdraw { $number }
statement-mismatch = An invoice does not fit

## What a closing carried over

carried-below_minimum = { $quarter } is closed without a statement: { $amount } is less than the minimum of { $minimum }. It is carried over to the next one.
carried-negative = { $quarter } is closed without a statement: with what was taken back it comes to { $amount }, which is carried over to the next one.
carried-nothing_to_invoice = { $quarter } is closed without a statement: what was earned and what was taken back come to { $amount }.

## The partner's own invoice as a file

invoice-form-pdf = Your invoice as a PDF
invoice-form-pdf-hint = At most 3 MB. We keep it with the invoice in our books.
bill-dated = In our books your invoice has the date { $date }, as earlier days are closed there.
bill-pdf-of = Of which invoice
bill-pdf-title = The PDF of { $number }
bill-pdf-add = Hand it in
bill-pdf = The invoice as a PDF
