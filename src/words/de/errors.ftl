## Über einem Formular

form-errors-title =
    { $count ->
        [one] Eine Angabe braucht noch einen Blick
       *[other] { $count } Angaben brauchen noch einen Blick
    }
form-errors-kept = Ihre Eingaben sind erhalten geblieben.

## Texte: was nicht stimmt, und wie es richtig wird

error-required = Diese Angabe fehlt noch: Bitte füllen Sie das Feld aus.
error-choose-one = Wählen Sie eine der Möglichkeiten.
error-too-long = Das ist zu lang: Verwenden Sie höchstens { $detail } Zeichen.
error-control-characters = Hier steht ein Zeilenumbruch oder ein unsichtbares Zeichen: Tippen Sie den Text neu, statt ihn einzufügen.
error-email-invalid = Das ist keine E-Mail-Adresse: Schreiben Sie sie wie name@firma.de.
error-domain-invalid = Das ist keine Domain: Schreiben Sie sie wie firma.de.
error-phone-invalid = Beginnen Sie mit + und der Ländervorwahl: +49 171 5550199.
error-country-invalid = Wählen Sie das Land aus der Liste oder schreiben Sie seine zwei Buchstaben, etwa DE.
error-too-many-lines = Höchstens { $detail } Zeilen.
error-postal-code-invalid = Das ist keine Postleitzahl: nur Buchstaben, Ziffern, Leerzeichen und Bindestriche.
error-vat-number-invalid = Höchstens 20 Buchstaben und Ziffern, wie auf Ihren Rechnungen: DE123456789.
error-slack-channel-invalid = Geben Sie die ID eines Kanals wie C0123456789 an, die Mailadresse eines Mitglieds oder eine Adresse, die mit https://hooks.slack.com/services/ beginnt.
error-staff-channel-invalid = Geben Sie den Namen des Kanals mit # an oder seine ID wie C0123456789.
error-no-channel = Es gibt keinen Kanal, an den der Test gehen könnte.
error-date-invalid = Das ist kein Datum: Wählen Sie es im Kalender oder schreiben Sie es wie 2026-07-31.
error-month-invalid = Das ist kein Monat: Schreiben Sie ihn wie 2026-07.
error-quarter-invalid = Das ist kein Quartal: Schreiben Sie es wie 2026Q3.

## Beträge und Anteile

error-amount-invalid = Das ist kein Betrag: Schreiben Sie nur Ziffern, etwa 1234,50.
error-amount-too-large = Das ist mehr, als gebucht werden kann: Prüfen Sie die Zahl der Stellen.
error-amount-too-fine = Der Betrag hat mehr Nachkommastellen als die Währung: Lassen Sie die letzten weg.
error-amount-not-positive = Der Betrag muss größer als null sein.
error-currency-unknown = Wählen Sie die Währung aus der Liste.
error-rate-invalid = Das ist kein Prozentsatz: Schreiben Sie ihn wie 12,5.
error-rate-too-fine = Höchstens vier Nachkommastellen, etwa 12,3456.
error-rate-out-of-range = Geben Sie einen Prozentsatz zwischen 0 und 100 an, der hier sinnvoll ist.
error-months-invalid = Geben Sie eine ganze Zahl von 1 bis 600 Monaten an oder lassen Sie das Feld leer.
error-billing-period-invalid = „{ $detail }“ ist kein Abrechnungszeitraum: Verwenden Sie eine Zahl von Monaten, etwa 1 oder 12, oder „one_off“.

## Leads

