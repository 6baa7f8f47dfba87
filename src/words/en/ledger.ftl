## What closing a quarter takes along, and what approving finds changed

close-clawbacks-title =
    { $count ->
        [one] One clawback is taken along.
       *[other] { $count } clawbacks are taken along.
    }
close-clawbacks = Money that went back to a client needs nobody’s approval: whoever closes the quarter approves it. What must wait can be held, with a reason.
notice-lines-changed = Nothing was approved: an amount has changed since the page was shown. Look at it, then approve again.
notice-lines-partly-changed = The lines that had not changed are approved. Of the others, an amount has changed since the page was shown: look at it, then approve again.
error-line-already-held = One of these lines is held already, for another reason. Release it first, or leave it out.
audit-act-make_statement = Made a statement
audit-act-withdraw_lead = Withdrew a lead
audit-act-follow_contact = Followed a contact that was merged in Xero
audit-act-rotate_vault = Sealed every secret under a new key
audit-act-add_person = Added somebody who can sign in

## The ledger

nav-ledger = Ledger
ledger-title = Ledger
ledger-lead = What stood in each account when a day ended. Money only ever moves from one account to another, so each row adds up to nothing.
ledger-as-of = As of the end of { $date }.
ledger-on = As of
ledger-search = Partner
ledger-show = Show
ledger-csv = As CSV
ledger-totals = All partners
ledger-partners = By partner
ledger-partner = Partner
ledger-currency = Currency
ledger-sum = together
ledger-empty-title = Nothing was posted by then
ledger-empty = Choose a later day, or search for another name.
sum-too-large = more than can be added up
error-sum-too-large = The amounts of partner { $partner } in { $currency } add up to more than can be stored. Look for a value with too many digits among its deals and lines, and correct it; nothing was changed.

## Why a line has its amount: how it is computed

line-why-computation = How it is computed
line-why-exact = { $money } and { $fraction } of the smallest unit
line-why-row-plan = Plan
line-why-plan-since = { $plan }, version { $version }, valid from { $date }
line-why-row-base = A month’s value
line-why-row-base-once = The deal’s value
line-why-base-months = { $value } ÷ { $months } months = { $base }
line-why-row-standing = Won before
line-why-standing = { $amount } a month in the twelve months before this deal: here its tiers begin.
line-why-won = { $deal }, won on { $date } at { $value } { $period }
line-why-row-rate = Rate
line-why-row-through = Through this month
line-why-row-before = Before this month
line-why-rounded =
    { $months ->
        [one] One month: { $exact }, rounded { $rounded }
       *[other] { $months } months: { $exact }, rounded { $rounded }
    }
line-why-row-amount = This month
line-why-row-cap = Cap
line-why-cap-left = The plan pays { $cap } a deal at most, and { $used } of it were earned before: this line holds the rest.
line-why-row-share = Share
line-why-share = { $rate } of { $whole }: { $amount }
line-why-row-before-start = Before the start
line-why-before-start = The deal starts on { $start } by now, so nothing is due for this month any more.
line-why-row-frozen = As stated
line-why-frozen = On its statement it stands as it was then. What has changed since is a line of its own.
line-why-row-bonus = Bonus
line-why-row-reason = Reason
line-why-row-difference = Difference
line-why-adjusted = { $after } by what the deal says now, less { $before } until then: { $amount }
line-why-clawed = Of { $before } on statements the client’s money still reaches { $after }: { $amount }
line-why-given-back = The client’s money reaches { $after } again, of which { $before } was left: { $amount }
line-why-row-corrected = Corrected
line-why-entered-by = entered by { $person }

## What a line has passed

line-why-gates = What it has passed
line-why-passed = Yes
line-why-open-gate = Not yet
line-why-stopped = Stopped
line-why-gate-month = Month ended
line-why-month-ends = on { $date }
line-why-gate-covered = Paid by the client
line-why-no-money-needed = Waits for no money of the client.
line-why-money-gone = { $collected } of { $needed } are in: the money went away after the line was stated, and the line is taken back by another.
line-why-gate-held = Not held
line-why-not-held = Nobody holds it.
line-why-gate-disputed = Not disputed
line-why-not-disputed = Nobody disputes it.
line-why-disputed-since = disputed since { $date }
line-why-gate-approved = Approved
line-why-gate-stated = On a statement
line-why-gate-billed = Invoiced
line-why-gate-paid = Paid to the partner

## What a line rests on

line-why-inputs = What it rests on ({ $count })
line-why-object-credit = Credit note { $number }
line-why-object-waiver = Waived by { $person }
line-why-property-won = Won on
line-why-property-start = Start
line-why-property-end = End
line-why-property-tier = Rate from { $from } a month
line-why-property-tolerance = Tolerance
line-why-property-prepaid = Prepayments and overpayments
line-why-property-how = Linked by
line-why-property-part = This deal’s part
line-why-property-refunded = Refunded in cash
line-why-how-person = a person
line-why-how-reference = its reference
line-why-how-contact = the client’s contact
line-why-how-invoice = its invoice
