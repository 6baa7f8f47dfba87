## Heute

today-title = Heute
today-lead =
    { $count ->
        [0] { $date }. Nichts wartet auf Sie.
        [one] { $date }. Eines wartet auf Sie.
       *[other] { $date }. { $count } Vorgänge warten auf Sie.
    }
today-leads = Leads zu prüfen
today-lines = Posten freizugeben
today-lines-sum =
    { $partners ->
        [one] { $amount } für einen Partner
       *[other] { $amount } für { $partners } Partner
    }
today-exceptions = Klärungsfälle
today-exceptions-old =
    { $count ->
        [one] Einer ist älter als eine Woche
       *[other] { $count } sind älter als eine Woche
    }
today-bills = Eingangsrechnungen, die nicht stimmen
today-failed = Fehlgeschlagene Zustellungen
today-overdue =
    { $count ->
        [one] Einer überfällig
       *[other] { $count } überfällig
    }
today-nothing-waits = Nichts wartet.
today-all-leads = Alle Leads
today-quarter-ends =
    { $days ->
        [0] Endet heute.
        [one] Endet morgen.
       *[other] Endet in { $days } Tagen.
    }
today-quarter-ended = Endete am { $date } und kann abgeschlossen werden.
today-to-state = Abzurechnen
today-carried-over = Übertrag
today-still-awaiting = Zahlung steht aus
today-preview = Vorschau
today-systems = Systeme

## Leads in Prüfung

review-title = Leads
review-lead = Leads, über die jemand entscheiden muss, die dringendsten zuerst.
review-tab-review = Zu prüfen
review-tab-all = Alle
review-from = Von { $partner }
review-due = Fällig am { $date }
review-overdue = Überfällig seit { $date }
review-reason = Grund der Prüfung
review-claim-until = Der Kundenschutz von { $partner } läuft bis { $date }.
review-accept = Annehmen
review-accept-hint = Der Lead wird in HubSpot registriert, und der Partner erfährt davon.
review-reject = Ablehnen …
review-reject-title = Diesen Lead ablehnen
review-reject-reason = Grund, für den Partner
review-reject-reason-hint = Der Partner liest diesen Satz. Nennen Sie keinen anderen Partner.
review-reject-submit = Lead ablehnen
review-empty-title = Kein Lead wartet auf Sie
review-empty = Neue, die eine Entscheidung brauchen, erscheinen hier von selbst.
review-column-partner = Partner
review-column-client = Kunde
review-column-due = Fällig

## Partner

partner-list-title = Partner
partner-list-lead =
    { $count ->
        [one] Ein Unternehmen, davon { $enrolled } im Programm.
       *[other] { $count } Unternehmen, davon { $enrolled } im Programm.
    }
partner-list-search-label = Partner durchsuchen
partner-list-search-placeholder = Name oder Domain
partner-list-column-partner = Partner
partner-list-column-plan = Plan
partner-list-column-leads = Offene Leads
partner-list-column-earned = Verdient
partner-list-column-state = Status
partner-list-empty-title = Noch keine Partner
partner-list-empty = Legen Sie den ersten an und nehmen Sie ihn mit einem Plan ins Programm auf.
partner-state-enrolled = Im Programm
partner-state-not-enrolled = Nicht im Programm
partner-state-left = Ausgeschieden
partner-add-title = Partner anlegen
partner-add-lead = Die Leitung des Unternehmens erhält eine Einladung per E-Mail.
partner-add-name = Name
partner-add-legal-name = Firma laut Register
partner-add-domain = Domain
partner-add-country = Land
partner-add-billing-email = E-Mail für Abrechnungen
partner-add-owner-email = E-Mail der Leitung
partner-add-owner-email-hint = Erhält die Einladung.
partner-add-submit = Partner anlegen
partner-enrol-title = { $partner } ins Programm aufnehmen
partner-enrol-plan = Plan
partner-enrol-from = Ab
partner-enrol-from-hint = Leads und Deals zählen ab diesem Tag.
partner-enrol-submit = Aufnehmen
partner-enrolment = Teilnahme
partner-enrolment-since = { $plan } seit { $date }
partner-enrolment-none = Nicht im Programm: Anmelden ist möglich, Leads einreichen nicht.
partner-enrolment-ended = Beendet am { $date }
partner-team = Team
partner-statements = Abrechnungen
partner-xero-contact = Xero-Kontakt

## Posten: freigeben, anhalten, fortsetzen

approval-title = Posten
approval-lead =
    { $count ->
        [0] Kein Posten wartet auf Freigabe.
        [one] Ein Posten ist gedeckt und wartet auf Freigabe.
       *[other] { $count } Posten sind gedeckt und warten auf Freigabe.
    }
