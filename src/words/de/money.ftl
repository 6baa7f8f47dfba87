## Die Startseite des Partners

figure-title = Ihre Provision
figure-greeting = Guten Tag, { $name }
figure-as-of = Stand: { $date }
figure-earned = Verdient
figure-earned-hint = Für diese Monate haben Ihre Kunden bezahlt.
figure-owed = Offen
figure-owed-hint = Verdient und noch nicht an Sie ausgezahlt.
figure-paid = Ausgezahlt
figure-paid-hint = Auf Ihrem Bankkonto.
figure-upcoming = Nächste Abrechnung
figure-upcoming-hint = Stünde auf Ihrer nächsten Abrechnung, wenn das Quartal heute endete.
figure-upcoming-carried = Weniger als der Mindestbetrag von { $minimum }: Der Betrag wird übertragen, bis es reicht.
figure-expected = Erwartet
figure-expected-hint = Die übrigen Monate, sobald Ihre Kunden bezahlen.
figure-by-month = Provision nach Monat
figure-chart-label = Provision nach Monat, { $from } bis { $to }
figure-chart-month = { $month }: { $paid } ausgezahlt, { $owed } offen, { $expected } erwartet
figure-recent-leads = Neueste Leads
figure-all-leads = Alle Leads
figure-all-lines = Alle Posten
figure-empty-title = Ihre erste Provision beginnt mit einem Lead
figure-empty = Reichen Sie einen Kunden ein. Sobald der Deal gewonnen ist und der Kunde bezahlt, stehen Ihre Posten hier.

## Die Liste der Posten

commission-title = Provision
commission-lead = Was Sie je Deal und Monat verdienen, und warum es steht, wo es steht.
commission-filter-label = Nach Status filtern
commission-filter-waiting = Wartend
commission-filter-owed = Offen
commission-filter-paid = Ausgezahlt
commission-filter-held = Angehalten
commission-table-label = Provisionsposten
commission-column-client = Kunde
commission-column-month = Monat
commission-column-amount = Betrag
commission-column-state = Status
commission-page-sum = Diese Seite
commission-empty-title = Noch keine Posten
commission-empty = Posten erscheinen, sobald einer Ihrer Deals gewonnen ist.
commission-none-title = Hier steht kein Posten
commission-none = Posten mit anderem Status sind einen Klick entfernt.

## Status und Art eines Postens

line-state-upcoming = Bevorstehend
line-state-awaiting = Zahlung ausstehend
line-state-covered = Gedeckt
line-state-approved = Freigegeben
line-state-stated = Abgerechnet
line-state-invoiced = In Rechnung gestellt
line-state-paid = Ausgezahlt
line-state-cancelled = Entfallen
line-state-held = Angehalten
line-kind-scheduled = Provision
line-kind-bonus = Bonus
line-kind-adjustment = Korrektur
line-kind-clawback = Rückbelastung
line-kind-manual = Manueller Posten
line-kind-hint-scheduled = Ihr Anteil an einem Monat des Deals.
line-kind-hint-bonus = Wird einmal gezahlt, mit dem ersten Monat des Deals.
line-kind-hint-adjustment = Korrigiert den Posten für { $month }: Der Deal hat sich seither geändert.
line-kind-hint-clawback = Die Zahlung des Kunden für { $month } ging zurück.
line-kind-hint-manual = Von Hand erfasst: { $reason }

## Worauf ein Posten wartet

line-waits-month-end = Der Monat ist noch nicht zu Ende.
line-waits-invoice = Wartet auf die Rechnung an den Kunden.
line-waits-payment = Wartet auf { $amount } aus { $invoice }, fällig am { $due }.
line-waits-payment-open = Wartet auf { $amount } aus { $invoice }.
line-waits-payment-late =
    { $days ->
        [one] Wartet auf { $amount } aus { $invoice }, seit einem Tag überfällig.
       *[other] Wartet auf { $amount } aus { $invoice }, seit { $days } Tagen überfällig.
    }
