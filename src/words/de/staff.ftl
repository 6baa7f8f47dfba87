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
today-preview = Vorschau
today-systems = Systeme
today-bills-open = Offene Eingangsrechnungen
today-held =
    { $count ->
        [one] Einer ist angehalten
       *[other] { $count } sind angehalten
    }
today-newest = Neueste Leads
today-not-approved = Gedeckt, nicht freigegeben
today-held-lines = Angehalten
today-review = Prüfen
today-review-label = { $client } prüfen

## Leads in Prüfung

review-title = Leads
review-tab-all = Alle
review-from = Von { $partner }
review-due = Fällig am { $date }
review-overdue = Überfällig seit { $date }
review-reason = Grund der Prüfung
review-accept = Annehmen
review-accept-hint = Der Lead wird in HubSpot registriert, und der Partner erfährt davon.
review-reject = Ablehnen …
review-reject-reason = Grund, für den Partner
review-reject-reason-hint = Der Partner liest diesen Satz. Nennen Sie keinen anderen Partner.
review-reject-submit = Lead ablehnen
review-empty-title = Kein Lead wartet auf Sie
review-empty = Neue, die eine Entscheidung brauchen, erscheinen hier von selbst.
review-column-partner = Partner
staff-leads-lead = Alle Leads aller Partner, die neuesten zuerst.
staff-leads-empty-title = Hier sind keine Leads
staff-leads-empty = Sobald ein Partner einen einreicht, erscheint er hier von selbst.
staff-lead-hubspot-deal = HubSpot-Deal
staff-lead-hubspot-contact = HubSpot-Kontakt
staff-page-first = Erste Seite

## Partner

partner-list-title = Partner
reach-managers-title = Was die Partnerbetreuung sieht
reach-managers-lead = Wer einen Partner betreut, wird auf dessen Seite gewählt.
reach-managers = Die Partnerbetreuung sieht
reach-managers-all = alle Partner
reach-managers-own = nur die selbst betreuten Partner
manager-title = Partnerbetreuung
manager-label = Wer diesen Partner betreut
manager-nobody = Niemand
partner-list-column-partner = Partner
partner-list-column-plan = Plan
partner-list-column-state = Status
partner-list-empty-title = Noch keine Partner
partner-list-empty = Legen Sie den ersten an und nehmen Sie ihn mit einem Plan ins Programm auf.
partner-state-enrolled = Im Programm
partner-state-not-enrolled = Nicht im Programm
partner-add-title = Partner anlegen
partner-add-lead = Die Menschen laden Sie danach auf der Seite des Partners ein.
partner-edit-title = Angaben ändern
partner-add-submit = Partner anlegen
partner-enrol-title = { $partner } ins Programm aufnehmen
partner-enrol-plan = Plan
partner-enrol-from = Ab
partner-enrol-from-hint = Leads und Deals zählen ab diesem Tag.
partner-enrol-submit = Aufnehmen
partner-enrolment-since = { $plan } seit { $date }
partner-enrolment-none = Nicht im Programm: Anmelden ist möglich, Leads einreichen nicht.
partner-team = Team
partner-xero-contact = Xero-Kontakt
staff-partners-lead = Die Unternehmen im Netzwerk und ihre Provisionspläne.
partner-list-column-since = Seit
staff-partner-lines = Alle Posten
staff-partner-money = Geld in { $currency }
staff-partner-no-lines-title = Noch keine Provision
staff-partner-no-lines = Posten erscheinen, sobald ein Deal des Partners gewonnen ist.
staff-partner-no-team-title = Noch kann sich niemand anmelden
staff-partner-no-team = Laden Sie zuerst die Leitung ein: Sie kümmert sich dann um das Team.
staff-partner-invited = Eingeladen; der Link gilt bis { $date }

## Posten: freigeben, anhalten, fortsetzen

approval-title = Posten
approval-lead =
    { $count ->
        [0] Kein Posten wartet auf Freigabe.
        [one] Ein Posten ist gedeckt und wartet auf Freigabe.
       *[other] { $count } Posten sind gedeckt und warten auf Freigabe.
    }
approval-filter-label = Nach Status filtern
approval-table-label = Posten
approval-column-select = Auswählen
approval-column-partner = Partner
approval-select-line = { $client }, { $month }
approval-select-hint = Markieren Sie Posten, um sie freizugeben oder anzuhalten.
approval-release-hint = Markieren Sie Posten, um sie fortzusetzen.
approval-withdraw-hint = Markieren Sie Posten, um ihre Freigabe zurückzunehmen oder sie anzuhalten.
approval-selected = ausgewählt
approval-approve = Freigeben
approval-hold = Anhalten …
approval-hold-title = Ausgewählte Posten anhalten
approval-hold-hint = Sie kommen auf keine Abrechnung, bis jemand sie fortsetzt. Der Partner sieht den Grund.
approval-hold-reason = Grund
approval-hold-submit = Posten anhalten
approval-release = Fortsetzen
approval-withdraw = Freigabe zurücknehmen
approval-approved-by = Freigegeben von { $person } am { $date }
approval-empty-title = Hier sind keine Posten
approval-empty = Zu dieser Auswahl gibt es nichts.
approval-list-covered = Freizugeben
approval-list-held = Angehalten
approval-list-awaiting = Zahlung steht aus
approval-list-approved = Freigegeben
approval-list-all = Alle
approval-all-partners = Alle Partner
approval-approve-shown =
    { $count ->
        [one] Den gezeigten freigeben
       *[other] Alle { $count } gezeigten freigeben
    }
