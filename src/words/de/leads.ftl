## Die Liste

lead-list-title = Leads
lead-list-lead = Alle Kunden, die Sie empfohlen haben, und wo sie stehen.
lead-list-new = Neuer Lead
lead-list-filter-label = Nach Status filtern
lead-list-filter-open = Offen
lead-list-filter-in-review = In Prüfung
lead-list-filter-won = Gewonnen
lead-list-filter-closed = Erledigt
lead-list-search-label = Leads durchsuchen
lead-list-search-placeholder = Kunde oder Domain
lead-list-column-client = Kunde
lead-list-column-contact = Kontakt
lead-list-column-value = Geschätzter Wert
lead-list-column-submitted = Eingereicht
lead-list-column-state = Status
lead-list-count =
    { $count ->
        [one] Ein Lead
       *[other] { $count } Leads
    }
lead-list-empty-title = Noch keine Leads
lead-list-empty = Empfehlen Sie den ersten Kunden: zwei Minuten Arbeit, und Sie verfolgen hier jeden Schritt.
lead-list-none-of-these = Kein Lead hat diesen Status
lead-list-none-of-these-hint = Die übrigen sind einen Klick entfernt.
lead-list-decided-by = Entscheidung bis { $date }

## Das Formular

lead-form-title = Neuer Lead
lead-form-lead = Zwei Minuten. Wir antworten innerhalb von zwei Werktagen.
lead-form-client = Der Kunde
lead-form-contact = Die Ansprechperson
lead-form-need-legend = Der Bedarf
lead-form-client_name = Unternehmen
lead-form-client_name-hint = Der Name wie in seinen Verträgen.
lead-form-client_domain = Domain
lead-form-client_domain-hint = Die des Kunden, nicht die eines E-Mail-Anbieters.
lead-form-contact_name = Name
lead-form-contact_name-hint = Wen unser Vertrieb anrufen darf.
lead-form-contact_email = E-Mail
lead-form-contact_email-hint = Möglichst die geschäftliche.
lead-form-contact_phone = Telefon
lead-form-contact_phone-hint = Mit + und Ländervorwahl.
lead-form-need = Was braucht der Kunde?
lead-form-need-hint = Zwei oder drei Sätze. Nur unser Vertrieb liest sie.
lead-form-value = Geschätzter Wert pro Jahr
lead-form-value-hint = Eine grobe Zahl hilft uns bei der Planung; Ihre Provision richtet sich nach dem tatsächlichen Deal.
lead-form-currency = Währung
lead-form-submit = Lead einreichen
lead-form-sending = Wird gesendet …
lead-form-cancel = Abbrechen
lead-form-required = Felder mit * sind Pflichtfelder.
lead-form-errors = Einige Angaben brauchen noch einen Blick
lead-form-unreachable = Ihr Lead kam nicht an. Ihre Eingaben sind noch da: Prüfen Sie die Verbindung und drücken Sie die Schaltfläche noch einmal. Doppelt gespeichert wird nichts.
lead-form-privacy = Die Ansprechperson sollte wissen, dass Sie ihre Daten weitergeben.
lead-form-then = Wie es weitergeht
lead-form-then-checked = Wir prüfen ihn
lead-form-then-checked-note = Sofort. Muss sich ihn zuerst jemand ansehen, lesen Sie hier, bis wann.
lead-form-then-registered = Er wird registriert
lead-form-then-registered-note = Unser Vertrieb hat ihn in HubSpot, und Sie haben Kundenschutz.
lead-form-then-followed = Sie verfolgen ihn
lead-form-then-followed-note = Jeder Schritt erscheint hier von selbst, sobald er geschieht.
lead-form-then-earned = Sie verdienen
lead-form-then-earned-note = Für jeden Monat, den der Kunde bezahlt, sobald der Deal gewonnen ist.

## Status

lead-state-in_review = In Prüfung
lead-state-accepted = Eingegangen
lead-state-registered = Registriert
lead-state-won = Gewonnen
lead-state-lost = Verloren
lead-state-removed = Deal entfernt
lead-state-rejected = Abgelehnt
lead-state-withdrawn = Zurückgezogen
lead-state-hint-in_review = Jemand prüft ihn, bevor es weitergeht.
lead-state-hint-accepted = Angenommen; er wird gerade bei unserem Vertrieb registriert.
lead-state-hint-registered = Unser Vertrieb arbeitet daran.
lead-state-hint-won = Der Kunde hat unterschrieben. Ihre Provision beginnt.
lead-state-hint-lost = Der Kunde hat sich anders entschieden.
lead-state-hint-removed = Unser Vertrieb hat den Deal aus HubSpot entfernt. Das ist keine Entscheidung des Kunden und lässt sich rückgängig machen.
lead-state-hint-rejected = Er wurde nicht aufgenommen.
lead-state-hint-withdrawn = Sie haben ihn zurückgezogen.

