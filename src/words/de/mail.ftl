## Jede E-Mail: Anrede, ein Absatz, eine Schaltfläche, der Fuß

mail-greeting = Guten Tag { $name },
mail-footer = Sie erhalten diese E-Mail, weil Sie das Partnerportal von { $programme } nutzen.

## Ein Lead ist eingegangen oder entschieden

mail-lead-accepted-subject = Ihr Lead { $client } ist eingegangen
mail-lead-accepted-body = Vielen Dank: Ihr Lead { $client } ist eingegangen und angenommen, und Sie haben für diesen Kunden Kundenschutz. Unser Vertrieb übernimmt jetzt; jeden Schritt können Sie im Portal verfolgen.
mail-lead-review-subject = Ihr Lead { $client } ist eingegangen und wird geprüft
mail-lead-review-body = Vielen Dank: Ihr Lead { $client } ist eingegangen. Bevor es weitergeht, sieht sich jemand den Lead an; sobald darüber entschieden ist, erhalten Sie eine E-Mail.
mail-lead-rejected-subject = Ihr Lead { $client } wurde nicht aufgenommen
mail-lead-rejected-body = Wir können Ihren Lead { $client } leider nicht aufnehmen. Der Grund: { $reason } Wenn Sie das anders sehen, wenden Sie sich bitte an Ihre Partnerbetreuung.
mail-lead-taken-over-subject = Ein Deal mit { $client } zählt als Ihrer
mail-lead-taken-over-body = Unser Vertrieb hat den Deal „{ $need }“ mit { $client } ohne einen Lead von Ihnen angelegt. Wir haben das geprüft, und er zählt als Ihrer: Er steht unter Ihren Leads, und jeden Schritt können Sie im Portal verfolgen.
mail-lead-button = Lead öffnen

## Anmelden und beitreten

mail-sign-in-subject = Ihr Link zur Anmeldung
mail-sign-in-body = Mit diesem Link melden Sie sich im Partnerportal an. Er gilt einmal und nur wenige Minuten. Sie haben ihn nicht angefordert? Dann brauchen Sie nichts zu tun: Ohne den Link kommt niemand hinein.
mail-sign-in-button = Anmelden
mail-proof-add_passkey-subject = Ein Passkey kam hinzu
mail-proof-remove_passkey-subject = Ein Passkey wurde entfernt
mail-proof-add_authenticator-subject = Eine Authenticator-App wurde eingerichtet
mail-proof-remove_authenticator-subject = Die Authenticator-App wurde entfernt
mail-proof-make_recovery_codes-subject = Es gibt neue Wiederherstellungscodes
mail-proof-use_recovery_code-subject = Eine Anmeldung mit einem Wiederherstellungscode
mail-proof-fail_sign_in-subject = Fünf falsche Codes wurden eingegeben
mail-proof-add_passkey-body = Von jetzt an können Sie sich mit einem neuen Passkey am Partnerportal anmelden.
mail-proof-remove_passkey-body = Einer Ihrer Passkeys wurde entfernt und meldet nirgends mehr an.
mail-proof-add_authenticator-body = Von jetzt an öffnen die Codes einer Authenticator-App Ihnen das Partnerportal.
mail-proof-remove_authenticator-body = Die Codes Ihrer Authenticator-App gelten nicht mehr.
mail-proof-make_recovery_codes-body = Ihre alten Wiederherstellungscodes gelten nicht mehr; die neuen stehen auf der Seite Ihrer Anmeldung.
mail-proof-use_recovery_code-body = Jemand hat sich mit einem Ihrer Wiederherstellungscodes als Sie angemeldet. Er gilt kein zweites Mal.
mail-proof-fail_sign_in-body = Jemand, der Ihre E-Mails liest, hat mit einem Link begonnen, sich als Sie anzumelden, und fünf falsche Codes eingegeben. Geöffnet wurde nichts.
mail-proof-not-you = Das waren nicht Sie? Dann ist jemand anderes in Ihrem Konto: Melden Sie sich überall ab, entfernen Sie, was nicht Ihnen gehört, und sagen Sie uns Bescheid.
mail-proof-button = Anmeldung und Geräte
mail-proofs-reset-subject = Ihre Anmeldung am Partnerportal von { $programme } wurde zurückgesetzt
mail-proofs-reset-body = { $by } ({ $place }) hat Ihre Anmeldung zurückgesetzt: { $at }. Ihre Passkeys, Ihre Authenticator-App und Ihre Wiederherstellungscodes gelten nicht mehr, und Sie sind überall abgemeldet.
mail-proofs-reset-next = Als Nächstes melden Sie sich mit einem Link an, den das Portal Ihnen schickt, wenn Sie ihn anfordern, und richten danach wie beim ersten Mal einen Passkey oder eine App ein.
mail-proofs-reset-unasked = Sie haben nicht darum gebeten? Dann melden Sie sich sofort an, damit Ihnen niemand zuvorkommt, der Ihre E-Mails liest, und sagen Sie { $by } und uns Bescheid.
mail-welcome-subject = { $inviter } hat Ihnen Zugang zum Partnerportal von { $programme } gegeben
mail-welcome-body = { $inviter } hat Ihnen Zugang zum Partnerportal von { $programme } gegeben. Melden Sie sich mit dieser Mailadresse an: Das Portal schickt Ihnen dann einen Link, der nur in Ihrem Browser gilt. Sie kennen { $inviter } nicht? Dann können Sie diese E-Mail einfach ignorieren.
mail-invitation-subject = { $inviter } lädt Sie zu { $partner } ein
mail-invitation-body = { $inviter } lädt Sie ein, im Partnerportal von { $programme } für { $partner } mitzuarbeiten. Die Einladung gilt einmal. Sie kennen { $inviter } nicht? Dann können Sie diese E-Mail einfach ignorieren.
mail-invitation-button = Einladung annehmen

