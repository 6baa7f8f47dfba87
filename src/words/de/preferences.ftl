### Which mails a person wants.

preferences-title = Ihre Mails
preferences-lead = Was das Portal an { $email } schreibt, und wann.
preferences-choose = Mails, auf die Sie verzichten können
preferences-choose-lead = Was immer Sie wählen: Im Portal steht alles.
preferences-save = Speichern
preferences-none-title = Nichts zu wählen
preferences-none = Das Portal schreibt Ihnen nur, wenn Sie sich per Mail anmelden. Neues lesen Sie auf Ihren Seiten und in Slack.
preferences-always = Mails, die Sie immer bekommen
preferences-always-what = Links zum Anmelden, Einladungen und was Ihnen jemand aus dem Portal schreibt.
preferences-link = Ihre Mails
notice-mails-chosen = Gespeichert.
mail-kind-lead = Ihre Leads
mail-kind-lead-what = Dass ein Lead von Ihnen angekommen ist und was darüber entschieden wurde.
mail-kind-dispute = Ihre Fragen zu Posten
mail-kind-dispute-what = Eine Antwort auf Ihre Frage und wie sie geklärt wurde.
mail-kind-statement = Abrechnungen
mail-kind-statement-what = Eine Abrechnung liegt bereit, oder ihr Betrag wird übertragen.
mail-kind-bill = Ihre Rechnungen
mail-kind-bill-what = Eine Rechnung wurde bezahlt, oder etwas daran muss berichtigt werden.
delivery-at_once = Sofort
delivery-daily = Einmal am Tag, alles zusammen
delivery-never = Gar nicht
unsubscribe-title = Weniger Mails bekommen
unsubscribe-ask = Soll das Portal Ihnen dazu keine Mails mehr schicken: { $what }? Im Portal steht weiterhin alles.
unsubscribe-do = Diese Mails beenden
unsubscribe-done = Sie bekommen dazu keine Mails mehr: { $what }.
