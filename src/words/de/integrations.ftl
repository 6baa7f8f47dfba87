### The integrations page, what jobs are called there, and what operators are told of the machinery.

integration-title = Anbindungen
integration-lead = Was hinausgeht, was hereinkommt, und ob es fließt.
integration-open-wall = Die Datenbank trennt die Partner nicht von sich aus: Der PostgreSQL-Benutzer des Portals ist Superuser oder hat BYPASSRLS. Geben Sie dem Portal einen eigenen Benutzer, der beides nicht hat.
integration-open-schema = Der PostgreSQL-Benutzer des Portals darf das Schema ändern und damit wegnehmen, was Bücher und Protokoll vor Änderungen schützt und die Partner trennt. Geben Sie das Schema mit DATABASE_OWNER_URL einem anderen Benutzer.
integration-plain-hosts = Andere können mitlesen: Ohne TLS oder ohne geprüftes Zertifikat darf das Portal mit { $hosts } sprechen. Nehmen Sie sie aus der Einstellung PLAIN_INTERNAL_HOSTS, sobald sie TLS sprechen.
integration-column-system = System
integration-column-last-success = Letzter Erfolg
integration-column-waiting = Wartend
integration-column-failed = Fehlgeschlagen
integration-column-state = Status
integration-hubspot = HubSpot
integration-xero = Xero
integration-slack = Slack
integration-mail = E-Mail
integration-scanner = Virenscanner
integration-books = Hintergrundarbeit
integration-state-healthy = In Ordnung
integration-state-retrying = Neuer Versuch läuft
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
job-check_deals = Alle Deals vergleichen
job-read_stages = Pipelines lesen
job-set_up_hubspot = HubSpot einrichten: Eigenschaften, Pipelines und Währungen
job-read_owners = Zuständige lesen
job-work_inbox = Webhook abarbeiten
job-work_event = Ereignis eines Webhooks lesen
job-read_invoice = Rechnung lesen
job-read_credit = Gutschrift lesen
job-sweep_invoices = Geänderte Rechnungen suchen
job-sweep_money = Bewegte Zahlungen suchen
job-read_contact = Einen Kontakt lesen
job-check_contacts = Prüfen, ob Kontakte zusammengeführt wurden
job-check_invoices = Alle Rechnungen vergleichen
job-reconcile_deal = Deal mit Zahlungen abgleichen
job-accrue_lines = Posten mit dem Kalender fortschreiben
job-create_bill = Eingangsrechnung in Xero eintragen
job-read_accounts = Konten und Steuersätze lesen
job-attach_files = Dateien einer Eingangsrechnung in Xero ablegen
job-announce_statement = Abrechnung ankündigen
job-announce_carried = Übertragenes mitteilen
job-send_mail = E-Mail senden
job-tell_exceptions = Neue Fälle melden
job-begin_digests = Tagesmails beginnen
job-mail_link = Link zum Anmelden senden
job-send_digest = Tagesmail senden
job-post_slack = Slack-Nachricht senden
job-recompute_lines = Alle Posten nachrechnen
job-clean_up = Aufräumen
integration-inbox = Empfangene Webhooks
integration-oldest = älteste: { $ago }
integration-hubspot-lead = Dorthin gehen Leads, und von dort kommt, was aus ihren Deals wird.
integration-xero-lead = Dorthin gehen die Rechnungen der Partner, und von dort kommt, was Kunden berechnet wird und was sie zahlen.
integration-slack-lead = Nachrichten an Ihre eigenen Leute und an Partner.
integration-mail-lead = E-Mails an Partner, ihre Teams und Ihre eigenen Leute.
integration-scanner-lead = Prüft jede Datei, die ein Partner einreicht, bevor sie aufbewahrt wird. PORTAL_VIRUS_SCANNER sagt, wo er ist; ohne das prüft nichts auf Viren.
integration-inbox-lead = Was Anbieter geschickt haben, auf dem Weg zur Bearbeitung.
integration-books-lead = Was das Portal von selbst tut: Abgleich, Posten, Ankündigungen.
integration-state-waiting = Um Pause gebeten
integration-state-down = Antwortet nicht
integration-state-held = Gestört
integration-state-paused = Angehalten
integration-held-title = { $system } akzeptiert unsere Zugangsdaten nicht.
integration-held =
    { $count ->
        [0] Seit dem { $since }. Nichts wartet. Erneuern Sie das Token oder seine Berechtigungen und setzen Sie dann fort; einmal in der Minute findet das Portal es mit der nächsten Zustellung selbst heraus.
        [one] Seit dem { $since }. Nichts ging verloren: Eine Zustellung wartet und verbraucht keine Versuche. Erneuern Sie das Token oder seine Berechtigungen und setzen Sie dann fort; einmal in der Minute findet das Portal es selbst heraus.
       *[other] Seit dem { $since }. Nichts ging verloren: { $count } Zustellungen warten und verbrauchen keine Versuche. Erneuern Sie das Token oder seine Berechtigungen und setzen Sie dann fort; einmal in der Minute findet das Portal es selbst heraus.
    }
integration-down-title = { $system } antwortet nicht.
integration-down =
    { $count ->
        [0] Seit dem { $since }. Nichts wartet. Zu tun ist nichts: Einmal in der Minute findet das Portal mit der nächsten Zustellung heraus, ob es wieder geht.
        [one] Seit dem { $since }. Nichts ging verloren: Eine Zustellung wartet. Zu tun ist nichts: Einmal in der Minute findet das Portal heraus, ob es wieder geht, und macht dann von selbst weiter.
       *[other] Seit dem { $since }. Nichts ging verloren: { $count } Zustellungen warten. Zu tun ist nichts: Einmal in der Minute findet das Portal heraus, ob es wieder geht, und macht dann von selbst weiter.
    }
integration-down-scanner = Seit dem { $since }. Bis er antwortet, wird keine Datei angenommen; wer eine einreicht, soll es später erneut versuchen. Prüfen Sie, ob clamd läuft, und zwar dort, wo PORTAL_VIRUS_SCANNER sagt; einmal in der Minute findet das Portal heraus, ob er wieder da ist.
integration-waiting-title = { $system } bittet um weniger Anfragen.
integration-waiting = Bis { $until } wird nichts gesendet, danach geht es von selbst weiter. Wartende Zustellungen: { $count }.
integration-paused-title = { $system } ist angehalten.
integration-paused = Angehalten von { $person } am { $since }. Wartende Zustellungen: { $count }. Sie gehen hinaus, sobald jemand fortsetzt.
integration-paused-reason = Grund: { $text }
integration-said = Letzte Antwort: { $text }
integration-resume = Fortsetzen
integration-pause-title = { $system } anhalten
integration-pause-reason = Grund
integration-pause-hint = Es wird nichts gesendet, bis jemand fortsetzt; nichts geht verloren. Der Grund steht hier und im Protokoll.
integration-pause-submit = Anhalten
integration-failed-all = { $system }: alle { $count }
integration-failed-waiting = Wartet auf jemanden
integration-failed-aside = Abgelegt
integration-failed-none-title = Nichts hier
integration-failed-none = Davon ist nichts übrig.
integration-retrying-title = Fehlgeschlagen und von selbst erneut versucht
integration-aside = Ablegen
integration-aside-all = Alles Fehlgeschlagene ablegen
integration-aside-hint = Für das, woraus nichts mehr wird. Es bleibt mit seinen Versuchen erhalten und lässt sich noch immer erneut versuchen. Der Grund steht hier und im Protokoll.
integration-aside-submit = Ablegen
integration-aside-said = Von { $person } abgelegt, { $when }: { $text }
integration-aside-replaced = Ein späterer Auftrag für dasselbe trat an seine Stelle, { $when }.
integration-job-aside = Abgelegt
integration-retry-all = Alle fehlgeschlagenen erneut versuchen
integration-facts = Angaben
integration-job-about = Betrifft
integration-job-waiting = Wird erneut versucht
integration-job-running = Läuft
integration-job-done = Erledigt
integration-job-dead = Aufgegeben
integration-job-webhook = Was gesendet wurde
integration-job-message = Die Nachricht
integration-tries-title = Versuche
integration-tries-empty = Kein Versuch ist fehlgeschlagen.
integration-try-failed = Fehlgeschlagen
integration-try-waited = Verschoben, nicht gezählt
integration-try-lost = Mit dem Arbeitsprozess verloren
integration-webhooks-title = Letzte Webhooks
integration-webhooks-empty-title = Noch keine
integration-webhooks-empty = Ohne Webhooks erfährt das Portal von Änderungen durch den Abgleich, Minuten später. Prüfen Sie Adresse und Geheimnis beim Anbieter.
integration-webhooks-column-received = Empfangen
integration-webhooks-column-events = Inhalt
integration-webhooks-column-state = Status
integration-bytes =
    { $bytes ->
        [one] Ein Byte
       *[other] { $bytes } Bytes
    }
integration-events =
    { $count ->
        [one] Ein Ereignis
       *[other] { $count } Ereignisse
    }{ $faults ->
        [0] {""}
       *[other] , { $faults } nicht lesbar
    }
integration-note-waiting = Wartet
integration-note-worked = Bearbeitet
integration-note-faults = Teils nicht lesbar
integration-replay = Erneut abarbeiten
integration-replayed = erneut abgearbeitet { $ago }
integration-refused-signature = In den letzten sieben Tagen wegen falscher Signatur abgewiesen: { $count }, zuletzt { $ago }.
integration-refused-unsigned = Ohne Signatur abgewiesen: { $count }, zuletzt { $ago }.
integration-refused-large = Abgewiesen, weil größer als 512 KB: { $count }, zuletzt { $ago }.
integration-refused-late = Als zu alt abgewiesen: { $count }, zuletzt { $ago }.
integration-waits = Wartet, bis es an der Reihe ist
integration-version = Version der Schnittstelle
integration-version-until = wird mindestens bis { $date } beantwortet
integration-version-soon = Endet bald
job-check_slack = Slack fragen, ob es das Portal noch kennt
job-check_mail = Mailserver begrüßen
job-check_scanner = Prüfen, ob der Virenscanner antwortet
integration-budget = Heute noch mögliche Anfragen
integration-budget-of = von { $most }
job-watch_over = Prüfen, ob etwas feststeckt
alert-button = Anbindungen öffnen
alert-held-subject = { $system } akzeptiert die Zugangsdaten des Portals nicht
alert-held = { $system } akzeptiert die Zugangsdaten des Portals nicht. Nichts ging verloren: Was zu senden ist, wartet. Erneuern Sie das Token oder seine Berechtigungen und setzen Sie dann fort.
alert-held-over-subject = { $system } akzeptiert die Zugangsdaten des Portals wieder
alert-held-over = { $system } akzeptiert die Zugangsdaten des Portals wieder. Was gewartet hat, geht hinaus.
alert-down-subject = { $system } antwortet nicht
alert-down = { $system } antwortet nicht. Nichts ging verloren: Was zu senden ist, wartet, und das Portal merkt von selbst, wenn es wieder geht.
alert-down-scanner = Der Virenscanner antwortet nicht, daher wird keine Datei angenommen: Partner, die das PDF einer Rechnung einreichen, sollen es später erneut versuchen. Prüfen Sie, ob clamd läuft, und zwar dort, wo PORTAL_VIRUS_SCANNER sagt; das Portal merkt von selbst, wenn er wieder da ist.
alert-down-over-subject = { $system } antwortet wieder
alert-down-over = { $system } antwortet wieder. Was gewartet hat, geht hinaus.
alert-down-over-scanner = Der Virenscanner antwortet wieder. Dateien werden wieder angenommen.
alert-dead-subject = Endgültig fehlgeschlagen: { $system }
alert-dead = { $system }: Etwas wurde zum letzten Mal versucht und wartet auf einen Menschen. Die Seite sagt, was und warum; dort lässt es sich erneut versuchen oder ablegen.
alert-dead-more-subject = Noch mehr endgültig fehlgeschlagen: { $system }
alert-dead-more = { $system }: Seit der letzten Nachricht wurde noch mehr zum letzten Mal versucht und wartet auf jemanden. Die Seite sagt, was und warum; dort lässt es sich erneut versuchen oder ablegen.
alert-dead-over-subject = Nichts Fehlgeschlagenes mehr übrig: { $system }
alert-dead-over = { $system }: Nichts Fehlgeschlagenes ist mehr übrig.
alert-silent-subject = { $system } sendet keine Webhooks mehr
alert-silent = In { $system } hat sich etwas geändert, und kein Webhook hat es oder seither etwas anderes gemeldet: Ein Abgleich hat es gefunden. Änderungen kommen weiter durch die Abgleiche an, Minuten später. Prüfen Sie dort Abonnement, Adresse und Geheimnis.
alert-silent-over-subject = { $system } sendet wieder Webhooks
alert-silent-over = { $system } sendet wieder Webhooks.
alert-limited-subject = { $system } nimmt bis { $until } keine Aufrufe an
alert-limited = { $system } will seit einer halben Stunde weniger Aufrufe, und was zu senden ist, wartet bis { $until }. Nichts geht verloren, und es geht von selbst weiter; kommt es oft vor, verbraucht vielleicht eine andere App die Aufrufe des Kontos.
alert-limited-over-subject = { $system } nimmt wieder Aufrufe an
alert-limited-over = { $system } nimmt wieder Aufrufe an, oder nichts wartet mehr darauf.
alert-ending-subject = { $system } beendet die Schnittstelle, die das Portal spricht
alert-ending = { $system } beantwortet die Version { $version } seiner Schnittstelle mindestens bis { $ends }. Danach kommt kein Lead mehr dort an, und kein Deal wird gelesen: Installieren Sie vorher eine neuere Version des Portals, die eine spätere spricht.
alert-ending-over-subject = Das Portal spricht eine spätere Version von { $system }
alert-ending-over = Das Portal spricht die Version { $version } von { $system }; sie wird mindestens bis { $ends } beantwortet.
alert-refused-subject = Webhooks von { $system } werden abgewiesen
alert-refused = Was unter dem Namen von { $system } kommt, ist nicht so unterschrieben, wie das Portal es kennt, und seit zehn Minuten kam nichts, das es ist. Entweder wurde ein Geheimnis nur auf einer Seite geändert, oder etwas dazwischen verändert, was gesendet wird, oder es ist jemand anderes. Vergleichen Sie das Geheimnis und die Adresse dort; Änderungen kommen weiter durch den Abgleich an.
alert-refused-relay = Was unter dem Namen der iPaaS kommt, ist nicht so unterschrieben, wie das Portal es kennt, und seit zehn Minuten kam nichts, das es ist: Ihre Rückrufe gehen verloren, bis der Ablauf wieder mit dem Geheimnis des Portals unterschreibt.
alert-refused-over-subject = Webhooks von { $system } werden wieder angenommen
alert-refused-over = Webhooks von { $system } werden wieder angenommen.

### Was bei Aufgegebenem zu tun ist: danach, wie es fehlschlug, und wo es darauf ankommt auch danach, was es war.

advice-refused = { $system } nimmt das so nicht an: Stellen Sie dort richtig, was die Antwort nennt, und versuchen Sie es erneut; oder legen Sie es ab.
advice-refused-register_lead = HubSpot nimmt den Lead so nicht an, meist wegen einer Eigenschaft, die jemand zur Pflicht gemacht hat: Geben Sie sie dort frei oder ihr einen Vorgabewert, und versuchen Sie es erneut.
advice-refused-relay_lead = Die iPaaS nimmt den Lead nicht an: Sehen Sie in ihrem Protokoll nach dem Grund, berichtigen Sie den Ablauf, und versuchen Sie es erneut.
advice-refused-set_up_hubspot = HubSpot lässt die Eigenschaften des Portals nicht so anlegen, wie sie sein müssen: Löschen Sie dort, was die Antwort nennt, oder benennen Sie es um, und versuchen Sie es erneut.
advice-refused-create_bill = Xero nimmt die Rechnung so nicht an: Stellen Sie Konto, Währung oder Sperrdatum richtig, die die Antwort nennt, und versuchen Sie es erneut. Bis dahin wird der Partner nicht bezahlt.
advice-refused-send_mail = Der Mailserver nimmt diese Mail nicht an: Fragen Sie den, der ihn betreibt, nach der Antwort, und versuchen Sie es erneut; oder legen Sie sie ab und geben Sie dem Empfänger anders Bescheid.
advice-refused-post_slack = Slack nimmt die Nachricht nicht an: Sehen Sie nach, ob es den Kanal noch gibt, er nicht archiviert ist und die App darin ist, und versuchen Sie es erneut; oder legen Sie sie ab.
advice-refused-follow_relay = Der Rückruf der iPaaS passt nicht zum Lead, und ein neuer Versuch ändert nichts: Berichtigen Sie den Ablauf, lassen Sie neu zurückrufen, und legen Sie das hier ab.
advice-not_found = Worum es geht, gibt es in { $system } nicht mehr: Legen Sie es ab, oder holen Sie es dort zurück und versuchen Sie es erneut.
advice-not_found-post_slack = Diesen Kanal oder dieses Mitglied gibt es in Slack nicht: Wählen Sie auf der Seite der Nachrichten oder bei den Angaben des Partners etwas anderes, und legen Sie das hier ab.
advice-not_found-relay_lead = Unter der Adresse der iPaaS nimmt niemand Leads an: Berichtigen Sie die Adresse, und versuchen Sie es erneut.
advice-unreadable = { $system } hat hier etwas, das das Portal nicht lesen kann: Stellen Sie es dort richtig, und versuchen Sie es erneut.
advice-unreadable-post_slack = Vielleicht steht sie schon dort: Sehen Sie im Kanal nach und was unter der Adresse antwortet, dann versuchen Sie es erneut oder legen sie beiseite.
advice-unreadable-work_inbox = Das ist kein Webhook, den das Portal kennt, und ein neuer Versuch ändert nichts: Wovon er spricht, findet der nächste Abgleich. Legen Sie ihn ab.
advice-unreadable-work_event = Das ist kein Ereignis, das das Portal kennt, und ein neuer Versuch ändert nichts: Wovon es spricht, findet der nächste Abgleich. Legen Sie es ab.
advice-unreadable-follow_relay = Der Rückruf der iPaaS hat nicht die Form, die die Anleitung nennt: Berichtigen Sie den Ablauf, lassen Sie neu zurückrufen, und legen Sie das hier ab.
advice-unreadable-create_bill = Xero hat eine Rechnung, die diese sein kann und nicht lesbar ist: Stellen Sie dort richtig, was die Antwort nennt, oder stornieren Sie sie, und versuchen Sie das hier erneut.
advice-missing_scope = Geben Sie der App in { $system } die genannte Berechtigung, verbinden Sie sie unter Verbindungen neu, und versuchen Sie das hier erneut.
advice-missing_scope-set_up_hubspot = Leads werden trotzdem registriert. Geben Sie der App in HubSpot die genannte Berechtigung, verbinden Sie sie unter Verbindungen neu, und versuchen Sie das hier erneut.
advice-credentials = Verbinden Sie { $system } unter Verbindungen neu, und versuchen Sie das hier erneut.
advice-no_answer = { $system } hat auf keinen Versuch geantwortet: Sehen Sie nach, ob es für Sie erreichbar ist, und versuchen Sie es erneut.
advice-unsure = Es kann geschehen sein, ohne dass eine Antwort es sagte: Ein neuer Versuch sieht erst nach und tut nichts zweimal.
advice-unsure-post_slack = Sie kann angekommen sein: Sehen Sie in den Kanal, und versuchen Sie es erneut oder legen Sie sie ab.
advice-unsure-send_mail = Sie kann versandt sein: Ein neuer Versuch sendet sie vielleicht ein zweites Mal.
advice-unsure-relay_lead = Die iPaaS kann den Lead haben: Ein neuer Versuch sendet dieselbe Nachricht unter derselben Kennung, und sie muss sie als eine nehmen.
advice-too_many = { $system } nahm keine Aufrufe mehr an: Versuchen Sie es später erneut.
advice-ours = Das Portal selbst steht dem entgegen: Stellen Sie richtig, was genannt ist, und versuchen Sie es erneut; wo nichts hilft, muss es lesen, wer das Portal betreut.
advice-ours-create_bill = Die Abrechnung oder eine andere Rechnung steht dieser entgegen: Stellen Sie richtig, was genannt ist, oder ziehen Sie die Rechnung zurück, und versuchen Sie es erneut.
advice-broke = Die Arbeit brach jedes Mal ab, das ist ein Fehler des Portals: Versuchen Sie es einmal erneut, und wenn das nicht hilft, geben Sie dem Bescheid, der das Portal betreut.

