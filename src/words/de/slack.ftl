### What is posted in Slack; `*` makes bold.

slack-statement = *Abrechnung { $number }* für { $quarter } liegt bereit: Rechnungsbetrag { $amount }.
slack-lead-new = *Neuer Lead* von { $partner }: { $client }. Er wird gerade registriert.
slack-lead-review = *Lead zu prüfen* von { $partner }: { $client }.
slack-deal-without-lead = *Deal { $deal } in HubSpot schließen*: { $partner } hat den Lead für { $client } zurückgezogen, während er registriert wurde.
slack-open-portal = Im Portal öffnen
slack-dispute-opened = *Reklamierter Posten*: { $partner } hat eine Frage zu { $client }, { $month }, { $amount }.
slack-dispute-answered = *Reklamierter Posten*: { $partner } hat zu { $client }, { $month }, { $amount } zurückgeschrieben.
