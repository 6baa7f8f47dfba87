## Was getan werden kann, und von wem

action-submit_leads = Leads einreichen
action-what-submit_leads = Kunden bringen, Leads ergänzen und zurückziehen, solange sie nicht registriert sind.
action-read_leads = Leads sehen
action-what-read_leads = Wo jeder Lead des Unternehmens steht, und wer zum Team gehört.
action-read_money = Provision sehen
action-what-read_money = Was verdient, offen, ausgezahlt ist und noch kommt; Abrechnungen und ihre Dateien.
action-dispute_lines = Posten beanstanden
action-what-dispute_lines = Nach einem Provisionsposten fragen; er wartet, bis das geklärt ist.
action-raise_invoices = Rechnungen stellen
action-what-raise_invoices = Die Rechnung des Unternehmens zu einer Abrechnung einreichen und zurückziehen.
action-edit_company = Angaben ändern
action-what-edit_company = Name, Anschrift, USt-IdNr., wohin Mails und Slack-Nachrichten gehen.
action-manage_team = Team verwalten
action-what-manage_team = Kolleginnen und Kollegen einladen, entfernen, ihre Rollen ändern und ihre Anmeldung zurücksetzen.
action-decide_leads = Über Leads entscheiden
action-what-decide_leads = Leads in Prüfung annehmen oder ablehnen.
action-manage_partners = Partner betreuen
action-what-manage_partners = Partner anlegen, aufnehmen, ihre Angaben ändern, ihre Leute einladen.
action-edit_plans = Pläne bearbeiten
action-what-edit_plans = Pläne und neue Fassungen veröffentlichen.
action-approve_lines = Posten freigeben
action-what-approve_lines = Posten freigeben, anhalten, eintragen, berichtigen, ablehnen, und Beanstandungen beantworten.
action-reconcile = Abgleichen
action-what-reconcile = Zuordnen, aufteilen, verzichten und übernehmen, was HubSpot oder Xero sagt.
action-close_quarter = Quartale schließen
action-what-close_quarter = Die Abrechnungen eines Quartals erstellen.
action-read_books = Bücher lesen
action-what-read_books = Alle Leads, Partner, Posten, Abrechnungen und Konten, wer hier arbeitet, und das Protokoll.
action-operate = Betreiben
action-what-operate = Gescheitertes wiederholen, Systeme anhalten, Phasen benennen, wählen, wohin Nachrichten gehen.
action-connect = Systeme verbinden
action-what-connect = Dem Portal Zugang zu HubSpot, Xero, Slack und Mailserver geben und nehmen.
action-manage_people = Personen verwalten
action-what-manage_people = Personen hinzufügen, Rollen ändern, Personen sperren, Anmeldungen zurücksetzen, und sagen, ob Geld zwei Personen braucht.
action-leave_books = Ein Konto verlassen
action-what-leave_books = Sagen, dass HubSpot oder Xero nun ein anderes Konto ist, und die Objekte des alten zurücklassen.
action-manage_privacy = Datenschutz betreuen
action-what-manage_privacy = Ausgeben oder löschen, was über eine Person aufbewahrt wird, und sagen, wie lange etwas aufbewahrt wird.
action-assign_partners = Partner zuteilen
action-what-assign_partners = Sagen, wer einen Partner betreut, und ob Betreuer alle Partner sehen oder nur ihre eigenen.
action-manage_sign_on = Einmalige Anmeldung betreuen
action-what-manage_sign_on = Sagen, bei welchem Identitätsanbieter sich die Leute einer Maildomain anmelden.

## Die Leute des Anbieters und der Partner

people-title = Personen
people-lead = Alle, die sich anmelden können: mit welcher Rolle, wann zuletzt, und womit sie sich ausweisen.
people-staff = Bei { $vendor }
people-members = Mitglieder von Partnern
people-search = Name, Mailadresse oder Partner
people-column-person = Person
people-column-role = Rolle
people-column-seen = Zuletzt da
people-column-proofs = Meldet sich an mit
people-column-state = Zustand
people-passkeys =
    { $count ->
        [one] Einem Passkey
       *[other] { $count } Passkeys
    }