error-domain-not-registrable = Diese Domain kann niemand registrieren: Geben Sie die des Kunden an, etwa firma.de.
error-domain-free-mail = Das ist die Domain eines E-Mail-Anbieters: Geben Sie die Domain der Website des Kunden an.
error-domain-own = Das ist die Domain Ihres eigenen Unternehmens: Geben Sie die des Kunden an.
error-partner-inactive = Ihr Unternehmen ist im Portal derzeit nicht aktiv und kann keine Leads einreichen. Wenden Sie sich an Ihre Partnerbetreuung.
error-not-enrolled = Ihr Unternehmen nimmt heute nicht am Empfehlungsprogramm teil und kann keine Leads einreichen. Wenden Sie sich an Ihre Partnerbetreuung.
error-not-qualified = Dieser Lead passt nicht zum Programm. Näheres erfahren Sie von Ihrer Partnerbetreuung.
error-lead-already-decided = Über diesen Lead wurde bereits entschieden. Laden Sie die Seite neu, um das Ergebnis zu sehen.
error-leads-of-a-day = Ihr Unternehmen hat innerhalb eines Tages so viele Leads eingereicht, wie von einem Unternehmen angenommen werden. Was hier eingetippt ist, ist nicht verloren: Reichen Sie es morgen ein, oder schreiben Sie Ihrer Partnerbetreuung.
error-invitations-of-a-day = Für dieses Unternehmen wurden innerhalb eines Tages 50 Einladungen verschickt; mehr werden nicht verschickt. Laden Sie die übrigen morgen ein.
error-lead-of-colleague = Jemand aus Ihrem Unternehmen hat diesen Kunden bereits eingereicht. Fragen Sie in Ihrem Unternehmen nach, wer es war.
error-lead-already-registered = Dieser Lead ist inzwischen registriert und kann nicht mehr zurückgezogen werden. Wenn sich das Vorhaben erledigt hat, sagen Sie es Ihrer Partnerbetreuung.

## Unternehmen und Team

error-domain-taken = Diese Domain gehört bereits zu einem anderen Partner: Prüfen Sie die Schreibweise oder suchen Sie den Partner in der Liste.
error-already-member = Diese Person gehört bereits zu Ihrem Team.
error-last-owner = Ein Unternehmen braucht jemanden mit der Rolle „Leitung“: Geben Sie diese zuerst einer anderen Person.
error-domain-by-staff = Die Domain eines Unternehmens ändern nur wir: Schreiben Sie Ihrer Partnerbetreuung.
error-person-known = Diese Adresse hat schon jemand: Suchen Sie die Person in der Liste.
error-last-administrator = Das Portal braucht eine Administratorin oder einen Administrator: Geben Sie zuerst jemand anderem die Rolle.
error-not-yourself = Den eigenen Zugang sperrt niemand: Bitten Sie jemand anderen aus der Administration.
error-invitation-used-or-expired = Diese Einladung wurde bereits verwendet oder ist abgelaufen. Bitten Sie um eine neue.
error-link-used-or-expired = Dieser Link wurde bereits verwendet oder ist abgelaufen. Lassen Sie sich einen neuen zusenden.

## Provisionspläne und Teilnahme

error-plan-renamed = Die nächste Fassung eines Plans behält seinen Namen, { $detail }. Einen eigenen Plan legen Sie auf der Seite aller Pläne unter „Neuer Plan“ an.
error-earlier-than-last-version = Die letzte Fassung beginnt später: Wählen Sie denselben oder einen späteren Tag.
error-plan-not-tried = Sehen Sie zuerst, was sich ändern würde: Es steht unten.
error-plan-trial-changed = Seit Sie nachsahen, hat sich etwas geändert. Darum wurde nichts gespeichert. Unten steht, was jetzt geschehen würde.
error-plan-not-valid-then = An diesem Tag gilt noch keine Fassung des Plans: Wählen Sie einen späteren Tag.
error-already-enrolled = Der Partner nimmt an diesem Tag bereits teil: Wählen Sie einen späteren Tag oder beenden Sie zuerst die andere Teilnahme.

## Posten, Abrechnungen, Auszahlung

