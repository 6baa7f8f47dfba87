## Was der Abschluss eines Quartals mitnimmt, und was sich vor einer Freigabe geändert hat

close-clawbacks-title =
    { $count ->
        [one] Eine Rückbelastung wird mitgenommen.
       *[other] { $count } Rückbelastungen werden mitgenommen.
    }
close-clawbacks = Geld, das an einen Kunden zurückging, braucht keine Freigabe: Wer das Quartal abschließt, gibt es frei. Was warten muss, lässt sich mit einem Grund anhalten.
notice-lines-changed = Nichts wurde freigegeben: Ein Betrag hat sich geändert, seit die Seite gezeigt wurde. Sehen Sie ihn an und geben Sie dann noch einmal frei.
notice-lines-partly-changed = Die unveränderten Posten sind freigegeben. Bei den übrigen hat sich ein Betrag geändert, seit die Seite gezeigt wurde: Sehen Sie ihn an und geben Sie dann noch einmal frei.
error-line-already-held = Einer dieser Posten ist bereits aus einem anderen Grund angehalten. Setzen Sie ihn zuerst fort, oder lassen Sie ihn weg.
audit-act-make_statement = Abrechnung erstellt
audit-act-withdraw_lead = Lead zurückgezogen
audit-act-follow_contact = Einem Kontakt gefolgt, der in Xero zusammengeführt wurde
audit-act-rotate_vault = Alle Geheimnisse unter einem neuen Schlüssel versiegelt
audit-act-add_person = Jemanden hinzugefügt, der sich anmelden kann

## Das Hauptbuch

nav-ledger = Hauptbuch
ledger-title = Hauptbuch
ledger-lead = Was auf jedem Konto stand, als ein Tag zu Ende ging. Geld geht immer nur von einem Konto auf ein anderes, darum ergibt jede Zeile zusammen nichts.
ledger-as-of = Stand am Ende des { $date }.
ledger-on = Stand vom
ledger-search = Partner
ledger-show = Anzeigen
ledger-csv = Als CSV
ledger-totals = Alle Partner
ledger-partners = Nach Partnern
ledger-partner = Partner
ledger-currency = Währung
ledger-sum = zusammen
ledger-empty-title = Bis dahin war nichts gebucht
ledger-empty = Wählen Sie einen späteren Tag, oder suchen Sie einen anderen Namen.
sum-too-large = mehr, als sich zusammenzählen lässt
error-sum-too-large = Die Beträge des Partners { $partner } in { $currency } ergeben zusammen mehr, als gespeichert werden kann. Suchen Sie unter seinen Deals und Posten einen Wert mit zu vielen Stellen und berichtigen Sie ihn; nichts wurde geändert.

## Warum ein Posten seinen Betrag hat: wie er berechnet ist

line-why-computation = Wie er berechnet ist
line-why-exact = { $money } und { $fraction } der kleinsten Einheit
line-why-row-plan = Plan
line-why-plan-since = { $plan }, Version { $version }, gültig ab { $date }
line-why-row-base = Wert eines Monats
line-why-row-base-once = Wert des Deals
line-why-base-months = { $value } ÷ { $months } Monate = { $base }
line-why-row-standing = Zuvor gewonnen
line-why-standing = { $amount } im Monat in den zwölf Monaten vor diesem Deal: Hier beginnen seine Stufen.
line-why-won = { $deal }, gewonnen am { $date } zu { $value } { $period }
line-why-row-rate = Satz
line-why-row-through = Bis zu diesem Monat
line-why-row-before = Vor diesem Monat
line-why-rounded =
    { $months ->
        [one] Ein Monat: { $exact }, gerundet { $rounded }
       *[other] { $months } Monate: { $exact }, gerundet { $rounded }
    }
line-why-row-amount = Dieser Monat
line-why-row-cap = Höchstbetrag
line-why-cap-left = Der Plan zahlt höchstens { $cap } je Deal, und { $used } davon waren vorher verdient: Dieser Posten enthält den Rest.
line-why-row-share = Anteil
line-why-share = { $rate } von { $whole }: { $amount }
line-why-row-before-start = Vor dem Beginn
line-why-before-start = Der Deal beginnt inzwischen erst am { $start }; für diesen Monat ist nichts mehr fällig.
line-why-row-frozen = Wie abgerechnet
line-why-frozen = Auf der Abrechnung steht er, wie er damals war. Was sich seither geändert hat, ist ein eigener Posten.
line-why-row-bonus = Bonus
line-why-row-reason = Grund
line-why-row-difference = Unterschied
line-why-adjusted = { $after } nach dem, was der Deal jetzt sagt, weniger { $before } bis dahin: { $amount }
line-why-clawed = Von { $before } auf Abrechnungen erreicht das Geld des Kunden noch { $after }: { $amount }
line-why-given-back = Das Geld des Kunden erreicht wieder { $after }, wovon { $before } geblieben waren: { $amount }
line-why-row-corrected = Berichtigt
line-why-entered-by = erfasst von { $person }

## Was ein Posten hinter sich hat

line-why-gates = Was er hinter sich hat
line-why-passed = Ja
line-why-open-gate = Noch nicht
line-why-stopped = Angehalten
line-why-gate-month = Monat beendet
line-why-month-ends = am { $date }
line-why-gate-covered = Vom Kunden bezahlt
line-why-no-money-needed = Wartet auf kein Geld des Kunden.
line-why-money-gone = { $collected } von { $needed } sind da: Das Geld ging zurück, nachdem der Posten abgerechnet war, und ein anderer Posten nimmt ihn zurück.
line-why-gate-held = Nicht angehalten
line-why-not-held = Niemand hält ihn an.
line-why-gate-disputed = Nicht beanstandet
line-why-not-disputed = Niemand beanstandet ihn.
line-why-disputed-since = beanstandet seit { $date }
line-why-gate-approved = Freigegeben
line-why-gate-stated = Auf einer Abrechnung
line-why-gate-billed = In Rechnung gestellt
line-why-gate-paid = An den Partner gezahlt

## Worauf ein Posten beruht

line-why-inputs = Worauf er beruht ({ $count })
line-why-object-credit = Gutschrift { $number }
line-why-object-waiver = Erlassen von { $person }
line-why-property-won = Gewonnen am
line-why-property-start = Beginn
line-why-property-end = Ende
line-why-property-tier = Satz ab { $from } im Monat
line-why-property-tolerance = Toleranz
line-why-property-prepaid = Voraus- und Überzahlungen
line-why-property-how = Zugeordnet durch
line-why-property-part = Teil dieses Deals
line-why-property-refunded = Bar erstattet
line-why-how-person = eine Person
line-why-how-reference = die Referenz
line-why-how-contact = den Kontakt des Kunden
line-why-how-invoice = ihre Rechnung