approval-waits-approval = Der Kunde hat bezahlt; wartet auf Freigabe.
approval-waits-quarter-close = Freigegeben; kommt auf die nächste Abrechnung.
approval-waits-partner-invoice = Abgerechnet; wartet auf die Rechnung des Partners.
approval-waits-bill-payment = In Rechnung gestellt; wartet auf unsere Zahlung.
approval-waits-terms = Über den Deal muss erst jemand entscheiden: siehe Zahlungsabgleich.
approval-waits-paid = Bezahlt.
approval-waits-cancelled = Storniert: Der Deal ist nicht mehr gewonnen, oder für den Monat ist nichts fällig.
notice-lines-partly-approved = Die gedeckten Posten sind freigegeben. Die übrigen hatten sich inzwischen geändert und bleiben, wie sie sind.
notice-lines-not-approved = Nichts wurde freigegeben: Diese Posten sind nicht mehr gedeckt oder angehalten.

## Zahlungsabgleich

reconciliation-title = Zahlungsabgleich
reconciliation-lead = Wo das Geld des Kunden und der Deal nicht zusammenpassen.
reconciliation-filter-label = Nach Art filtern
reconciliation-read-again = Neu einlesen
reconciliation-empty-title = Alles passt zusammen
reconciliation-empty = Jede Rechnung gehört zu einem Deal und jede Zahlung zu ihren Monaten.
reconciliation-partner = Partner: { $partner }
reconciliation-since = seit { $date }
exception-number-needed = Nötig
exception-number-month = Je Monat
exception-number-months = Monate
exception-number-collected = Eingegangen
exception-number-missing = Es fehlen
exception-number-difference = Differenz
exception-number-invoice = Rechnung, netto
exception-number-deal-currency = Währung des Deals
exception-number-statement = Abrechnung, netto
exception-number-bill = Eingangsrechnung, netto
exception-number-rest = Noch zu berechnen
exception-number-tax = Umsatzsteuer
exception-number-gross = Brutto
exception-number-due = Fällig
exception-act-link = Diesem Deal zuordnen
exception-act-link-choose = Sie könnte zu einem dieser Deals gehören:
exception-no_invoice_yet = Noch keine Rechnung
exception-no_invoice_yet-what =
    { $months ->
        [one] Zu { $month } des Deals mit { $client } gibt es in Xero keine Rechnung.
       *[other] Zu { $months } Monaten des Deals mit { $client }, ab { $month }, gibt es in Xero keine Rechnung.
    }
exception-no_invoice_yet-do = Stellen Sie die Rechnung in Xero mit der Nummer des Deals als Referenz, oder ordnen Sie eine vorhandene zu.
exception-invoice_overdue = Überfällig
exception-invoice_overdue-what =
    { $days ->
        [one] { $invoice } an { $client } ist seit einem Tag überfällig.
       *[other] { $invoice } an { $client } ist seit { $days } Tagen überfällig.
    }
