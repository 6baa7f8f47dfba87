## Der Auszahlungskalender

payout-title = Auszahlungskalender
payout-lead = Wann jedes Quartal abgeschlossen wird und wann das Geld kommt.
payout-ahead-title = Offene Quartale
payout-past-title = Abgeschlossene Quartale
payout-column-quarter = Quartal
payout-column-until = Zahlung und Freigabe bis
payout-column-close = Abschluss und Abrechnung
payout-column-paid = Geld bis
payout-column-closed = Abgeschlossen
payout-column-your-statement = Ihre Abrechnung
payout-phase-closing = Im Abschluss
payout-phase-running = Läuft
payout-phase-coming = Kommt
payout-late-until = Noch offen
payout-late-close = Fällig seit { $date }
payout-days-after =
    { $count ->
        [one] Einen Tag nach der Rechnung
       *[other] { $count } Tage nach der Rechnung
    }
payout-not-closed = Nicht für sich abgeschlossen
payout-past-empty-title = Noch kein Quartal abgeschlossen
payout-past-empty = Sobald es eines ist, steht hier, wann.
payout-column-planned = Geplant für
payout-no-statement = Keine
payout-to-quarter = Öffnen
payout-rules-title = So läuft es ab
payout-rule-close =
    { $count ->
        [one] Ein Quartal wird einen Tag nach seinem Ende abgeschlossen. Was Kunden bis dahin bezahlt und wir freigegeben haben, steht auf der Abrechnung; alles andere kommt auf die nächste.
       *[other] Ein Quartal wird { $count } Tage nach seinem Ende abgeschlossen. Was Kunden bis dahin bezahlt und wir freigegeben haben, steht auf der Abrechnung; alles andere kommt auf die nächste.
    }
payout-rule-statement = Die Abrechnung kommt am Tag des Abschlusses per E-Mail. Eine Summe unter dem Mindestbetrag kommt auf die nächste.
payout-rule-paid =
    { $count ->
        [one] Wir zahlen innerhalb eines Tages nach der Rechnung. „Geld bis“ zählt ab einer Rechnung vom Tag der Abrechnung.
       *[other] Wir zahlen innerhalb von { $count } Tagen nach der Rechnung. „Geld bis“ zählt ab einer Rechnung vom Tag der Abrechnung.
    }
payout-rule-zone = Tage beginnen und enden in der Zeitzone { $zone }.
payout-after-invoice =
    { $count ->
        [one] Wir zahlen innerhalb eines Tages danach.
       *[other] Wir zahlen innerhalb von { $count } Tagen danach.
    }
payout-money-by = Das Geld ist bis zum { $date } da.
payout-next = Nächste Abrechnung: { $date }
payout-next-late = Das Quartal wird gerade abgeschlossen