error-line-not-approvable = Dieser Posten ist nicht mehr gedeckt und kann nicht freigegeben werden. Laden Sie die Seite neu, um den Grund zu sehen.
error-line-not-holdable = Dieser Posten steht bereits auf einer Abrechnung und kann nicht mehr angehalten werden.
error-line-not-approved = Dieser Posten ist nicht freigegeben, oder schon abgerechnet. Laden Sie die Seite neu.
error-line-not-held = Dieser Posten ist nicht mehr angehalten. Laden Sie die Seite neu.
error-line-own-entry = Sie haben diesen Posten selbst erfasst: Jemand anderes muss ihn freigeben.
error-nothing-to-approve = Es war kein gedeckter Posten mehr freizugeben.
error-quarter-not-ended = Das Quartal ist noch nicht zu Ende: Es kann ab dem ersten Tag danach abgeschlossen werden.
error-quarter-out-of-order = Ein früheres Quartal ist noch offen: Schließen Sie zuerst dieses ab.
error-statement-already-invoiced = Zu dieser Abrechnung gibt es bereits eine Rechnung.
error-invoice-number-taken = Diese Nummer haben Sie bereits für eine andere Abrechnung verwendet: Geben Sie die Nummer dieser Rechnung an.
error-invoice-number-in-xero = Eine andere Rechnung von Ihnen mit dieser Nummer ist bereits gebucht: Geben Sie die Nummer dieser Rechnung an.
error-number-characters = Lassen Sie { $detail } weg: Unsere Buchhaltung kann es in einer Nummer nicht führen.
error-bill-in-xero = Diese Rechnung ist bereits gebucht und lässt sich nicht mehr zurückziehen.
error-contact-of-another-partner = Dieser Kontakt in Xero gehört einem anderen Partner.
error-bill-being-made = Diese Rechnung wird gerade bei uns gebucht und ist vielleicht schon da. Bitte sehen Sie in einigen Minuten wieder nach: Dann ist sie gebucht oder lässt sich zurückziehen.
error-currency-stated = Posten dieses Deals stehen auf einer Abrechnung, die ihre Währung behält. Lassen Sie es so, lassen Sie den Deal in HubSpot enden, und registrieren Sie den Rest als neuen Deal.
error-exception-resolved = Das hat bereits jemand erledigt. Laden Sie die Seite neu.
error-exception-not-dismissible = Das erledigt eine eigene Entscheidung oder die Zahlung des Kunden: Öffnen Sie den Fall und wählen Sie dort.
error-job-not-dead = Ein neuer Versuch läuft bereits.
error-changed-meanwhile = Jemand hat das inzwischen geändert. Sehen Sie sich die Seite im jetzigen Stand an und versuchen Sie es dann erneut.

## Alles andere

error-host-unlisted = Das Portal darf { $detail } nicht ansprechen: Bitten Sie den Betreiber, diesen Host in die Einstellung OUTWARD_HOSTS aufzunehmen.
error-invalid = So lässt sich das nicht verwenden: Sehen Sie es sich bitte noch einmal an.
form-optional = (freiwillig)
error-signed-out = Sie sind abgemeldet. Melden Sie sich wieder an; was Sie eingegeben haben, steht noch hier.
error-forbidden = Ihre Rolle umfasst das nicht. Ändern kann sie, wer Rollen vergibt: die Leitung Ihres Unternehmens oder, bei internen Konten, die Administration.
error-not-found = Das gibt es nicht mehr, oder es gehört nicht Ihnen.
error-internal = Das hat gerade nicht geklappt, und der Fehler liegt bei uns. Nichts wurde halb gespeichert: Versuchen Sie es in einer Minute noch einmal. Bleibt es dabei, nennen Sie uns das Kennzeichen { $reference }.
error-too-many = Das war öfter, als jemand es braucht. Warten Sie { $seconds } Sekunden und versuchen Sie es dann erneut.
error-unreadable = Das ist kein Formular von uns. Laden Sie die Seite neu und senden Sie sie noch einmal ab.
error-line-held = Dieser Posten ist angehalten. Setzen Sie ihn zuerst fort.
error-line-not-found = Diesen Posten gibt es nicht mehr. Laden Sie die Seite neu.