exception-invoice_overdue-do = Erinnern Sie den Kunden, oder sagen Sie, wofür die Rechnung ist, wenn sie nicht zu diesem Deal gehört. Die Posten des Partners warten, bis das Geld da ist.
exception-underpaid = Zu wenig bezahlt
exception-underpaid-what = { $month } des Deals mit { $client } ist erst zum Teil bezahlt. Die letzte Zahlung gehört zu Rechnung { $invoice }.
exception-underpaid-do = Fordern Sie den Rest ein, oder ordnen Sie eine weitere Rechnung zu. Der Posten ist gedeckt, sobald das Geld da ist.
exception-differs_from_deal = Weicht vom Deal ab
exception-differs_from_deal-what = Was { $client } berechnet wurde, entspricht keiner ganzen Zahl von Monaten des Deals. Die letzte Rechnung ist { $invoice }.
exception-differs_from_deal-do = Korrigieren Sie den Deal in HubSpot oder die Rechnung in Xero, oder sagen Sie, wofür eine Rechnung ist, die nicht zu diesem Deal gehört. Die Posten folgen dem Geld, das eingeht.
exception-other_currency = Andere Währung
exception-other_currency-what = { $invoice } an { $client } lautet auf eine andere Währung als der Deal; ihr Geld zählt deshalb nicht.
exception-other_currency-do = Stellen Sie die Rechnung in der Währung des Deals, oder ändern Sie die Währung des Deals in HubSpot.
exception-invoice_without_deal = Rechnung ohne Deal
exception-invoice_without_deal-what = { $invoice } an { $client } nennt keinen Deal, und am Tag der Rechnung war keiner der Deals dieses Kunden offen.
exception-invoice_without_deal-do = Ordnen Sie sie einem Deal zu, oder tragen Sie in Xero die Nummer des Deals als Referenz ein. Gehört sie zu keinem, bewegt sie hier kein Geld.
exception-refund_without_deal = Erstattung ohne Deal
exception-refund_without_deal-what = Gutschrift { $credit } wurde an { $contact } ausgezahlt, und es ist nicht bekannt, welchem Deal das Geld fehlt.
exception-refund_without_deal-do = Wählen Sie den Deal. Bis dahin wird nichts zurückgenommen.
exception-shares_beyond_document = Teile größer als das Ganze
exception-shares_beyond_document-what = { $invoice } wurde auf Deals aufgeteilt und ist jetzt kleiner als die Teile zusammen.
exception-shares_beyond_document-do = Teilen Sie sie neu auf. Bis dahin bekommen die letzten Deals nur, was übrig ist.
exception-several_deals_possible = Mehrere Deals möglich
exception-several_deals_possible-what = { $invoice } könnte zu mehreren offenen Deals mit { $client } gehören.
exception-several_deals_possible-do = Wählen Sie den Deal. Bis dahin zählt die Rechnung für keinen.
exception-document_unreadable = Unlesbarer Beleg
exception-document_unreadable-what = Xero hat einen Beleg, den das Portal nicht lesen kann: { $message }.
exception-document_unreadable-do = Berichtigen Sie ihn in Xero, oder lassen Sie ihn, wenn er zu keinem Deal gehört. Solange er nicht lesbar ist, zählt er nicht.
exception-deal_unreadable = Unlesbarer Deal
exception-deal_unreadable-what = HubSpot hat beim Deal von { $client } einen Wert, den das Portal nicht lesen kann: { $message }.
exception-deal_unreadable-do = Berichtigen Sie ihn in HubSpot. Bis er lesbar ist, bleiben der Lead und seine Zeilen, wie sie waren.
exception-many_gone = Sehr vieles verschwunden
exception-many_gone-what = { $system } hat { $count } Objekte nicht mehr, die es hatte, sehr viele davon auf einmal. Das kann ein Fehler dort sein, oder ein anderes Konto als das des Portals. Sie bleiben, wie sie waren.
exception-many_gone-do = Sehen Sie in { $system } nach, ob sie wirklich verschwunden sind. Bis das jemand sagt, bewegt sich dadurch kein Geld.
exception-deal_amount_missing = Deal ohne Betrag
exception-deal_amount_missing-what = Der Deal mit { $client } ist gewonnen, hat aber keinen Betrag; ohne ihn lassen sich keine Posten berechnen.
exception-deal_amount_missing-do = Tragen Sie Betrag und Währung des Deals in HubSpot ein.
exception-billing_period_missing = Abrechnungszeitraum fehlt
exception-billing_period_missing-what = Der Deal mit { $client } ist gewonnen, sagt aber nicht, wie oft sein Betrag berechnet wird.
exception-billing_period_missing-do = Tragen Sie den Abrechnungszeitraum des Deals in HubSpot ein: eine Zahl von Monaten oder einmalig.
exception-line_items_unclear = Verschieden abgerechnete Positionen
exception-line_items_unclear-what = Der Deal von { $client } ist gewonnen und nennt keinen Abrechnungszeitraum, und seine Positionen stimmen darin nicht überein: { $message }.
exception-line_items_unclear-do = Tragen Sie in HubSpot beim Deal den Betrag und den Abrechnungszeitraum ein, für die es Provision gibt; was dort steht, gilt dann.
exception-company_twins = Mehrere Firmen in HubSpot
exception-company_twins-what = HubSpot hat mehrere Firmen mit der Domain von { $client }: { $message }. Deals und Personen eines Kunden liegen dort an verschiedenen Stellen.
exception-company_twins-do = Führen Sie sie in HubSpot zusammen. Das Portal macht mit der verbleibenden weiter und sieht einmal am Tag nach.
exception-deal_without_lead = Deal ohne Lead
exception-deal_without_lead-what = HubSpot hat den Deal „{ $into }“ für { $client }, einen Kunden des Programms. Er kam aus keinem Lead, sodass kein Partner an ihm verdient.
exception-deal_without_lead-do = Wenn es eine Verlängerung ist, sagen Sie, von welchem Partner. Hat ihn kein Partner gebracht, lassen Sie ihn so stehen.
exception-stage_unknown = Phase, die es nicht mehr gibt
exception-stage_unknown-what = Der Deal von { $client } ist in der Phase { $message }, die HubSpots Pipelines nicht mehr haben.
exception-stage_unknown-do = Verschieben Sie den Deal in HubSpot in eine heutige Phase. Ihm wird trotzdem gefolgt.
exception-stage_new = Neue Phase
exception-stage_new-what = Der Deal von { $client } ist in der Phase { $message }, die neu in HubSpots Pipelines ist; Partner lesen davon diesen Namen.
exception-stage_new-do = Legen Sie auf der Seite der HubSpot-Phasen fest, was Partner davon lesen. Leer gespeichert lesen sie weiter HubSpots Namen, und dies ist erledigt.
exception-not_enrolled_when_won = Beim Gewinn nicht im Programm
exception-not_enrolled_when_won-what = { $partner } nahm am { $date }, als der Deal mit { $client } gewonnen wurde, nicht am Programm teil.
exception-not_enrolled_when_won-do = Nehmen Sie den Partner ab diesem Tag oder früher auf, wenn ihm Provision zusteht.
exception-currency_changed = Währung geändert
exception-currency_changed-what = Die Währung des Deals mit { $client } hat sich von { $from } zu { $to } geändert, nachdem Monate davon zu Ende oder verdient waren. Die alte Währung gilt weiter: Ein Deal hat eine Währung.
exception-currency_changed-do = War die alte Währung ein Fehler und steht nichts von dem Deal auf einer Abrechnung, lassen Sie die Posten folgen. Zahlt der Kunde von jetzt an in einer anderen, lassen Sie diesen Deal in HubSpot in seiner alten Währung enden, und registrieren Sie den Rest als neuen Deal.
exception-start_changed = Beginn verschoben
exception-start_changed-what = Der Beginn des Deals mit { $client } wurde von { $from } auf { $to } verschoben, obwohl daraus bereits etwas verdient ist. Der alte Beginn gilt weiter.
exception-start_changed-do = Behalten Sie den alten Beginn, oder lassen Sie alle Posten dem neuen folgen.
exception-amount_too_large = Betrag zu groß
exception-amount_too_large-what = Der Deal mit { $client }, sein Plan oder seine Rechnungen haben Beträge, die keine Summe fasst; die Posten bleiben deshalb, wie sie sind.
exception-amount_too_large-do = Berichtigen Sie den Betrag in HubSpot oder Xero; die Posten folgen von selbst.
exception-lines_differ = Posten weichen von den Regeln ab
exception-lines_differ-what =
    { $lines ->
        [one] Nachgerechnet ist ein Posten des Deals mit { $client } nicht, was Plan und Konditionen sagen.
       *[other] Nachgerechnet sind { $lines } Posten des Deals mit { $client } nicht, was Plan und Konditionen sagen.
    }
