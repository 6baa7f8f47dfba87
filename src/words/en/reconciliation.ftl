## Cases: filters, acts, who did what

reconciliation-none-title = Nothing of that kind
reconciliation-none = No case fits these filters.
reconciliation-settled-title = Nothing settled yet
reconciliation-settled-none = What was settled stands here: who did it, when and how.
reconciliation-age-any = Any age
reconciliation-age = { $days } days or older
reconciliation-age-label = Age
reconciliation-open = Open
reconciliation-settled = Settled
reconciliation-list-label = Open or settled
reconciliation-open-case = All that can be done
reconciliation-from-until = { $from } to { $until }
reconciliation-case = The case
exception-number-refunded = Paid back, with tax
exception-number-shared = Parts together
exception-act-chase = { $date }: { $person } sent a mail about it to { $recipient }.
exception-act-decide_merger = { $date }: { $person } decided which deal goes on.
exception-act-dismiss_exception = { $date }: { $person } let it stand.
exception-act-follow_start = { $date }: { $person } had the lines follow the new start.
exception-act-keep_unchanged = { $date }: { $person } kept it as it was.
exception-act-link_invoice = { $date }: { $person } linked the invoice to a deal.
exception-act-link_refund = { $date }: { $person } linked the credit note to a deal.
exception-act-say_no_deal = { $date }: { $person } said that the invoice belongs to no deal.
exception-act-split_invoice = { $date }: { $person } divided the invoice between deals.
exception-act-take_back_waiver = { $date }: { $person } took a waiver back.
exception-act-unlink_invoice = { $date }: { $person } took the invoice’s link back.
exception-act-unlink_refund = { $date }: { $person } took the credit note’s link back.
exception-act-waive = { $date }: { $person } waived what a month lacked.
exception-resolution-fixed = It fits now.
exception-resolution-bill_voided = The bill was voided.
exception-resolution-bill_unnamed = The bill names no statement any more.
exception-resolution-bill_made = The bill is in Xero.
exception-resolution-withdrawn = The invoice was withdrawn.
exception-resolution-invoiced_again = It is invoiced again.
exception-resolution-not_won = The deal is not won any more.
exception-resolution-dismissed = It stays settled until its numbers change.
exception-resolution-kept = It stays settled until HubSpot’s deal changes.
exception-resolution-decided = Decided.
exception-resolution-followed = The lines follow HubSpot.
case-open-deal = { $deal } in HubSpot
case-open-invoice = { $number } in Xero
case-open-credit = { $number } in Xero
case-link = Link to a deal
case-link-what = Its whole net counts for the deal you choose, and nothing overrules that. The deal’s lines are computed again.
case-search-deal = Other deals: client, name or number in HubSpot
case-split = Divide between deals
case-split-what = Say how much of the net is for which deal. What is left counts for none of them.
case-split-deal = Deal
case-split-none = No deal
case-split-amount = Net amount
case-split-net = Invoice, net
case-split-sum = Divided
case-split-rest = Left over
case-split-submit = Divide the invoice
case-unlink = Take the link back
case-unlink-what = A person said what this invoice is for. Without that, its reference and its contact decide again.
case-unlink-submit = Take the link back
case-link-invoice = Link an invoice
case-link-invoice-what = The client may pay through another contact. These invoices belong to no deal; those of exactly one or several of the missing months come first.
case-search-invoice = Number, contact or reference
case-no-invoices = No invoice of the right amount was found. Search for its number or contact.
case-invoice-fits = { $months ->
    [one] exactly one month
   *[other] exactly { $months } months
}
case-link-this = Link this invoice
case-chase = Chase the money
case-chase-what = Write to the account owner in HubSpot. You see the mail before it leaves.
case-waive = Waive what is missing
case-waive-what = The month then counts as paid, and the partner earns its whole commission. The client’s invoice in Xero stays as it is. What the tolerance forgave of earlier months is waived with it.
case-month = Month
case-waive-month = { $month }: { $amount } missing
case-waive-reason = Why need it not be collected?
case-waive-submit = Waive
case-take-back = Take a waiver back
case-take-back-what = What was waived is missing again. Lines that only the waiver covered wait for the client’s payment again.
case-take-back-reason = Why is it taken back?
case-take-back-submit = Take the waiver back
case-decision-reason = Reason
case-merge = Decide whose deal it is
case-merge-what = Until then nothing of either deal can be approved or stated. What the client has paid for stays with the partner it was earned by; the other deal’s further months are cancelled.
case-merge-decision = Which partner’s deal goes on?
case-merge-choose = Choose
case-merge-survivor = { $goes } goes on, the deal of { $ends } ends
case-merge-other = { $goes } goes on with the merged deal, the deal of { $ends } ends
case-merge-submit = Decide
case-keep = Keep it as it is
case-keep-what = The lines stay as they are, whatever HubSpot says now. You are asked again when HubSpot’s deal changes.
case-keep-submit = Keep as it is
case-follow = Follow HubSpot
case-follow-what = All lines are made again from the new start. What the client has paid covers them anew from the first month on; approved lines must be approved again.
case-follow-stated = A line is on a statement already, and those never move. Keep the old start, or correct it in HubSpot.
case-follow-submit = Move all lines to the new start
case-dismiss = Let it stand
case-dismiss-what = Nothing is changed. The case is raised again when its numbers change.
case-dismiss-submit = Let it stand