line-waits-approval = Der Kunde hat bezahlt; wir prüfen den Posten gerade.
line-waits-quarter-close = Freigegeben; kommt auf die Abrechnung für { $quarter }.
line-waits-partner-invoice = Wartet auf Ihre Rechnung zur Abrechnung { $statement }.
line-waits-bill-payment = Ihre Rechnung { $invoice } wartet auf unsere Zahlung.
line-waits-held = Angehalten: { $reason }
line-waits-terms = Wartet auf den Wert oder den Abrechnungszeitraum des Deals.
line-waits-merger = Wartet auf unsere Entscheidung zum Deal: Er wurde mit einem anderen zusammengeführt.
line-waits-nothing = Ausgezahlt mit Abrechnung { $statement }.
line-waits-cancelled = Entfallen: Der Kunde hat nicht bezahlt, und der Deal gilt nicht mehr als gewonnen.

## Worauf Geld wartet, als Stichwort für Summen

waits-group-partner-invoice = Ihre Rechnung
waits-group-bill-payment = Unsere Zahlung

## Worauf eine Gruppe genau wartet

waits-about-statement = Zur Abrechnung { $statement }
waits-about-bill = { $invoice }, zur Abrechnung { $statement }

## Warum ein Posten diesen Betrag hat

line-why-title = Warum dieser Betrag
line-why-open = Begründung zeigen
line-why-open-label = Begründung zeigen: { $client }, { $month }
line-why-next = Wie es weitergeht
line-why-rate = { $rate } von { $base } im Monat
line-why-rate-one-off = { $rate } von { $base }, einmalig
line-why-arithmetic = { $through } bis einschließlich dieses Monats, abzüglich { $before } bis zum Vormonat: { $amount }.
line-why-rounding = Über alle Monate gemeinsam gerundet (bei genau der Hälfte zur geraden Ziffer), damit kein Cent verloren geht oder doppelt gezahlt wird.
line-why-coverage = Die Zahlungen des Kunden reichen bis zu diesem Monat: { $collected } von { $needed } sind eingegangen.
line-why-not-covered = Die Zahlungen des Kunden reichen noch nicht bis zu diesem Monat: { $collected } von { $needed } sind eingegangen.
line-why-tolerance = Bis zu { $tolerance } eines Monats dürfen fehlen.
line-why-evidence = Nachweise
line-why-column-object = Objekt
line-why-column-property = Feld
line-why-column-value = Wert
line-why-column-seen = Gelesen
line-why-object-deal = Deal { $number }
line-why-object-invoice = Rechnung { $number }
line-why-object-plan = Plan { $name }, Fassung { $version }
line-why-no-invoice = Es wurde noch keine Rechnung an den Kunden gefunden.
line-why-corrected = Ein späterer Posten korrigiert ihn: { $kind }, { $amount }.
line-why-source-xero = Xero
line-why-property-value = Wert
line-why-property-value-from = Wert ab { $month }
line-why-property-period = Abrechnungszeitraum
line-why-property-period-from = Abrechnungszeitraum ab { $month }
line-why-property-rate = Satz
line-why-property-fill = Bezahlt für { $month }
line-period-monthly = im Monat
line-period-quarterly = im Quartal
line-period-yearly = im Jahr
line-period-months = alle { $count } Monate
line-period-one-off = einmalig

## Abrechnungen