approval-filter-label = Nach Status filtern
approval-search-label = Posten durchsuchen
approval-search-placeholder = Partner, Kunde oder Deal
approval-month = Monat
approval-all-months = Alle Monate
approval-table-label = Posten
approval-column-select = Auswählen
approval-column-partner = Partner
approval-select-line = { $client }, { $month }
approval-select-hint = Markieren Sie Posten, um sie freizugeben oder anzuhalten.
approval-selected = ausgewählt
approval-approve = Freigeben
approval-approve-all =
    { $count ->
        [one] Den gedeckten freigeben
       *[other] Alle gedeckten freigeben ({ $count })
    }
approval-hold = Anhalten …
approval-hold-title = Ausgewählte Posten anhalten
approval-hold-hint = Sie kommen auf keine Abrechnung, bis jemand sie fortsetzt. Der Partner sieht den Grund.
approval-hold-reason = Grund
approval-hold-submit = Posten anhalten
approval-release = Fortsetzen
approval-held-by = Angehalten von { $person } am { $date }: { $reason }
approval-approved-by = Freigegeben von { $person } am { $date }
approval-empty-title = Hier sind keine Posten
approval-empty = Zu dieser Auswahl gibt es nichts.

## Zahlungsabgleich

reconciliation-title = Zahlungsabgleich
reconciliation-lead = Wo das Geld des Kunden und der Deal nicht zusammenpassen.
reconciliation-filter-label = Nach Art filtern
reconciliation-read = Xero gelesen: { $ago }
reconciliation-read-again = Neu einlesen
reconciliation-reading = Xero wird gelesen; die Seite aktualisiert sich von selbst.
reconciliation-empty-title = Alles passt zusammen
reconciliation-empty = Jede Rechnung gehört zu einem Deal und jede Zahlung zu ihren Monaten.
reconciliation-partner = Partner: { $partner }
reconciliation-evidence = Nachweise
reconciliation-since = seit { $date }
exception-number-needed = Nötig bis { $month }
exception-number-collected = Eingegangen
exception-number-tolerance = Toleranz
exception-number-missing = Es fehlen
exception-number-difference = Differenz
exception-number-invoice = Rechnung, netto
exception-number-paid = Bezahlt
exception-number-deal-month = Deal, im Monat
exception-number-deal-currency = Währung des Deals
exception-number-invoice-currency = Währung der Rechnung
exception-number-statement = Abrechnung, netto
exception-number-bill = Eingangsrechnung, netto
exception-number-due = Fällig
exception-act-link = Diesem Deal zuordnen
exception-act-link-choose = Welcher Deal?
exception-act-link-option = Deal { $deal }, { $amount } im Monat
exception-act-link-proposed = Vorschlag
exception-act-unlink = Gehört zu keinem Deal
exception-act-waive = Verzichten …
exception-act-waive-title = Auf die Differenz verzichten
exception-act-waive-hint = Die Monate gelten als gedeckt, obwohl { $amount } fehlen. Der Grund wird mit Ihrem Namen festgehalten.
exception-act-split = Aufteilen …
exception-act-chase = Kunden erinnern
exception-act-dismiss = Gesehen
exception-act-reason = Grund

exception-no_invoice_yet = Noch keine Rechnung
exception-no_invoice_yet-what = Der Deal mit { $client } ist seit { $date } gewonnen, in Xero wurde aber noch keine Rechnung dazu gefunden.
exception-no_invoice_yet-do = Stellen Sie die Rechnung in Xero mit der Nummer des Deals als Referenz, oder ordnen Sie eine vorhandene zu.
exception-invoice_overdue = Überfällig
exception-invoice_overdue-what =
    { $days ->
        [one] { $invoice } an { $client } ist seit einem Tag überfällig.
       *[other] { $invoice } an { $client } ist seit { $days } Tagen überfällig.
    }