## Ein Lead

lead-detail-facts = Lead
lead-detail-domain = Domain
lead-detail-contact = Kontakt
lead-detail-value = Geschätzter Wert
lead-detail-protected-until = Kundenschutz bis
lead-detail-protected-hint = Bis dahin ist dieser Kunde für Sie reserviert: Kein anderer Partner kann ihn übernehmen.
lead-detail-not-protected = Kein Kundenschutz mehr
lead-detail-reference = Kennzeichen
lead-detail-submitted = Eingereicht
lead-detail-need = Bedarf
lead-detail-deal = Deal
lead-detail-actioned = Erste Aktivität unseres Teams
lead-detail-confirmed = Zuletzt von HubSpot bestätigt: { $ago }
lead-detail-not-confirmed = Wartet auf HubSpot
lead-detail-review-due = Entscheidung spätestens bis { $due }.
lead-detail-commission = Provision aus diesem Deal
lead-withdraw = Zurückziehen
lead-withdraw-title = Diesen Lead zurückziehen?
lead-withdraw-confirm = Er wird nicht weiterverfolgt, und der Kundenschutz endet. Das lässt sich nicht rückgängig machen.

## Was geschah

lead-timeline-title = Verlauf
lead-timeline-source-hubspot = HubSpot
lead-timeline-source-portal = Portal
lead-timeline-by = von { $person }
lead-event-submitted = Eingegangen
lead-event-submitted-note = Eine E-Mail bestätigt es.
lead-event-accepted = Angenommen
lead-event-accepted-note = Der Kunde ist bis { $until } geschützt.
lead-event-in_review = In Prüfung
lead-event-in_review-note = Zuerst sieht sich jemand den Lead an, spätestens bis { $due }.
lead-event-taken_over = Aus HubSpot übernommen
lead-event-rejected = Abgelehnt
lead-event-rejected-note = Der Grund: { $reason }
lead-event-withdrawn = Zurückgezogen
lead-event-registered = Als Deal { $deal } registriert
lead-event-registered-note = Unternehmen, Kontakt und Deal sind in HubSpot angelegt.
lead-event-phase_changed = Von { $from } nach { $to } gewechselt
lead-event-phase_entered = Jetzt in { $to }
lead-event-actioned-note =
    { $days ->
        [0] Erste Aktivität unseres Teams, noch am Tag der Registrierung.
        [one] Erste Aktivität unseres Teams, einen Tag nach der Registrierung.
       *[other] Erste Aktivität unseres Teams, { $days } Tage nach der Registrierung.
    }
lead-event-won = Gewonnen
lead-event-won-with-value = Gewonnen mit { $value }
lead-event-won-note = Die Provisionsposten sind angelegt.
lead-event-lost = Verloren
lead-event-reopened = Wieder geöffnet
lead-event-reopened-note = Der Deal ist wieder in { $to }.
lead-event-removed = Der Deal wurde aus HubSpot entfernt
lead-event-removed-note = Der Lead bleibt hier erhalten. Monate, die der Kunde noch nicht bezahlt hat, entfallen.
lead-event-restored = Der Deal wurde in HubSpot wiederhergestellt

## Warum ein Lead abgelehnt wurde: Der Partner liest es

lead-reason-partner_inactive = Ihr Unternehmen war an diesem Tag im Portal nicht aktiv.
lead-reason-not_enrolled = Ihr Unternehmen nahm an diesem Tag nicht am Empfehlungsprogramm teil.
lead-reason-domain_not_registrable = Die Domain kann keinem Unternehmen gehören.
lead-reason-free_mail_domain = Die Domain gehört einem E-Mail-Anbieter, nicht dem Kunden.
lead-reason-own_domain = Die Domain ist die Ihres eigenen Unternehmens.
lead-reason-not_qualified = Der Bedarf passt nicht zu unserem Angebot.

## Warum ein Lead geprüft wird: Nur intern, nie für den Partner

lead-review-claimed_by_another = Für diesen Kunden läuft der Kundenschutz eines anderen Partners.
lead-review-existing_customer = Das Unternehmen ist bereits Kunde.

## Was der Vertrieb in HubSpot liest
lead-value-elsewhere = Der Partner erwartet einen Wert von { $amount }. Diese Währung hat das HubSpot-Konto nicht.