statement-list-title = Abrechnungen
statement-list-lead = Was Sie uns nach jedem Quartal in Rechnung stellen können.
statement-list-waiting-title = Abrechnung { $number } wartet auf Ihre Rechnung.
statement-list-waiting = { $amount } gehören Ihnen, sobald sie uns vorliegt.
statement-list-empty-title = Noch keine Abrechnungen
statement-list-empty = Die erste kommt, wenn ein Quartal abgeschlossen wird, nachdem ein Kunde bezahlt hat. Beginnen Sie mit einem Lead.
statement-column-number = Abrechnung
statement-column-quarter = Quartal
statement-column-lines = Posten
statement-column-partner = Partner
statement-column-total = Rechnungsbetrag
statement-column-paid = Ausgezahlt
statement-column-state = Status
statement-column-client = Kunde
statement-column-month = Monat
statement-column-amount = Betrag
statement-title = Abrechnung { $number }
statement-of-quarter = { $quarter } · abgeschlossen am { $date }
statement-total = Summe, netto
statement-to-invoice = In Rechnung zu stellen, netto
statement-paid-so-far = Bisher ausgezahlt
statement-open = Noch offen
statement-line-count =
    { $count ->
        [one] Ein Posten
       *[other] { $count } Posten
    }
statement-frozen = Festgeschrieben am { $date }. Daran ändert sich nichts mehr; Abweichungen kommen auf die nächste.
statement-hash = Prüfsumme
statement-hash-follows = folgt auf
statement-hash-first = Die erste Abrechnung.
statement-progress = Fortschritt von { $number }

settlement-state-stated = Abgerechnet
settlement-state-invoiced = In Rechnung gestellt
settlement-state-part_paid = Teilweise ausgezahlt
settlement-state-paid = Ausgezahlt
settlement-hint-stated = Wartet auf Ihre Rechnung.
settlement-hint-invoiced = Ihre Rechnung { $number } liegt uns vor und wird als Nächstes bezahlt.
settlement-hint-part_paid = { $paid } von { $total } sind ausgezahlt.
settlement-hint-paid = Alles ist ausgezahlt.

## Die Rechnung stellen

invoice-form-title = Rechnung stellen
invoice-form-lead = Schreiben Sie uns eine Rechnung über { $amount } netto und tragen Sie hier deren Nummer ein.
invoice-form-number = Ihre Rechnungsnummer
invoice-form-number-hint = So, wie sie auf Ihrer Rechnung steht. Unsere Zahlung nennt sie auch.
invoice-form-amount = Nettobetrag
invoice-form-amount-hint = Wie abgerechnet. Die Umsatzsteuer kommt auf Ihrer Rechnung hinzu.
invoice-form-part = Nur ein Teil davon
invoice-form-part-hint = Netto, ohne Steuer, über ganze Posten, die ältesten zuerst. Leer lassen, um alles Offene zu berechnen.
invoice-form-submit = Rechnung stellen
invoice-form-not-allowed = Nur die Rollen „Leitung“ und „Finanzen“ können die Rechnung stellen.
invoice-sent = Rechnung { $number }, gestellt am { $date }
invoice-booking = Wird bei uns gebucht …

line-waits-dispute = Wartet, bis Ihre Rückfrage dazu geklärt ist.
settlement-state-part_invoiced = Teilweise berechnet
settlement-hint-part_invoiced = { $rest } davon sind noch nicht berechnet.
staff-bill-tax = Steuer, zusätzlich

## Die nächste Auszahlung, Teil für Teil

forecast-title = Nächste Auszahlung
forecast-lead = Wenn alles rechtzeitig zum Abschluss von { $quarter } kommt, Übertragenes eingeschlossen.
forecast-total = Zusammen
forecast-stopped = Angehalten und nicht mitgezählt
forecast-approved = Freigegeben
forecast-covered = Vom Kunden bezahlt, in Prüfung
forecast-paid-ahead = Im Voraus bezahlt, bis der Monat endet
forecast-invoiced = Berechnet, vom Kunden nicht bezahlt
forecast-not-invoiced = Noch nicht berechnet
forecast-disputed = Beanstandet
forecast-held = Angehalten
forecast-undecided = Eine Entscheidung über den Deal steht aus
forecast-invoice = Rechnung { $invoice }
forecast-invoice-due = Rechnung { $invoice }, fällig am { $due }
forecast-invoice-late =
    { $days ->
        [one] Rechnung { $invoice }, fällig am { $due }, seit einem Tag überfällig
       *[other] Rechnung { $invoice }, fällig am { $due }, seit { $days } Tagen überfällig
    }