## What an invoice is for

invoice-lead = For which deal its money counts. What a person says here is not overruled.
invoice-date = Issued
invoice-for = Counts for
invoice-change = Change what it is for
case-no-deal = It belongs to no deal
case-no-deal-what = The vendor sells this client other things too. Its money counts for no deal then, whatever its reference and its contact say.
case-no-deal-submit = Belongs to no deal
case-invoices = Invoices of this deal
case-invoices-what = Most were linked by their reference or contact. One that is not this deal’s is the usual cause: say what it is for.

## The mail to the account owner

chase-title = Write to the account owner
chase-lead = Drafted from the numbers of the case. Change what you like.
chase-recipient = To
chase-recipient-hint = The owner of the deal in HubSpot; your own address stands here first.
chase-subject-label = Subject
chase-text = Text
chase-what = The portal sends it and keeps who was written to, and when.
chase-own-program = Use my mail program
chase-send = Send the mail
chase-subject = Payment of { $about }
chase-greeting = Hello,
chase-deal = Deal: { $deal } ({ $number }).
chase-missing = { $month }: { $amount } missing, net
chase-please = Could you ask the client when we can expect the money? The partner’s commission waits for it.

## The explorer

explorer-title = Clients’ money
explorer-lead = What each month expects, and where every invoice and payment went. The buckets always add up; each number opens its evidence.
explorer-of-client = All of this client’s money
explorer-csv = Download as CSV
explorer-empty-title = No client fits
explorer-empty = Clients stand here once a deal of theirs is won. Change the filters to see others.
explorer-client = Client
explorer-partner = Partner
explorer-currency = Currency
explorer-from = From
explorer-until = Until
explorer-misfits = Only what does not fit
explorer-show = Show
explorer-month = Month
explorer-expected = Expected
explorer-invoiced = Invoiced
explorer-credited = Credited
explorer-collected = Collected
explorer-unallocated = Not allocated
explorer-waived = Waived
explorer-missing = Missing
explorer-sum = Sum
explorer-earlier = Earlier months
explorer-later = Later months
explorer-rest = No month needs it
explorer-evidence = what it is made of
explorer-equation = { $invoiced } invoiced = { $credited } credited + { $collected } collected + { $unallocated } not allocated + { $refunded } paid back + { $open } still open. All net.
explorer-deals = What HubSpot says
explorer-deal-dates = won { $won }, first day { $start }, last day { $last }
explorer-column-document = Document
explorer-column-status = Status in Xero
explorer-column-deal = Deal
explorer-column-how = Linked by
explorer-column-amount = Amount, net
explorer-document-invoice = Invoice
explorer-document-refund = Credit note, paid back
explorer-how-person = a person
explorer-how-invoice = its invoice
explorer-how-reference = the reference
explorer-how-contact = the contact
explorer-how-no-deal = a person: no deal
explorer-how-nobody = nobody yet
explorer-missing-hint = A month lacks what is neither waived nor collected. Months that have not ended are not due yet. What can be done stands with its case:
explorer-waived-by = { $person }, { $date }: “{ $reason }”

## Refusals and notices

error-line-of-merged-deal = HubSpot merged this deal with another partner’s. Decide first whose it is, under Reconciliation.
error-not-linked-by-person = Nobody linked this by hand, so there is nothing to take back.
error-nothing-waived = Nothing of this month is waived. Load the page again.
error-start-stated = A line is on a statement by now, so the lines cannot move any more.
notice-link-taken-back = The link is taken back. The reference and the contact decide again.
notice-month-waived = Waived. The month counts as paid.
notice-waiver-taken-back = The waiver is taken back.
notice-exception-chased = The mail is on its way.
notice-exception-dismissed = It stands as it is, until its numbers change.
notice-merger-decided = Decided. The lines of both deals are computed again.
notice-change-kept = Kept as it was, until HubSpot’s deal changes.