exception-invoice_overdue-do = Erinnern Sie den Kunden. Die Posten des Partners warten, bis das Geld da ist.
exception-underpaid = Zu wenig bezahlt
exception-underpaid-what = Auf die Rechnungen an { $client } ist weniger eingegangen, als die Monate bis { $month } brauchen.
exception-underpaid-do = Fordern Sie den Rest ein, ordnen Sie eine weitere Rechnung zu, oder verzichten Sie mit Begründung auf die Differenz.
exception-differs_from_deal = Weicht vom Deal ab
exception-differs_from_deal-what = { $invoice } an { $client } lautet auf einen anderen Betrag als der Deal.
exception-differs_from_deal-do = Korrigieren Sie den Deal in HubSpot oder die Rechnung in Xero; die Posten folgen dem Geld, das eingeht.
exception-other_currency = Andere Währung
exception-other_currency-what = { $invoice } an { $client } lautet auf eine andere Währung als der Deal; ihre Zahlungen zählen deshalb nicht.
exception-other_currency-do = Stellen Sie die Rechnung in der Währung des Deals, oder ändern Sie die Währung des Deals in HubSpot.
exception-invoice_without_deal = Rechnung ohne Deal
exception-invoice_without_deal-what = { $invoice } an { $client } gehört zu keinem Deal, den das Portal kennt.
exception-invoice_without_deal-do = Ordnen Sie sie einem Deal zu, oder vermerken Sie, dass sie zu keinem gehört.
exception-several_deals_possible = Mehrere Deals möglich
exception-several_deals_possible-what = { $invoice } könnte zu mehreren offenen Deals mit { $client } gehören.
exception-several_deals_possible-do = Wählen Sie den Deal. Der vorgeschlagene kommt dem Betrag am nächsten.
exception-deal_amount_missing = Deal ohne Betrag
exception-deal_amount_missing-what = Der Deal mit { $client } ist gewonnen, hat aber keinen Betrag; ohne ihn lassen sich keine Posten berechnen.
exception-deal_amount_missing-do = Tragen Sie Betrag und Währung des Deals in HubSpot ein.
exception-billing_period_missing = Abrechnungszeitraum fehlt
exception-billing_period_missing-what = Der Deal mit { $client } ist gewonnen, sagt aber nicht, wie oft sein Betrag berechnet wird.
exception-billing_period_missing-do = Tragen Sie den Abrechnungszeitraum des Deals in HubSpot ein: eine Zahl von Monaten oder einmalig.
exception-not_enrolled_when_won = Beim Gewinn nicht im Programm
exception-not_enrolled_when_won-what = { $partner } nahm am { $date }, als der Deal mit { $client } gewonnen wurde, nicht am Programm teil.
exception-not_enrolled_when_won-do = Nehmen Sie den Partner ab diesem Tag oder früher auf, wenn ihm Provision zusteht; sonst vermerken Sie den Fall als gesehen.
exception-currency_changed = Währung geändert
exception-currency_changed-what = Die Währung des Deals mit { $client } hat sich von { $from } zu { $to } geändert, obwohl daraus bereits etwas verdient ist.
exception-currency_changed-do = Stellen Sie in HubSpot die alte Währung wieder ein, oder legen Sie für die neue einen eigenen Deal an.
exception-start_changed = Beginn verschoben
exception-start_changed-what = Der Beginn des Deals mit { $client } wurde von { $from } auf { $to } verschoben, obwohl daraus bereits etwas verdient ist. Der alte Beginn gilt weiter.
exception-start_changed-do = Stellen Sie in HubSpot den alten Beginn wieder ein, oder vermerken Sie den Fall als gesehen.
exception-deals_merged = Deals zusammengeführt
exception-deals_merged-what = Der Deal mit { $client } von { $other } wurde in HubSpot mit „{ $into }“ von { $partner } zusammengeführt.
exception-deals_merged-do = Entscheiden Sie, zu welchem Partner der Deal gehört. Vorher bewegt sich kein Geld.
exception-bill_differs_from_statement = Rechnung weicht von der Abrechnung ab
exception-bill_differs_from_statement-what = Die Eingangsrechnung { $invoice } von { $partner } stimmt nicht mit Abrechnung { $statement } überein.
exception-bill_differs_from_statement-do = Korrigieren Sie die Eingangsrechnung in Xero, oder bitten Sie den Partner um eine neue Rechnung. Bis dahin bleibt alles, wie es ist.
exception-bill_voided = Eingangsrechnung storniert
exception-bill_voided-what = Die Eingangsrechnung { $invoice } von { $partner } zu Abrechnung { $statement } wurde in Xero storniert.
exception-bill_voided-do = Bitten Sie den Partner um eine neue Rechnung; die Abrechnung ist wieder offen.

## Quartalsabschluss

close-title = { $quarter } abschließen
close-lead = { $from } bis { $to }. Es wird nichts geschrieben, bevor Sie bestätigen.
close-still-awaiting-title =
    { $count ->
        [one] Für einen Posten steht die Zahlung noch aus.
       *[other] Für { $count } Posten steht die Zahlung noch aus.
    }
close-still-awaiting = Sie bleiben offen und kommen auf eine spätere Abrechnung.
close-still-covered-title =
    { $count ->
        [one] Ein gedeckter Posten ist nicht freigegeben.
       *[other] { $count } gedeckte Posten sind nicht freigegeben.
    }