figure-open-statements = Abgerechnet, nicht bezahlt

## Eine Rechnung und ihre Abrechnung: was nicht zusammenpasst, für Buchhaltung und Partner gleich

bill-net = Netto
bill-tax = Umsatzsteuer
bill-gross = Brutto
bill-mismatch-currency = Rechnung { $bill } lautet auf { $net } netto, und Abrechnung { $statement } ist in einer anderen Währung: { $rest } sind noch zu berechnen.
bill-mismatch-net = Rechnung { $bill } lautet auf { $net } netto, und { $rest } der Abrechnung { $statement } sind noch zu berechnen. Eine Rechnung über einen Teil muss ganze Posten umfassen, die ältesten zuerst.
bill-mismatch-not_positive = Rechnung { $bill } lautet auf { $net } netto und verlangt damit nichts; { $rest } der Abrechnung { $statement } sind noch zu berechnen.
bill-mismatch-above_rest = Rechnung { $bill } lautet auf { $net } netto, und nur { $rest } der Abrechnung { $statement } sind noch zu berechnen.
bill-mismatch-already_invoiced = Rechnung { $bill } lautet auf { $net } netto, und Abrechnung { $statement } ist mit { $others } bereits ganz berechnet.
bill-mismatch-number_used = Rechnung { $bill } über { $net } netto hat eine Nummer, die eine andere Rechnung desselben Partners schon hat.
bill-mismatch-changed = Rechnung { $bill } zur Abrechnung { $statement } wurde über { $raised } gestellt und lautet bei uns jetzt auf { $net } netto.
bill-mismatch-credited = Rechnung { $bill } zur Abrechnung { $statement } lautet auf { $net } netto, und eine Gutschrift gleicht davon { $credited } mit Umsatzsteuer aus: Das wird dem Partner nicht gezahlt, und die Posten, die es offen lässt, warten.
bill-mismatch-wrong_contact = Rechnung { $bill } über { $net } netto nennt Abrechnung { $statement } von { $partner } und kommt von { $contact }.
bill-mismatch-tax = Mit { $tax } Umsatzsteuer sind es { $gross }.
settlement-undone = { $amount } des Gezahlten wurden zurückgenommen und stehen Ihnen wieder zu.
settlement-voided = Ihre Rechnung { $number } wurde bei uns storniert: Bitte stellen Sie sie neu.
settlement-not-made = Ihre Rechnung { $number } ließ sich nicht buchen. Wir gehen dem nach; stimmt ihre Nummer nicht, ziehen Sie sie zurück und stellen Sie sie neu.
invoice-withdraw = { $number } zurückziehen
statement-mismatch = Eine Rechnung passt nicht

## Was ein Abschluss übertragen hat

carried-below_minimum = { $quarter } ist ohne Abrechnung abgeschlossen: { $amount } ist weniger als der Mindestbetrag von { $minimum } und wird auf die nächste übertragen.
carried-negative = { $quarter } ist ohne Abrechnung abgeschlossen: Mit dem, was zurückging, sind es { $amount }; das wird auf die nächste übertragen.
carried-nothing_to_invoice = { $quarter } ist ohne Abrechnung abgeschlossen: Verdientes und Zurückgegangenes ergeben { $amount }.

## Die eigene Rechnung des Partners als Datei

invoice-form-pdf = Ihre Rechnung als PDF
invoice-form-pdf-hint = Höchstens 3 MB. Wir bewahren sie bei der Rechnung in unseren Büchern auf.
bill-dated = In unseren Büchern hat Ihre Rechnung das Datum { $date }, da frühere Tage dort abgeschlossen sind.
bill-pdf-of = Zu welcher Rechnung
bill-pdf-title = Das PDF zu { $number }
bill-pdf-add = Einreichen
bill-pdf = Die Rechnung als PDF