exception-lines_differ-do = Geändert wurde nichts. Öffnen Sie die Posten des Deals und sehen Sie, worauf sie beruhen; `portal verify` nennt jeden.
exception-number-lines-difference = Gerechnet minus gespeichert
exception-deals_merged = Deals zusammengeführt
exception-deals_merged-what = Der Deal mit { $client } von { $other } wurde in HubSpot mit „{ $into }“ von { $partner } zusammengeführt.
exception-deals_merged-do = Entscheiden Sie, zu welchem Partner der Deal gehört. Vorher bewegt sich kein Geld.
exception-bill_differs_from_statement = Rechnung weicht von der Abrechnung ab
exception-bill_differs_from_statement-what = Die Eingangsrechnung { $invoice } von { $partner } stimmt nicht mit Abrechnung { $statement } überein.
exception-bill_differs_from_statement-do = Korrigieren Sie die Eingangsrechnung in Xero, oder bitten Sie den Partner um eine neue Rechnung. Bis dahin bleibt alles, wie es ist.
exception-bill_voided = Eingangsrechnung storniert
exception-bill_voided-what = Die Eingangsrechnung { $invoice } zu Abrechnung { $statement } wurde in Xero storniert.
exception-bill_voided-do = Bitten Sie den Partner um eine neue Rechnung; die Abrechnung ist wieder offen.
exception-bill_not_made = Eingangsrechnung nicht in Xero
exception-bill_not_made-what = Die Rechnung { $invoice } von { $partner } zu Abrechnung { $statement } lässt sich in Xero nicht eintragen: { $why }
exception-bill_not_made-do = Bringen Sie es in Xero in Ordnung und wiederholen Sie die Aufgabe, oder ziehen Sie die Rechnung auf der Seite der Abrechnung zurück, damit sie neu gestellt werden kann.
exception-number-open = Offen, mit Steuer
exception-number-deal = Nächstliegend nach dem Deal
exception-number-invoiced = Berechnet, netto
exception-number-reference = Referenz
exception-number-amount = Betrag in HubSpot
exception-number-billing-period = Abrechnungszeitraum in HubSpot

