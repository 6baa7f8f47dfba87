### What the portal says by itself, and where: the staff's page, and the tests of a place in Slack.

messages-title = Nachrichten
messages-lead = Was das Portal von selbst sagt, und wo.
nav-messages = Nachrichten

## Channels

channel-title = Ihre Kanäle in Slack
channel-lead = Der Name eines Kanals mit # oder seine ID; leer lassen, um nichts zu hören. Die App muss im Kanal sein.
channel-column-event = Was
channel-column-channel = Kanal
channel-column-test = Letzter Test
channel-none = keiner
channel-save = Speichern
channel-language-title = Sprache dieser Kanäle
channel-language-lead = Partner lesen Nachrichten in der Sprache ihres Inhabers.
channel-event-lead_new = Neuer Lead
channel-event-lead_new-what = Ein Partner hat ihn eingereicht, und er wird gerade registriert.
channel-event-lead_review = Lead zu prüfen
channel-event-lead_review-what = Ein Mensch muss darüber entscheiden.
channel-event-deal_without_lead = Deal ohne Lead
channel-event-deal_without_lead-what = Ein Lead wurde zurückgezogen, während sein Deal angelegt wurde.
channel-event-dispute = Reklamierter Posten
channel-event-dispute-what = Ein Partner fragt zu einem Posten oder schreibt zurück.
channel-event-exceptions = Neue Fälle
channel-event-exceptions-what = Was nicht zusammenpasst, alle paar Minuten gesammelt.
channel-event-bill_differs = Rechnung weicht ab
channel-event-bill_differs-what = Die Rechnung eines Partners passt nicht zu ihrer Abrechnung.
channel-event-alert = Betrieb
channel-event-alert-what = Ein System ist nicht zu erreichen, oder etwas wurde aufgegeben; und wenn das vorbei ist.
notice-channel-saved = Gespeichert.

## Tests

slack-test = Test aus dem Partnerportal
slack-test-text = Nachrichten dieser Art kommen hier an: { $what }.
slack-test-partner = Die Nachrichten für { $partner } kommen hier an.
slack-test-send = Test senden
slack-test-none = Noch nicht getestet
slack-test-asked = Gesendet; Slack hat noch nicht geantwortet.
slack-test-posted = Angekommen
slack-test-refused = Slack hat abgelehnt
notice-test-asked = Der Test ist unterwegs. Was Slack dazu sagt, steht in ein paar Sekunden hier.
slack-said-channel_not_found = Diesen Kanal gibt es nicht, oder er ist privat und die App ist nicht darin. Laden Sie die App ein und testen Sie noch einmal.
slack-said-not_in_channel = Die App ist nicht in diesem Kanal. Laden Sie sie dort ein (/invite) und testen Sie noch einmal.
slack-said-is_archived = Der Kanal ist archiviert. Wählen Sie einen anderen.
slack-said-channel_is_archived = Der Kanal ist archiviert. Wählen Sie einen anderen.
slack-said-users_not_found = Niemand im Workspace hat diese Mailadresse.
slack-said-user_not_found = Niemand im Workspace hat diese Mailadresse.
slack-said-invalid_auth = Slack nimmt das Token der App nicht an. Das müssen die Betreiber des Portals beheben.
slack-said-not_authed = Slack nimmt das Token der App nicht an. Das müssen die Betreiber des Portals beheben.
slack-said-token_revoked = Das Token der App wurde widerrufen. Das müssen die Betreiber des Portals beheben.
slack-said-token_expired = Das Token der App ist abgelaufen. Das müssen die Betreiber des Portals beheben.
slack-said-account_inactive = Die App wurde aus dem Workspace entfernt. Das müssen die Betreiber des Portals beheben.
slack-said-missing_scope = Der App fehlt eine Berechtigung in Slack. Das müssen die Betreiber des Portals beheben.
slack-said-restricted_action = Der Workspace lässt die App dort nicht schreiben.
slack-said-action_prohibited = Der Workspace lässt diesen Webhook nicht schreiben.
slack-said-no_service = Diesen Webhook gibt es nicht mehr. Legen Sie in Slack einen neuen an und fügen Sie ihn ein.
slack-said-no_active_hooks = Dieser Webhook wurde abgeschaltet. Legen Sie in Slack einen neuen an und fügen Sie ihn ein.
slack-said-ratelimited = Slack bittet um Geduld; es wird von selbst noch einmal versucht.
slack-said-other = Slack sagt: { $said }

## Addresses that do not take mail

messages-tab-channels = Slack-Kanäle
messages-tab-templates = Vorlagen
messages-tab-bounces = Zurückgekommene Mails
messages-tabs = Was das Portal sagt
bounce-title = Adressen, die keine Mails annehmen
bounce-lead = Was verzichtbar ist, geht nicht mehr dorthin, bis die Adresse geändert wird. Links zum Anmelden werden trotzdem versucht.
bounce-column-address = Adresse
bounce-column-said = Was ihr Mailserver sagt
bounce-column-mail = Die Mail
bounce-column-since = Seit
bounce-again = Wieder anschreiben
bounce-none-title = Jede Mail wurde angenommen
bounce-none = Keine Adresse hat eine Mail abgelehnt.
bounce-pill = Mails kommen zurück
notice-address-good = Was als Nächstes kommt, geht wieder an diese Adresse.

## Templates

template-title = Jeder Text, der hinausgeht
template-lead = Mit ausgedachten Dingen, geschrieben wie die echten.
template-mails = Mails
template-slack = Slack
template-webhooks = Webhooks an eine iPaaS
template-webhook-lead-created = Neuer Lead
template-webhook-portal-test = Test
template-webhook-what = Der Inhalt, als JSON. Er ist signiert und geht unter einer Kennung hinaus, die bei jedem Versuch dieselbe ist.
template-subject = Betreff
template-light = In einem hellen Mailprogramm
template-dark = In einem dunklen
template-text = Als reiner Text
template-fallback = In Benachrichtigungen
template-language = Sprache
template-mail-sign-in = Link zum Anmelden
template-mail-proof-add_passkey = Passkey hinzugefügt
template-mail-proof-remove_passkey = Passkey entfernt
template-mail-proof-add_authenticator = App eingerichtet
template-mail-proof-remove_authenticator = App entfernt
template-mail-proof-make_recovery_codes = Neue Wiederherstellungscodes
template-mail-proof-use_recovery_code = Wiederherstellungscode benutzt
template-mail-proof-fail_sign_in = Falsche Codes eingegeben
template-mail-proofs-reset = Anmeldung zurückgesetzt
template-mail-invitation = Einladung
template-mail-welcome = Neue Person
template-mail-lead-accepted = Lead angenommen
template-mail-lead-review = Lead in Prüfung
template-mail-lead-rejected = Lead abgelehnt
template-mail-lead-taken-over = Deal übernommen
template-mail-dispute-answered = Frage beantwortet
template-mail-dispute-resolved = Frage geklärt
template-mail-statement = Abrechnung
template-mail-carried = Übertragen
template-mail-bill-paid = Rechnung bezahlt
template-mail-bill-undone = Zahlung zurückgenommen
template-mail-bill-voided = Rechnung storniert
template-mail-bill-not-made = Rechnung nicht gebucht
template-mail-bill-differs = Rechnung weicht ab
template-mail-bill-credited = Gutschrift zur Rechnung
template-mail-digest = Tagesmail
template-mail-letter = Von Hand geschriebene Mail
template-slack-won = Deal gewonnen
template-slack-statement = Abrechnung
template-slack-lead_new = Neuer Lead
template-slack-lead_review = Lead zu prüfen
template-slack-deal_without_lead = Deal ohne Lead
template-slack-dispute-opened = Posten reklamiert
template-slack-dispute-answered = Partner schrieb zurück
template-slack-exceptions = Neue Fälle
template-slack-bill_differs = Rechnung weicht ab
template-slack-test = Test eines Kanals
template-alerts-mail = Technik, per Mail
template-alerts-slack = Technik, in Slack
