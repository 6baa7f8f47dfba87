### What is posted in Slack: a headline, labelled fields, a sentence, a button. No mark-up: the layout is the program's.

slack-open-portal = Im Portal öffnen
slack-more-rows =
    { $count ->
        [one] Ein weiterer Eintrag steht im Portal.
       *[other] { $count } weitere Einträge stehen im Portal.
    }
slack-maybe-twice = Slacks Antwort auf diese Nachricht ging einmal verloren: Sie steht vielleicht zweimal hier.

## Labels

slack-field-partner = Partner
slack-field-client = Kunde
slack-field-domain = Domain
slack-field-value = Wert
slack-field-due = Entscheiden bis
slack-field-month = Monat
slack-field-amount = Betrag
slack-field-statement = Abrechnung
slack-field-bill = Rechnung
slack-field-others = Andere Arten

## To partners

slack-statement = Abrechnung { $number }: Rechnungsbetrag { $amount }
slack-statement-text =
    { $count ->
        [0] { $quarter } ist abgeschlossen. Stellen Sie Ihre Rechnung über { $amount } netto im Portal, wir bezahlen sie als Nächstes. Das sind die Posten:
        [one] { $quarter } ist abgeschlossen. Stellen Sie Ihre Rechnung über { $amount } netto im Portal: Wir bezahlen sie binnen eines Tages. Das sind die Posten:
       *[other] { $quarter } ist abgeschlossen. Stellen Sie Ihre Rechnung über { $amount } netto im Portal: Wir bezahlen sie binnen { $count } Tagen. Das sind die Posten:
    }
slack-won = Gewonnen: { $client }
slack-won-text = Aus Ihrem Lead ist ein Kunde geworden. Ihre Provision für jeden Monat steht im Portal, sobald der Kunde bezahlt.

## To the vendor’s own people

slack-lead_new = Neuer Lead: { $client }
slack-lead_new-text = { $partner } hat ihn eingereicht, und er wird gerade in HubSpot registriert.
slack-lead_review = Lead zu prüfen: { $client }
slack-lead_review-text = { $partner } hat ihn eingereicht, und ein Mensch muss darüber entscheiden.
slack-deal_without_lead = Deal { $deal } in HubSpot schließen
slack-deal_without_lead-text = { $partner } hat den Lead für { $client } zurückgezogen, während er registriert wurde.
slack-dispute-opened = Reklamierter Posten: { $partner } hat eine Frage zu { $client }
slack-dispute-answered = Reklamierter Posten: { $partner } hat zu { $client } zurückgeschrieben
slack-bill_differs = Rechnung { $bill } weicht von ihrer Abrechnung ab
slack-exceptions =
    { $count ->
        [one] Ein neuer Fall zu prüfen
       *[other] { $count } neue Fälle zu prüfen
    }
slack-exceptions-text = Die ersten { $count } davon:
