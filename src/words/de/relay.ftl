### The way through an iPaaS: choosing it, its secrets, what was sent there and what it called back.

integration-relay = iPaaS
integration-relay-lead = Patchworks, Zapier, n8n, Make oder etwas Eigenes: Es kann Firma, Kontakt und Deal in HubSpot anstelle des Portals anlegen.
job-relay_lead = Lead an die iPaaS übergeben
job-test_relay = Test an die iPaaS senden
job-follow_relay = Rückmeldung der iPaaS verarbeiten
integration-held-title-relay = Die iPaaS nimmt nicht an, was das Portal sendet.
integration-held-relay =
    { $count ->
        [0] Seit dem { $since }. Nichts wartet. Ihre Adresse ist abgeschaltet (410), oder sie kennt den Signaturschlüssel nicht: Bringen Sie das dort in Ordnung oder wählen Sie hier eine andere Adresse und setzen Sie dann fort. Einmal in der Minute findet das Portal es mit der nächsten Zustellung selbst heraus.
        [one] Seit dem { $since }. Nichts ging verloren: Eine Zustellung wartet und verbraucht keine Versuche. Die Adresse ist abgeschaltet (410), oder die iPaaS kennt den Signaturschlüssel nicht: Bringen Sie das dort in Ordnung oder wählen Sie hier eine andere Adresse und setzen Sie dann fort.
       *[other] Seit dem { $since }. Nichts ging verloren: { $count } Zustellungen warten und verbrauchen keine Versuche. Die Adresse ist abgeschaltet (410), oder die iPaaS kennt den Signaturschlüssel nicht: Bringen Sie das dort in Ordnung oder wählen Sie hier eine andere Adresse und setzen Sie dann fort.
    }
alert-held-relay = Die iPaaS nimmt nicht an, was das Portal sendet: Ihre Adresse ist abgeschaltet, oder sie kennt den Signaturschlüssel nicht. Nichts geht verloren: Was zu senden ist, wartet.
alert-late-subject = { $system } meldet sich nicht zurück
alert-late = { $system } hat Leads angenommen und sich zu lange nicht zurückgemeldet; soweit das Portal weiß, sind sie nicht in HubSpot. Sehen Sie dort nach den Läufen; auf der Seite kann jeder Lead unter derselben Kennung noch einmal gesendet werden.
alert-late-over-subject = { $system } hat sich zurückgemeldet
alert-late-over = { $system } hat sich zurückgemeldet: Kein Lead wartet mehr darauf.

relay-callback = Die iPaaS meldet sich unter { $url } zurück.
relay-guide = So wird die andere Seite gebaut
relay-choice = Wie Leads nach HubSpot kommen
relay-unsent =
    { $count ->
        [0] Kein angenommener Lead wartet auf die Übergabe.
        [one] Ein angenommener Lead ist noch nicht übergeben: Er nimmt den Weg, den Sie wählen.
       *[other] { $count } angenommene Leads sind noch nicht übergeben: Sie nehmen den Weg, den Sie wählen.
    }
relay-way = Leads gehen
relay-way-hint = Was auf dem einen Weg übergeben wurde, geht nie auch den anderen.
relay-way-direct = Direkt zu HubSpot
relay-way-relay = Über eine iPaaS
relay-address = Adresse der iPaaS
relay-address-hint = Beginnt mit https:// und führt ins Internet; das Portal ruft keine Adresse eines privaten Netzes auf und folgt keiner Weiterleitung.
relay-changes = Was aus Deals wird, meldet
relay-changes-hint = Gilt, solange Leads über eine iPaaS gehen. Allein die iPaaS: Das Portal ruft HubSpot gar nicht auf.
relay-changes-hubspot = HubSpot
relay-changes-relay = Allein die iPaaS
relay-wait = Minuten, bis eine fehlende Rückmeldung gemeldet wird
relay-wait-hint = So lange darf eine iPaaS für einen Lead brauchen, bevor der Betrieb davon erfährt.
relay-save = Speichern
relay-secrets = Signaturschlüssel
relay-secrets-what = Beide Richtungen sind signiert. Erzeugen Sie jederzeit einen neuen: Der vorige gilt daneben, bis Sie ihn verwerfen.
relay-secret-for = Für
relay-secret-now = Gültig
relay-secret-before = Daneben gültig
relay-secret-outward = Was das Portal sendet
relay-secret-inward = Was die iPaaS zurückmeldet
relay-secret-new = Neuer Schlüssel
relay-secret-drop = Alten verwerfen
relay-secret-new-outward = Neuer Schlüssel für das, was das Portal sendet
relay-secret-new-outward-what = Sie sehen ihn nur jetzt: Kopieren Sie ihn in die iPaaS, die damit prüft, ob eine Nachricht vom Portal ist. Er gilt, sobald Sie den Knopf drücken.
relay-secret-new-inward = Neuer Schlüssel für das, was die iPaaS zurückmeldet
relay-secret-new-inward-what = Sie sehen ihn nur jetzt: Kopieren Sie ihn in die iPaaS, die ihre Rückmeldungen damit signiert. Er gilt, sobald Sie den Knopf drücken.
relay-secret-keep = Ich habe ihn kopiert: verwenden
relay-secret-leave = Alles lassen, wie es ist
relay-test = Test
relay-test-what = Ein Testereignis geht an die Adresse, und was zurückkommt, steht hier.
relay-test-send = Testereignis senden
relay-test-none = Mit dieser Adresse wurde noch nichts versucht.
relay-test-asked = Unterwegs
relay-test-taken = Angenommen ({ $status })
relay-test-not-taken = Nicht angenommen
relay-deliveries = Leads über die iPaaS
relay-deliveries-none = Noch keine
relay-deliveries-none-what = Hier stehen Leads, die über die iPaaS gehen, mit dem, was sie zurückgemeldet hat.
relay-delivery = Übergabe an HubSpot
relay-delivery-way = Geht
relay-delivery-answered = Letzte Rückmeldung
relay-delivery-company = HubSpot-Unternehmen
relay-delivery-lead = Lead
relay-delivery-sent = Angenommen
relay-delivery-state = Status
relay-delivery-times =
    { $count ->
        [one] einmal
       *[other] { $count }-mal
    }