people-app = App
people-no-proofs = Noch nichts
people-enabled = Kann sich anmelden
people-disabled = Gesperrt
people-disabled-since = Gesperrt
people-disabled-for = Grund
people-add-title = Person hinzufügen
people-add-lead = Eine Mail sagt, wo man sich anmeldet. Den Link dafür bekommt, wer ihn dort anfordert; er gilt nur in diesem Browser.
people-add-submit = Hinzufügen
people-name = Name
people-email = E-Mail
people-role = Rolle
people-change-role = Rolle ändern
people-change-role-at = Rolle bei { $place }
people-change-role-hint = Die Person wird sofort überall abgemeldet und meldet sich mit der neuen Rolle wieder an.
people-disable = Sperren
people-disable-lead = { $person } wird sofort überall abgemeldet und kann sich nicht mehr anmelden. Was diese Person getan hat, bleibt.
people-disable-reason = Grund
people-enable = Wieder anmelden lassen
people-enable-lead = Mit den Rollen und Nachweisen von vorher.

## Wer was darf

roles-title = Wer was darf
roles-link = Wer was darf
roles-lead = Diese Tabelle ist das, was das Portal durchsetzt, aus denselben Regeln gezeichnet.
roles-lead-members = Was jede Rolle in Ihrem Unternehmen darf. Diese Tabelle ist das, was das Portal durchsetzt.
roles-of-staff = Beim Anbieter
roles-of-members = Beim Partner
roles-column-action = Handlung
roles-may = Ja
roles-may-not = Nein

## Zwei Personen

persons-title = Geld braucht zwei Personen
persons-two = Ein
persons-one = Aus
persons-two-what = Kein Geld geht durch das Tun einer Person allein hinaus.
persons-one-what = Eine Person darf die eigene Arbeit freigeben und abrechnen. Jedes Mal steht im Protokoll.
persons-rule-lines = Wer einen Posten gebracht, eingetragen oder zuletzt von Hand bewegt hat (durch Zuordnen, Aufteilen, Verzicht, einen Plan, eine Entscheidung über den Deal), gibt ihn nicht frei.
persons-rule-closing = Wer ein Quartal schließt, hat keinen Posten allein freigegeben, an dem sonst niemand beteiligt war.
persons-rule-details = Wer Firma, Anschrift, USt-IdNr. oder Mail für Abrechnungen eines Partners geändert hat, schließt für ihn kein Quartal, bevor jemand anderes das gesehen hat.
persons-choose-one = Eine Person genügen lassen
persons-choose-two = Wieder zwei Personen verlangen
persons-reason = Grund
second-moved = Von Hand bewegt von { $person } am { $date }; jemand anderes gibt ihn frei.
second-for-others =
    { $count ->
        [one] An einem davon waren Sie beteiligt: Jemand anderes gibt ihn frei.
       *[other] An { $count } davon waren Sie beteiligt: Jemand anderes gibt sie frei.
    }
second-close-title = Dieses Quartal muss jemand anderes schließen
second-close-lines =
    { $count ->
        [one] Einen der Posten haben Sie freigegeben, und sonst war niemand daran beteiligt. Jemand anderes schließt, oder Sie nehmen die Freigabe zurück und jemand anderes gibt frei.
       *[other] { $count } der Posten haben Sie freigegeben, und sonst war niemand daran beteiligt. Jemand anderes schließt, oder Sie nehmen die Freigaben zurück und jemand anderes gibt frei.
    }
second-close-details = Sie haben geändert, wie diese Partner bezahlt werden, und niemand sonst hat das gesehen: { $partners }. Jemand anderes schließt oder bestätigt die Angaben auf der Seite des Partners.
second-details = Wie er bezahlt wird
second-details-changed = Geändert von { $person } am { $date }.
second-details-seen = Gesehen von { $person } am { $date }.
second-details-own = Das hat noch niemand sonst gesehen: Jemand anderes schließt das Quartal oder bestätigt es hier.
second-details-unseen = Das hat noch niemand sonst gesehen.
second-details-confirm = Angaben bestätigen
