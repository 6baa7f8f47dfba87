## Der Auszahlungskalender

payout-title = Auszahlungskalender
payout-lead = Wann jedes Quartal abgeschlossen wird und wann das Geld kommt.
payout-ahead-title = Offene Quartale
payout-past-title = Frühere Quartale
payout-column-quarter = Quartal
payout-column-until = Bezahlt und freigegeben bis
payout-column-close = Abschluss
payout-column-statement = Abrechnung
payout-column-paid = Geld bis
payout-column-closed = Abgeschlossen
payout-column-your-statement = Ihre Abrechnung
payout-phase-closing = Im Abschluss
payout-phase-running = Läuft
payout-phase-coming = Kommt
payout-late-until = Noch offen
payout-late-close = Fällig seit { $date }
payout-late-statement = Mit dem Abschluss
payout-days-after =
    { $count ->
        [one] Einen Tag nach Ihrer Rechnung
       *[other] { $count } Tage nach Ihrer Rechnung
    }
payout-not-closed = Nicht abgeschlossen
payout-column-planned = Geplant für
payout-no-statement = Keine
payout-to-statements = Seine Abrechnungen
payout-rules-title = So läuft es ab
payout-rule-close =
    { $count ->
        [one] Ein Quartal wird einen Tag nach seinem Ende abgeschlossen. Was Ihr Kunde bis dahin bezahlt hat und wir freigegeben haben, steht auf der Abrechnung; alles andere kommt auf die nächste.
       *[other] Ein Quartal wird { $count } Tage nach seinem Ende abgeschlossen. Was Ihr Kunde bis dahin bezahlt hat und wir freigegeben haben, steht auf der Abrechnung; alles andere kommt auf die nächste.
    }
payout-rule-statement = Die Abrechnung kommt am Tag des Abschlusses per E-Mail. Eine Summe unter dem Mindestbetrag kommt auf die nächste.
payout-rule-paid =
    { $count ->
        [one] Wir zahlen innerhalb eines Tages nach Ihrer Rechnung. „Geld bis“ zählt ab einer Rechnung vom Tag der Abrechnung.
       *[other] Wir zahlen innerhalb von { $count } Tagen nach Ihrer Rechnung. „Geld bis“ zählt ab einer Rechnung vom Tag der Abrechnung.
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