drift-title = Vergleich
drift-lead-hubspot = Alle offenen und gewonnenen Deals und die zuletzt verlorenen oder entfernten werden jede Nacht neu gelesen und verglichen. Was abweicht, wird sofort eingelesen.
drift-lead-xero = Alle Rechnungen, die sich noch ändern können, und die der letzten 90 Tage werden jede Nacht neu gelesen und verglichen. Was abweicht, wird sofort übernommen.
drift-compare = Jetzt vergleichen
drift-none = Nichts weicht ab
drift-open =
    { $count ->
        [one] Eines weicht ab
       *[other] { $count } weichen ab
    }
drift-compared = Verglichen
drift-goes-on = Läuft gerade
drift-counts =
    { $compared ->
        [one] eines gelesen
       *[other] { $compared } gelesen
    }, { $differed ->
        [0] keines wich ab
        [one] eines wich ab
       *[other] { $differed } wichen ab
    }
drift-oldest = Am längsten nicht gelesen
drift-column-what = Was
drift-column-field = Feld
drift-column-ours = Hier
drift-column-theirs = Dort
drift-column-state = Stand
drift-found = Wird gelesen
drift-mended = Seither gelesen
drift-stays = Bleibt so
drift-field-unreadable = Nicht lesbar
drift-field-state = Zustand
drift-field-name = Name
drift-field-pipeline = Pipeline
drift-field-stage = Stufe
drift-field-owner = Zuständig
drift-field-modified_at = Geändert
drift-field-status = Status
drift-field-number = Nummer
drift-field-reference = Referenz
drift-field-contact = Kontakt
drift-field-date = Datum
drift-field-due = Fällig am
drift-field-sub_total = Netto
drift-field-total = Gesamt
drift-field-paid = Bezahlt
drift-field-prepaid = Vorausbezahlt
drift-field-credited = Gutgeschrieben
drift-field-due_amount = Noch offen