relay-state-waiting = Zu senden
relay-state-unsure = Wird gesendet
relay-state-accepted = Angenommen
relay-state-registered = Registriert
relay-state-failed = Dort gescheitert
relay-state-withdrawn = Zurückgezogen
relay-waiting-since = wartet auf die iPaaS seit { $since }
relay-said = Sie sagte { $code }: { $text }
relay-resend = Noch einmal senden
relay-resend-all = Leads einiger Tage noch einmal senden
relay-resend-all-what = Alle Leads, die die iPaaS an diesen Tagen angenommen hat, gehen noch einmal hinaus, jeder unter seiner Kennung: Wer ihn schon hat, tut nichts doppelt.
relay-resend-from = Erster Tag
relay-resend-until = Letzter Tag
error-relay-address-invalid = Schreiben Sie eine ganze Adresse, die mit https:// beginnt und einen Rechner im Internet nennt, etwa https://hooks.example.com/portal.
error-relay-wait-invalid = Schreiben Sie eine Zahl von Minuten von 1 bis { $detail }.
error-relay-without-secrets = Erzeugen Sie zuerst beide Signaturschlüssel: Ohne sie könnte niemand die Nachrichten des Portals von fremden unterscheiden.
error-relay-secret-invalid = Das ist kein Schlüssel des Portals: Lassen Sie ihn, wie er gezeigt wurde.
error-relay-drop-old-secret = Verwerfen Sie zuerst den alten Schlüssel: Ein dritter würde aussperren, wer nur den alten kennt.
error-hubspot-not-used = Das wird HubSpot gefragt, und zurzeit kommt alles über die iPaaS: Wählen Sie zuerst, wer Deals meldet.
error-relay-no-old-secret = Es gibt nur einen Schlüssel: Er bleibt.
error-relay-no-address = Speichern Sie zuerst die Adresse der iPaaS.
error-relay-nothing-to-resend = Davon ging nichts über die iPaaS.
notice-relay-chosen = Gespeichert: Leads nehmen von jetzt an diesen Weg.
notice-relay-secret-kept = Der neue Schlüssel gilt. Der vorige ist gültig, bis Sie ihn verwerfen.
notice-relay-secret-dropped = Jetzt gilt nur der neueste Schlüssel.
notice-relay-resent = Noch einmal unterwegs, unter derselben Kennung.
audit-act-choose_relay = Gewählt, wie Leads nach HubSpot kommen
audit-act-keep_relay_secret = Signaturschlüssel der iPaaS erzeugt
audit-act-drop_relay_secret = Alten Signaturschlüssel der iPaaS verworfen
audit-act-test_relay = Testereignis an die iPaaS gesendet
audit-act-resend_lead = Lead noch einmal an die iPaaS gesendet
audit-act-resend_leads = Leads einiger Tage noch einmal an die iPaaS gesendet
exception-stage_unnamed = Phase ohne Namen
exception-stage_unnamed-what = Der Deal von { $client } ist in der Phase { $message }, von der das Portal nur diese Kennung kennt.
exception-stage_unnamed-do = Legen Sie auf der Seite der HubSpot-Phasen fest, was Partner davon lesen. Dem Deal wird trotzdem gefolgt.