## Quartalsabschluss

close-title = { $quarter } abschließen
close-lead = { $from } bis { $to }. Es wird nichts geschrieben, bevor Sie bestätigen.
close-still-covered-title =
    { $count ->
        [one] Ein gedeckter Posten ist nicht freigegeben.
       *[other] { $count } gedeckte Posten sind nicht freigegeben.
    }
close-still-covered = Was vor dem Abschluss nicht freigegeben ist, kommt auf die nächste Abrechnung.
close-column-partner = Partner
close-column-currency = Währung
close-column-total = Rechnungsbetrag
close-column-result = Ergebnis
close-result-new = Neue Abrechnung
close-result-carried-over = Übertrag
close-reason-below-minimum = Unter dem Mindestbetrag von { $amount }
close-reason-negative = Negativ
close-reason-nothing = Nichts zu berechnen: Es ergibt null
close-reason-already-stated = Hat seine Abrechnung für dieses Quartal; kommt auf die nächste
close-result-made = Abgerechnet
close-interrupted =
    { $count ->
        [0] Der Abschluss dieses Quartals wurde unterbrochen, bevor eine Abrechnung entstand. Schließen Sie es erneut ab: Es geht weiter, wo es stehen blieb, und niemand bekommt zweimal Nachricht.
        [one] Der Abschluss dieses Quartals wurde nach einer Abrechnung unterbrochen. Schließen Sie es erneut ab: Es geht weiter, wo es stehen blieb, und niemand bekommt zweimal Nachricht.
       *[other] Der Abschluss dieses Quartals wurde nach { $count } Abrechnungen unterbrochen. Schließen Sie es erneut ab: Es geht weiter, wo es stehen blieb, und niemand bekommt zweimal Nachricht.
    }
close-early = Den Partnern ist der { $date } als Abschluss genannt. Was bis dahin bezahlt oder freigegeben wird, fehlt auf dieser Abrechnung, wenn Sie jetzt abschließen.
close-blocked-title = Nicht auf diesen Abrechnungen
close-blocked-lead = Posten bis zum Ende des Quartals, die etwas zurückhält, nach Partner.
close-column-why = Warum
close-blocked-not-approved = Gedeckt, nicht freigegeben
close-blocked-held = Angehalten
close-blocked-disputed = Beanstandet
close-blocked-merged = Zusammengeführter Deal, nicht entschieden
close-blocked-awaiting-payment = Wartet auf die Zahlung des Kunden
close-telling =
    { $count ->
        [0] Niemand wird benachrichtigt: Es entsteht keine Abrechnung.
        [one] Ein Partner erhält eine E-Mail und eine Slack-Nachricht. Erneutes Abschließen ändert nichts.
       *[other] { $count } Partner erhalten eine E-Mail und eine Slack-Nachricht. Erneutes Abschließen ändert nichts.
    }
close-submit = Quartal abschließen
close-not-ended = { $quarter } endet am { $date }. So sähe die Abrechnung heute aus.
close-empty = Es gibt keinen freigegebenen Posten, der abzurechnen wäre.
staff-statements-lead = Ein Quartal abschließen und verfolgen, was Partner berechnen, bis es bezahlt ist.
staff-statements-all = Alle Abrechnungen
staff-statements-empty = Die ersten erscheinen hier, sobald ein Quartal abgeschlossen ist.
staff-bill-none = Der Partner hat noch keine Rechnung gestellt.
staff-bill-number = Rechnung des Partners
staff-bill-raised = Gestellt
staff-bill-xero = Eingangsrechnung in Xero
staff-bill-not-in-xero = wird eingetragen …
staff-bill-file-statement = Unsere Abrechnung, in Xero dabei
staff-bill-file-invoice = PDF des Partners, in Xero dabei
staff-bill-dated = In Xero sind die Bücher bis { $until } gesperrt, deshalb ist die Rechnung dort auf den { $date } datiert.
staff-bill-voided = { $number } über { $amount } netto wurde am { $date } storniert.
staff-bill-withdrawn = { $number } über { $amount } netto wurde am { $date } zurückgezogen.
close-quarters = Quartal
close-title-done = { $quarter } ist abgeschlossen
close-lead-done = Was jetzt freigegeben ist, kommt auf die nächste Abrechnung.
close-confirm = Ja, { $quarter } abschließen
close-still-held-title =
    { $count ->
        [one] Ein Posten ist angehalten.
       *[other] { $count } Posten sind angehalten.
    }
close-still-held = Was angehalten ist, kommt auf keine Abrechnung, bis es jemand fortsetzt.
close-empty-title = Nichts abzurechnen

## Provisionspläne

