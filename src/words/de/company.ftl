## Die Angaben zum Unternehmen

company-title = Unternehmen
company-lead = Was auf Ihren Abrechnungen steht, und wer sie sehen darf.
company-details = Angaben
company-name = Name
company-name-hint = So zeigt es das Portal.
company-legal-name = Firma laut Register
company-legal-name-hint = Wie im Register und auf Rechnungen.
company-domain = Domain
company-domain-hint = Die eigene Website des Unternehmens, etwa acme.com.
company-domain-by-staff = An ihr werden Leads geprüft, darum ändern nur wir sie: Schreiben Sie Ihrer Partnerbetreuung.
company-address = Anschrift
company-street = Straße und Hausnummer
company-street-hint = Bis zu drei Zeilen, etwa mit Gebäude oder Etage darüber. Die ganze Anschrift steht auf Abrechnungen; Buchhaltungen verlangen sie.
company-postal-code = Postleitzahl
company-city = Ort
company-country = Land
company-country-hint = Zwei Buchstaben: DE, AT, CH.
company-vat-number = USt-IdNr.
company-vat-number-hint = Leer, wenn es keine gibt.
company-billing-email = E-Mail für Abrechnungen
company-billing-email-hint = Erhält jede Abrechnung und jede Zahlungsmitteilung.
company-slack-channel = Nachrichten in Slack
company-slack-channel-hint = Dort melden wir Abrechnungen und gewonnene Deals: die ID eines Kanals, die Mailadresse eines Mitglieds oder die Adresse eines eingehenden Webhooks. Ein Webhook ist geheim: Danach steht hier nur noch sein Ende. Leer: keine Meldungen.
company-save = Angaben speichern
company-read-only = Nur die Rolle „Leitung“ kann dies ändern.
reach-sales-title = Was der Vertrieb sieht
reach-sales-lead = Leitung und Finanzen sehen immer alle Leads.
reach-sales = Der Vertrieb sieht
reach-sales-all = alle Leads
reach-sales-own = nur die selbst eingereichten Leads
reach-save = Speichern
figure-own-leads = Sie sehen die Leads, die Sie eingereicht haben. Was sie einbringen, steht unter Provision.

## Das Programm, an dem es teilnimmt

company-programme = Programm
company-programme-active = Aktiv
company-programme-inactive = Nicht aktiv
company-programme-plan = Plan
company-programme-enrolled = Teilnahme seit
company-programme-not-enrolled = Ihr Unternehmen nimmt derzeit nicht teil. Ihre Partnerbetreuung kann das ändern.
company-programme-since = Partner seit

## Das Team

team-title = Team
team-lead = Die Leitung sieht und darf alles. Der Vertrieb reicht Leads ein. Die Finanzen stellen Rechnungen. Wer nur liest, sieht zu.
team-column-person = Person
team-column-role = Rolle
team-column-joined = Dabei seit
team-invited-until = Eingeladen, bis { $date }
team-remove = Entfernen
team-remove-label = { $person } entfernen
team-remove-title = { $person } entfernen?
team-remove-confirm = { $person } wird sofort abgemeldet und verliert den Zugang zu diesem Unternehmen. Was diese Person eingereicht hat, bleibt.
team-revoke = Zurücknehmen
team-revoke-label = Einladung an { $email } zurücknehmen
team-role-change = Ändern
team-role-label = Rolle von { $person }
team-invite-title = Per E-Mail einladen
team-invite-email = E-Mail
team-invite-role = Rolle
team-invite-submit = Einladen
team-roles-title = Was jede Rolle darf

## Rollen

role-owner = Leitung
role-owner-hint = Sieht und darf alles, pflegt Unternehmen und Team.
role-sales = Vertrieb
role-sales-hint = Reicht Leads ein und sieht die Provision.
role-finance = Finanzen
role-finance-hint = Sieht Leads und Provision, stellt Rechnungen.
role-read_only = Nur lesen
role-read_only-hint = Sieht Leads und Provision und ändert nichts.
staff-role-administrator = Administration
staff-role-partner_manager = Partnerbetreuung
staff-role-finance = Finanzen
staff-role-operator = Betrieb
staff-role-auditor = Revision

## Eine Einladung annehmen

invitation-title = { $partner } beitreten
invitation-lead = { $inviter } lädt Sie ins Partnerportal von { $partner } ein.
invitation-role = Ihre Rolle: { $role }
invitation-email = Sie melden sich als { $email } an.
invitation-name = Ihr Name
invitation-name-hint = Ihre Kolleginnen und Kollegen und unser Team sehen ihn.
invitation-submit = Beitreten
invitation-gone-title = Diese Einladung gilt nicht mehr
invitation-gone = Sie wurde bereits verwendet, zurückgenommen oder ist abgelaufen. Bitten Sie um eine neue.