stages-title = Phasen in HubSpot
stages-lead = Was Partner von jeder Phase lesen, und wo neue Deals beginnen.
stages-webhooks = Die App in HubSpot abonniert deal.creation, deal.deletion, deal.restore, deal.merge, deal.associationChange und deal.propertyChange von { $properties }. Was nicht gemeldet wird, findet der Abgleich einige Minuten später.
stages-set-up = Eigenschaften des Portals anlegen
stages-column-stage = Phase in HubSpot
stages-column-phase = Partner lesen
stages-column-first = Neue Deals
stages-gone = Weg
stages-new = Neu
stages-first = Beginnen hier
stages-start-here = Hier beginnen
stages-phase-of = Was Partner von { $stage } lesen
stages-save = Speichern
stages-open = Phasen in HubSpot
notice-phase-named = Das lesen Partner von jetzt an.
notice-first-stage-chosen = Neue Deals beginnen dort.
notice-set-up-started = HubSpot wird eingerichtet; was scheitert, steht auf der Seite der Anbindungen.
alert-button-accounts = Konten für Rechnungen öffnen
alert-unfit-subject = { $system } würde die nächste Rechnung ablehnen
alert-unfit = Das Konto oder die Steuer, unter denen die Rechnungen der Partner gebucht werden sollen, ist in { $system } archiviert oder fort; die nächste Rechnung würde abgelehnt. Wählen Sie auf der Seite der Konten etwas anderes.
alert-unfit-over-subject = { $system } nimmt wieder Rechnungen an
alert-unfit-over = Worunter die Rechnungen der Partner gebucht werden, gibt es in { $system } wieder.