plan-list-title = Provisionspläne
plan-list-lead = Wie Provision berechnet wird. Ein gewonnener Deal behält die Fassung vom Tag des Gewinns.
plan-add-title = Neuer Plan
plan-add-lead = Legen Sie fest, wie Provision berechnet wird, sehen Sie ein Beispiel, und erproben Sie alles an Ihren Deals, bevor etwas gespeichert wird.
plan-edit = Nächste Fassung
plan-edit-title = Nächste Fassung von { $name }
plan-edit-lead = Fassung { $version } gilt, bis diese beginnt. Vor dem Veröffentlichen wird nichts gespeichert.
plan-name = Name
plan-version = Fassung { $version }
plan-versions = Fassungen, die neueste zuerst
plan-column-version = Fassung
plan-terms = Was er sagt
plan-made-by = Erstellt von
plan-basics = Der Plan
plan-limits = Zugaben und Grenzen
plan-scope = Wann er beginnt
plan-rate = Satz
plan-rate-hint = Anteil am Monatswert des Deals, in Prozent. Mit Stufen: für Deals in anderen Währungen.
plan-months = Laufzeit in Monaten
plan-months-hint = Leer: solange der Kunde bezahlt.
plan-months-none = Solange der Kunde bezahlt
plan-currency = Währung
plan-currency-hint = Der Stufen, des Bonus und der Obergrenze. Für Deals in anderen Währungen gibt es keine davon.
plan-tiers = Stufen
plan-tiers-hint = Sätze danach, was der Partner in den letzten 12 Monaten gewonnen hat, als Monatswert. Jeder Teil eines Deals hat den Satz der Stufe, in der er liegt. Für einen einzigen Satz lassen Sie alle Felder leer.
plan-tier-from = Stufe { $number }: ab
plan-tier-until = Stufe { $number }: bis
plan-tier-rate = Stufe { $number }: Satz, %
plan-split = Aufteilung
plan-split-hint = Andere Partner, die einen Teil jedes Postens erhalten. Bekommt der, der den Lead brachte, alles, lassen Sie die Felder leer.
plan-own-share = Für den Partner, der den Lead brachte, %
plan-own-share-hint = Leer: was die anderen übrig lassen.
plan-share-partner = Anderer Partner { $number }
plan-share-share = Anteil { $number }, %
plan-owner = der Partner, der den Lead brachte
plan-bonus = Bonus
plan-bonus-hint = Einmal je Deal, mit dem ersten Monat.
plan-cap = Obergrenze je Deal
plan-cap-hint = So viel kann ein Deal höchstens bringen, mit Bonus.
plan-tail = Monate nach dem Ausscheiden
plan-tail-hint = Wie lange ein Partner, der ausscheidet, noch Provision erhält. Leer: als wäre er geblieben.
plan-tolerance = Toleranz
plan-tolerance-hint = Was der Zahlung des Kunden an einem Monat fehlen darf, in Prozent. Leer: 1.
plan-valid-from = Beginnt am
plan-valid-from-hint = Er gilt für Deals, die an diesem Tag oder später gewonnen werden. Der Tag darf vergangen sein, aber nicht vor der letzten Fassung liegen.
plan-all-deals = Für alle gewonnenen Deals dieses Plans
plan-all-deals-hint = Auch für früher gewonnene und für solche, die wieder gewonnen werden können. Ihre Posten werden neu berechnet; was abgerechnet ist, bleibt, und der Unterschied wird eine Anpassung.
plan-try = Erproben
plan-try-hint = Zeigt, was sich für wen ändern würde. Gespeichert wird nichts.
plan-name-hint = Der Name eines Plans, den es gibt, ergibt dessen nächste Fassung.
plan-empty-title = Noch keine Pläne
plan-empty = Ein Partner nimmt mit einem Plan teil: Legen Sie den ersten an.
plan-says-rate = { $rate } vom Monatswert des Deals
plan-says-tiers = Danach, was der Partner zuletzt gewonnen hat, im Monat: { $steps }
plan-says-tier = { $rate } ab { $from }
plan-says-other-currencies = { $rate } bei Deals in anderen Währungen
plan-says-months =
    { $count ->
        [one] Für einen Monat
       *[other] Für { $count } Monate
    }
plan-says-cap = Höchstens { $cap } für einen Deal
plan-says-bonus = { $bonus } einmalig, mit dem ersten Monat eines Deals
plan-says-share = { $share } jedes Postens: { $partner }
plan-says-own-share = Ihr Teil jedes Postens Ihrer Deals: { $share }
plan-says-tail =
    { $count ->
        [0] Nach dem Ausscheiden nichts mehr
        [one] Nach dem Ausscheiden noch einen Monat
       *[other] Nach dem Ausscheiden noch { $count } Monate
    }
