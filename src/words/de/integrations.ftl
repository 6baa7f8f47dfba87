### The integrations page, and what jobs are called there.

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
integration-state-healthy = In Ordnung
integration-state-retrying = Neuer Versuch läuft
integration-state-failing = Gestört
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
integration-next-attempt = Nächster Versuch um { $time }
integration-state-unused = Noch nicht benutzt
integration-sweep = Alles jetzt einlesen
integration-column-last-failure = Letzter Fehler
integration-column-last-webhook = Letzter Webhook
integration-column-last-sweep = Letzter Abgleich
integration-failed-empty-title = Alles kommt durch
job-register_lead = Lead in HubSpot registrieren
job-check_company = Weitere Firmen eines Kunden suchen
job-take_over_deal = Deal für einen Partner übernehmen
job-read_deal = Deal lesen
job-sweep_deals = Geänderte Deals suchen
job-check_deals = Prüfen, ob alle Deals noch da sind
job-read_stages = Pipelines lesen
job-set_up_hubspot = HubSpot einrichten: Eigenschaften, Pipelines und Währungen
job-read_owners = Zuständige lesen
job-work_inbox = Webhook abarbeiten
job-read_invoice = Rechnung lesen
job-read_credit = Gutschrift lesen
job-sweep_invoices = Geänderte Rechnungen suchen
job-reconcile_deal = Deal mit Zahlungen abgleichen
job-accrue_lines = Posten mit dem Kalender fortschreiben
job-create_bill = Eingangsrechnung in Xero eintragen
job-announce_statement = Abrechnung ankündigen
job-announce_carried = Übertragenes mitteilen
job-send_mail = E-Mail senden
job-post_slack = Slack-Nachricht senden
job-recompute_lines = Alle Posten nachrechnen
job-clean_up = Aufräumen

stages-title = Phasen in HubSpot
stages-lead = Was Partner von jeder Phase lesen, und wo neue Deals beginnen.
stages-webhooks = Die App in HubSpot abonniert deal.creation, deal.deletion, deal.restore, deal.merge, deal.associationChange und deal.propertyChange von { $properties }. Was nicht gemeldet wird, findet der Abgleich einige Minuten später.
stages-set-up = Eigenschaften des Portals anlegen
stages-column-stage = Phase in HubSpot
stages-column-phase = Partner lesen
stages-column-first = Neue Deals
stages-gone = Weg
stages-first = Beginnen hier
stages-start-here = Hier beginnen
stages-phase-of = Was Partner von { $stage } lesen
stages-save = Speichern
stages-open = Phasen in HubSpot
notice-phase-named = Das lesen Partner von jetzt an.
notice-first-stage-chosen = Neue Deals beginnen dort.
notice-set-up-started = HubSpot wird eingerichtet; was scheitert, steht auf der Seite der Anbindungen.