## Abrechnungen und Zahlungen

mail-statement-subject = Abrechnung { $number }: Rechnungsbetrag { $amount }
mail-statement-body =
    { $count ->
        [0] { $quarter } ist abgeschlossen, und die Abrechnung { $number } liegt bereit: Sie können uns { $amount } netto in Rechnung stellen. Stellen Sie Ihre Rechnung im Portal, dann bezahlen wir sie als Nächstes. Die Posten im Einzelnen:
        [one] { $quarter } ist abgeschlossen, und die Abrechnung { $number } liegt bereit: Sie können uns { $amount } netto in Rechnung stellen. Stellen Sie Ihre Rechnung im Portal: Wir zahlen innerhalb eines Tages danach. Die Posten im Einzelnen:
       *[other] { $quarter } ist abgeschlossen, und die Abrechnung { $number } liegt bereit: Sie können uns { $amount } netto in Rechnung stellen. Stellen Sie Ihre Rechnung im Portal: Wir zahlen innerhalb von { $count } Tagen danach. Die Posten im Einzelnen:
    }
mail-statement-button = Abrechnung öffnen
mail-carried-subject = { $quarter } ist abgeschlossen: diesmal nichts zu berechnen
mail-carried-button = Zu Ihren Abrechnungen
mail-bill-paid-subject = Ihre Rechnung { $number } ist bezahlt
mail-bill-paid-body = Wir haben Ihre Rechnung { $number } vollständig bezahlt: { $amount } netto.
mail-bill-undone-subject = Eine Zahlung Ihrer Rechnung { $number } wurde zurückgenommen
mail-bill-undone-body = { $amount } netto von dem, was wir auf Ihre Rechnung { $number } gezahlt hatten, wurden zurückgenommen. Die Posten, für die sie waren, stehen Ihnen wieder zu; Sie müssen nichts tun, und wir melden uns, wenn sie bezahlt sind.
mail-bill-voided-subject = Ihre Rechnung { $number } wurde storniert
mail-bill-voided-body = Ihre Rechnung { $number } zur Abrechnung { $statement } wurde bei uns storniert. Sie können { $amount } der Abrechnung im Portal neu berechnen.
mail-bill-not-made-subject = Ihre Rechnung { $number } ließ sich nicht buchen
mail-bill-not-made-body = Ihre Rechnung { $number } zur Abrechnung { $statement } ließ sich bei uns nicht buchen, und wir gehen dem nach. Stimmt die Nummer nicht? Dann ziehen Sie die Rechnung im Portal zurück und stellen Sie sie neu.
mail-bill-credited-subject = Ihre Rechnung { $bill } wurde mit einer Gutschrift verrechnet
mail-bill-credited-body = { $why } Bitte antworten Sie auf diese Mail, wenn Sie uns diese Gutschrift nicht gegeben haben; wir melden uns, wenn der Rest bezahlt ist.
mail-bill-differs-subject = Ihre Rechnung { $bill } passt nicht zur Abrechnung { $statement }
mail-bill-differs-body = { $why } Bis das geklärt ist, zahlen wir darauf nichts. Bitte schicken Sie eine andere Rechnung, oder antworten Sie auf diese Mail, wenn Sie es anders sehen.

## What the reader can do without

mail-footer-choose = Wählen Sie, welche Mails Sie bekommen
mail-footer-stop = Keine Mails dieser Art mehr bekommen

## The daily mail

mail-digest-subject = Ihr Partnerportal, { $day }
mail-digest-body =
    { $count ->
        [one] Seit Ihrer letzten Tagesmail ist eines geschehen.
       *[other] Seit Ihrer letzten Tagesmail ist { $count }-mal etwas geschehen.
    }
mail-digest-button = Mails auswählen