plan-says-tolerance = Ein Monat gilt als bezahlt, wenn höchstens { $tolerance } fehlen
plan-example-title = Ein Beispiel
plan-example-lead = Das erste Jahr eines Deals, nach den Regeln der echten Posten.
plan-example-value = Wert des Deals
plan-example-currency = Währung des Deals
plan-example-period = Berechnet
plan-example-standing = Zuletzt gewonnen, im Monat
plan-example-show = Beispiel zeigen
plan-example-waits = Das Beispiel erscheint, sobald dies stimmt:
plan-example-too-large = Diese Beträge sind zu groß für eine Berechnung. Nehmen Sie kleinere.
plan-example-parts = Wert × Satz
plan-example-running = Bisher
plan-example-once = Einmalig
plan-example-capped = Die Obergrenze ist erreicht.
plan-example-rounding = Jeder Posten ist der Schritt von einer gerundeten Summe zur nächsten: Kein Cent geht verloren.
plan-trial-title = Was sich ändern würde
plan-trial-lead = { $name }, Fassung { $version }, ab { $date }. Noch ist nichts davon gespeichert.
plan-trial-no-deals = Kein gewonnener Deal bekommt sie: Alle wurden vorher gewonnen. Sie gilt für Deals, die ab dann gewonnen werden.
plan-trial-no-deals-at-all = Noch ist kein Deal dieses Plans gewonnen: Sie gilt für die künftigen.
plan-trial-no-lines =
    { $deals ->
        [one] Ein Deal bekommt diese Fassung, und kein Posten ändert sich.
       *[other] { $deals } Deals bekommen diese Fassung, und kein Posten ändert sich.
    }
plan-trial-reach =
    { $deals ->
        [one] Ein Deal bekommt diese Fassung.
       *[other] { $deals } Deals bekommen diese Fassung.
    } { $lines ->
        [one] Ein Posten ändert sich.
       *[other] { $lines } Posten ändern sich.
    }
plan-trial-total = Gesamtkosten der Posten, die sich ändern
plan-trial-old = Jetzt
plan-trial-new = Dann
plan-trial-difference = Unterschied
plan-trial-earned = davon verdient, { $currency }
plan-trial-earned-now = Gleich verdient: Was der Kunde gezahlt hat, reicht dafür.
plan-trial-earned-no-more = Nicht mehr verdient: Was der Kunde gezahlt hat, reicht dafür nicht.
plan-trial-deals =
    { $count ->
        [one] Der Deal, der sie bekommt
       *[other] Die { $count } Deals, die sie bekommen
    }
plan-trial-more-deals = … und { $count } weitere.
plan-trial-client = Kunde
plan-trial-partner = Partner
plan-trial-won-on = Gewonnen am
plan-trial-lines =
    { $count ->
        [one] Ein Posten
       *[other] { $count } Posten
    }
plan-trial-show-lines = Posten zeigen
plan-publish =
    { $lines ->
        [0] Fassung { $version } veröffentlichen
        [one] Fassung { $version } veröffentlichen und einen Posten ändern
       *[other] Fassung { $version } veröffentlichen und { $lines } Posten ändern
    }
plan-publish-hint = Das tut genau, was hier steht. Ändert sich inzwischen ein Deal, sehen Sie zuerst die neuen Zahlen.

## Woraus der Verlauf eines Postens besteht

staff-proof-corrects = Berichtigt den Posten für { $month } über { $amount }
staff-proof-corrected-by = Berichtigt durch { $amount } für { $month }
staff-proof-documents = Rechnungen und Rückzahlungen dahinter
staff-proof-history = Verlauf
account-programme = geschlossen
account-expected = erwartet
account-awaiting = Zahlung steht aus
account-earned = verdient
account-approved = freigegeben
account-payable = auszuzahlen
account-paid = bezahlt
account-clawed_back = rückbelastet
cause-scheduled = Eingeplant
cause-month_ended = Der Monat ist zu Ende
cause-approval_withdrawn = Jemand nahm die Freigabe zurück
cause-client_paid = Der Kunde hat bezahlt
cause-payment_gone = Die Zahlung des Kunden ging zurück
cause-payment_changed = Die Zahlung des Kunden hat sich geändert
cause-deal_changed = Der Deal hat sich geändert
cause-plan_changed = Der Plan hat sich geändert
cause-no_longer_due = Nicht mehr fällig
cause-approved = Freigegeben
cause-stated = Das Quartal wurde abgeschlossen
cause-bill_in_xero = Die Rechnung ist in Xero
cause-bill_paid = Die Rechnung wurde bezahlt
cause-bill_voided = Die Rechnung wurde storniert
cause-payment_undone = Unsere Zahlung wurde rückgängig gemacht

## Protokoll