# Money.
error-tiers-empty = Geben Sie mindestens eine Stufe an.
error-tiers-too-many = Verwenden Sie höchstens { $detail } Stufen.
error-tiers-first-not-zero = Die erste Stufe beginnt bei 0: Jeder Deal muss in einer liegen.
error-tiers-not-rising = Jede Stufe beginnt bei mehr als die vor ihr.
error-tier-gap = Hier ist eine Lücke: Die Stufe davor endet bei { $detail }. Beginnen Sie dort.
error-tier-overlap = Das überschneidet sich: Die Stufe davor endet bei { $detail }. Beginnen Sie dort.
error-tier-end-missing = Geben Sie an, wo diese Stufe endet: Nur die letzte hat kein Ende.
error-tier-last-has-end = Lassen Sie das leer: Die letzte Stufe hat kein Ende, sonst brächten größere Deals nichts ein.
error-tier-ends-before-it-begins = Die Stufe muss bei mehr enden, als sie beginnt.
error-share-twice = Das steht schon in der Liste: Verwenden Sie je eine Zeile.
error-share-of-nothing = Geben Sie mehr als 0 % an, oder lassen Sie die Zeile leer.
error-shares-too-many = Weniger als { $detail } weitere Partner können sich einen Posten teilen.
error-shares-not-whole = Die Anteile ergeben { $detail } % und müssen zusammen 100 % sein.
error-amount-above-rest = Von dieser Abrechnung sind nur noch { $detail } offen: Schreiben Sie höchstens das.
error-amount-not-whole-lines = Eine Rechnung über einen Teil einer Abrechnung muss ganze Posten umfassen, die ältesten zuerst: Der nächste lautet auf { $detail }.
error-shares-beyond-document = Die Teile sind mehr als der Nettobetrag: Verkleinern Sie einen.
error-line-disputed = Der Partner reklamiert diesen Posten. Beantworten und klären Sie die Rückfrage zuerst.
error-line-entered-by-you = Sie haben diesen Posten erfasst, also gibt ihn jemand anderes frei.
error-line-brought-by-you = Sie haben diesen Deal zu seinem Partner gebracht, also gibt jemand anderes seine Posten frei.
error-line-moved-by-you = Sie haben diesen Posten zuletzt von Hand bewegt, also gibt ihn jemand anderes frei.
error-closer-approved-alone = Sie haben Posten dieses Quartals freigegeben, an denen sonst niemand beteiligt war, also schließt es jemand anderes.
error-closer-changed-details = Sie haben geändert, wie ein Partner dieses Quartals bezahlt wird, und niemand sonst hat das gesehen: Jemand anderes schließt es.
error-details-changed-by-you = Diese Angaben haben Sie geändert, also bestätigt sie jemand anderes.
error-nothing-to-waive = Diesem Monat fehlt nichts, also gibt es nichts zu erlassen.
error-refunded-beyond = Dem Kunden wurde mehr erstattet, als er für diesen Deal gezahlt hat. Klären Sie zuerst die Erstattung: Kein Erlass gleicht sie aus.
error-system-paused = Das System ist bereits angehalten.
error-system-runs = Nichts hält das System auf.
error-job-not-failed = Das ist nicht fehlgeschlagen oder wurde schon abgelegt.
error-nothing-failed = Dort ist nichts fehlgeschlagen, oder ein neuer Versuch läuft bereits.
error-webhook-waits = Dieser Webhook wartet bereits auf seine Abarbeitung.
error-pdf-unreadable = Das ist kein PDF: Wählen Sie die Datei, die Ihr Rechnungsprogramm gespeichert hat.
error-pdf-too-large = Das ist größer als { $detail } MB: Speichern Sie es mit kleineren Bildern.
error-file-infected = Der Virenscanner hat in dieser Datei etwas Schädliches gefunden, daher wurde sie nicht angenommen: Erstellen Sie das PDF mit Ihrem Rechnungsprogramm neu, auf einem geprüften Computer, und wählen Sie dieses.
error-scanner-silent = Dateien lassen sich gerade nicht auf Viren prüfen, daher wurde nichts gespeichert: Wählen Sie die Datei in ein paar Minuten erneut und senden Sie das Formular noch einmal. Bleibt es dabei, nennen Sie uns das Kennzeichen { $reference }.
error-bill-has-pdf = Zu dieser Rechnung liegt ihr PDF bereits vor.