close-still-covered = Was vor dem Abschluss nicht freigegeben ist, kommt auf die nächste Abrechnung.
close-column-partner = Partner
close-column-currency = Währung
close-column-lines = Posten
close-column-approved = Freigegeben
close-column-clawbacks = Rückbelastungen
close-column-total = Rechnungsbetrag
close-column-result = Ergebnis
close-result-new = Neue Abrechnung
close-result-carried-over = Übertrag
close-result-existing = Auf { $number }
close-reason-below-minimum = Unter dem Mindestbetrag von { $amount }
close-reason-negative = Negativ
close-preview-label = Vorschau
close-telling =
    { $count ->
        [0] Niemand wird benachrichtigt: Es entsteht keine Abrechnung.
        [one] Ein Partner erhält eine E-Mail und eine Slack-Nachricht. Erneutes Abschließen ändert nichts.
       *[other] { $count } Partner erhalten eine E-Mail und eine Slack-Nachricht. Erneutes Abschließen ändert nichts.
    }
close-submit = Quartal abschließen
close-already-done = { $quarter } wurde am { $date } abgeschlossen. Es hat sich nichts geändert, und niemand wurde erneut benachrichtigt.
close-not-ended = { $quarter } endet am { $date }. So sähe die Abrechnung heute aus.
close-empty = Es gibt keinen freigegebenen Posten, der abzurechnen wäre.

## Provisionspläne

plan-list-title = Provisionspläne
plan-list-lead = Wie Provision berechnet wird. Ein gewonnener Deal behält die Fassung vom Tag des Gewinns.
plan-add-title = Neuer Plan
plan-name = Name
plan-version = Fassung { $version }
plan-version-from = Fassung { $version }, ab { $date }
plan-new-version-title = Nächste Fassung
plan-new-version-hint = Neue Deals nutzen sie ab dem Tag, an dem sie beginnt. Gewonnene Deals behalten ihre.
plan-rate = Satz
plan-rate-hint = Anteil am monatlichen Wert des Deals, in Prozent.
plan-months = Laufzeit in Monaten
plan-months-hint = Leer: solange der Kunde bezahlt.
plan-months-none = Solange der Kunde bezahlt
plan-months-count =
    { $count ->
        [one] Ein Monat
       *[other] { $count } Monate
    }
plan-cap = Obergrenze je Deal
plan-cap-currency = Währung der Obergrenze
plan-cap-none = Keine Obergrenze
plan-tolerance = Toleranz
plan-tolerance-hint = Um wie viel Prozent die Zahlung eines Kunden unter dem Wert eines Monats liegen darf. Leer: 1.
plan-valid-from = Beginnt am
plan-partners =
    { $count ->
        [one] Ein Partner
       *[other] { $count } Partner
    }
plan-submit = Fassung veröffentlichen
plan-create = Plan anlegen

## Anbindungen

integration-title = Anbindungen
integration-lead = Was hinausgeht, was hereinkommt, und ob es fließt.
integration-column-system = System
integration-column-last-success = Letzter Erfolg
integration-column-waiting = Wartend
integration-column-failed = Fehlgeschlagen
integration-column-state = Status
integration-hubspot = HubSpot
integration-xero = Xero
integration-slack = Slack
integration-mail = E-Mail
integration-books = Hintergrundarbeit
integration-webhooks = Eingehende Webhooks
integration-sandbox = Sandbox
integration-state-healthy = In Ordnung
integration-state-retrying = Neuer Versuch läuft
integration-state-failing = Gestört
integration-state-not-connected = Nicht verbunden
integration-failing-title = { $system } nimmt nicht an, was wir senden.
integration-failing =
    { $count ->
        [one] Nichts ging verloren: Eine Zustellung wartet. Beheben Sie die Störung und starten Sie dann einen neuen Versuch.
       *[other] Nichts ging verloren: { $count } Zustellungen warten. Beheben Sie die Störung und starten Sie dann einen neuen Versuch.
    }
integration-failed-title = Fehlgeschlagene Zustellungen
integration-failed-column-what = Was
integration-failed-column-error = Letzte Antwort
integration-failed-column-attempts = Versuche
integration-failed-column-since = Seit
integration-failed-empty = Nichts ist fehlgeschlagen.
integration-retry = Erneut versuchen
integration-retry-all =
    { $count ->
        [one] Erneut versuchen
       *[other] Alle { $count } erneut versuchen
    }
integration-next-attempt = Nächster Versuch um { $time }