audit-act-accept_lead = Lead angenommen
audit-act-reject_lead = Lead abgelehnt
audit-act-raise_invoice = Rechnung gestellt
audit-act-withdraw_invoice = Rechnung zurückgezogen
audit-act-find_bill = Rechnung in Xero gefunden
audit-act-book_bill = Von einer Rechnung erfahren, dass sie in Xero ist
audit-act-add_bill_pdf = PDF einer Rechnung eingereicht
audit-act-date_bill = Rechnung auf einen Tag nach der Buchungssperre in Xero datiert
audit-act-settle_bill = Den Zahlungen einer Rechnung gefolgt
audit-act-void_bill = Stornierte Rechnung von ihrer Abrechnung genommen
audit-act-update_company = Angaben eines Unternehmens geändert
audit-act-set_sales_reach = Festgelegt, welche Leads der Vertrieb sieht
audit-act-invite_member = Person eingeladen
audit-act-revoke_invitation = Einladung zurückgenommen
audit-act-join_partner = Einem Partner beigetreten
audit-act-remove_member = Person entfernt
audit-act-approve_line = Posten freigegeben
audit-act-withdraw_approval = Freigabe zurückgenommen
audit-act-hold_line = Posten angehalten
audit-act-release_line = Posten fortgesetzt
audit-act-link_document = Rechnung oder Gutschrift einem Deal zugeordnet
audit-act-split_document = Rechnung oder Gutschrift auf Deals aufgeteilt
audit-act-take_over_deal = Deal für einen Partner übernommen
audit-act-name_phase = Phase benannt
audit-act-choose_first_stage = Gewählt, wo neue Deals beginnen
audit-act-set_up_hubspot = HubSpot einrichten lassen
audit-act-say_no_deal = Gesagt, dass eine Rechnung oder Gutschrift zu keinem Deal gehört
audit-act-unlink_document = Zuordnung einer Rechnung oder Gutschrift zurückgenommen
audit-act-retry_job = Zustellung erneut versucht
audit-act-choose_mails = Mails ausgewählt
audit-act-stop_mails = Mails einer Art beendet
audit-act-try_address_again = Adresse wieder anschreiben lassen
audit-act-set_channel = Slack-Kanal gewählt
audit-act-set_channel_language = Sprache der Slack-Kanäle gewählt
audit-act-set_aside_job = Fehlgeschlagene Zustellung abgelegt
audit-act-set_aside_jobs = Alle fehlgeschlagenen Zustellungen abgelegt
audit-act-retry_all_jobs = Alle fehlgeschlagenen Zustellungen erneut versucht
audit-act-pause_system = Äußeres System angehalten
audit-act-resume_system = Äußeres System fortgesetzt
audit-act-replay_webhook = Webhook erneut abarbeiten lassen
audit-act-compare_now = Alles vergleichen lassen
audit-act-sweep_now = Alles neu einlesen lassen
audit-act-add_partner = Partner angelegt
audit-act-enrol_partner = Partner ins Programm aufgenommen
audit-act-confirm_details = Angaben eines Partners bestätigt
audit-act-set_two_persons = Gewählt, wie viele Personen Geld braucht
audit-act-change_role = Rolle im Haus geändert
audit-act-change_member_role = Rolle beim Partner geändert
audit-act-disable_person = Person gesperrt
audit-act-enable_person = Person wieder zugelassen
audit-act-reset_person = Anmeldung einer Person zurückgesetzt
audit-act-set_partner_manager = Betreuung eines Partners festgelegt
audit-act-set_manager_reach = Festgelegt, wie weit die Partnerbetreuung sieht
audit-act-add_plan_version = Fassung eines Plans veröffentlicht
audit-act-close_quarter = Quartal abgeschlossen

## Worunter Eingangsrechnungen in Xero gebucht werden

accounts-title = Konten für Rechnungen
accounts-lead = Unter welchem Konto und mit welcher Steuer das Portal die Rechnungen der Partner in Xero einträgt.
accounts-read = Jetzt aus Xero lesen
accounts-read-at = Aus Xero gelesen
accounts-unread = Xero wurde noch nicht gefragt.
accounts-account = Konto
accounts-tax-type = Steuer
accounts-tax-hint = Für Rechnungen, die von jetzt an eingetragen werden. Die Steuer muss zu dem passen, was Ihre Partner auf ihre Rechnungen schreiben.
accounts-usual-account = Wie eingestellt: { $code }
accounts-usual-tax = Wie in Xero beim Konto hinterlegt
accounts-gone = { $code } · nicht mehr in Xero
accounts-save = Diese verwenden
accounts-unfit-account = Xero hat kein Konto { $code }, das Eingangsrechnungen annimmt: Es ist archiviert oder fort, und die nächste Rechnung würde abgelehnt. Wählen Sie ein anderes.
accounts-unfit-tax-type = Xero hat keine Steuer { $code } für Eingangsrechnungen: Sie ist archiviert oder fort, und die nächste Rechnung würde abgelehnt. Wählen Sie eine andere.
audit-act-choose_bill_accounts = Konto und Steuer für Rechnungen gewählt
audit-act-read_accounts = Konten aus Xero lesen lassen
