### What is posted in Slack: a headline, labelled fields, a sentence, a button. No mark-up: the layout is the program's.

slack-open-portal = Open in the portal
slack-more-rows =
    { $count ->
        [one] One more is in the portal.
       *[other] { $count } more are in the portal.
    }
slack-maybe-twice = Slack’s answer to this message was lost once: it may stand here twice.

## Labels

slack-field-partner = Partner
slack-field-client = Client
slack-field-domain = Domain
slack-field-value = Value
slack-field-due = Decide by
slack-field-month = Month
slack-field-amount = Amount
slack-field-statement = Statement
slack-field-bill = Bill
slack-field-others = Other kinds

## To partners

slack-statement = Statement { $number }: { $amount } to invoice
slack-statement-text =
    { $count ->
        [0] { $quarter } is closed. Raise your invoice over { $amount } net in the portal, and we pay it next. These are its lines:
        [one] { $quarter } is closed. Raise your invoice over { $amount } net in the portal: we pay within one day of it. These are its lines:
       *[other] { $quarter } is closed. Raise your invoice over { $amount } net in the portal: we pay within { $count } days of it. These are its lines:
    }
slack-won = Won: { $client }
slack-won-text = Your lead became a client. Your commission for each month is in the portal as the client pays.

## To the vendor’s own people

slack-lead_new = New lead: { $client }
slack-lead_new-text = { $partner } submitted it, and it is being registered in HubSpot.
slack-lead_review = Lead to review: { $client }
slack-lead_review-text = { $partner } submitted it, and a person must decide on it.
slack-deal_without_lead = Close deal { $deal } in HubSpot
slack-deal_without_lead-text = { $partner } withdrew its lead for { $client } while it was being registered.
slack-dispute-opened = Disputed line: { $partner } has a question about { $client }
slack-dispute-answered = Disputed line: { $partner } wrote back about { $client }
slack-bill_differs = Bill { $bill } differs from its statement
slack-exceptions =
    { $count ->
        [one] One new case to look at
       *[other] { $count } new cases to look at
    }
slack-exceptions-text = The first { $count } of them:
