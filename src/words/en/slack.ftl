### What is posted in Slack; `*` makes bold.

slack-statement = *Statement { $number }* for { $quarter } is ready: { $amount } to invoice.
slack-lead-new = *New lead* from { $partner }: { $client }. It is being registered.
slack-lead-review = *Lead to review* from { $partner }: { $client }.
slack-deal-without-lead = *Close deal { $deal } in HubSpot*: { $partner } withdrew its lead for { $client } while it was being registered.
slack-open-portal = Open in the portal
slack-dispute-opened = *Disputed line*: { $partner } has a question about { $client }, { $month }, { $amount }.
slack-dispute-answered = *Disputed line*: { $partner } wrote back about { $client }, { $month }, { $amount }.
