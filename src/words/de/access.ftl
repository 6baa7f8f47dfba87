### Anmelden, womit man sich ausweist, und wo man angemeldet ist.

passkey-sign-in-title = Mit einem Passkey
passkey-sign-in = Mit einem Passkey anmelden
passkey-sign-in-hint = Ihr Gerät fragt nach Fingerabdruck, Gesicht oder PIN und sagt uns nur, dass Sie es sind.
passkey-asking = Ihr Browser fragt …
passkey-failed = Es wurde nichts nachgewiesen. Drücken Sie noch einmal, wenn Sie so weit sind, oder nehmen Sie einen anderen Weg.
passkey-name = Wie Sie ihn nennen
passkey-name-hint = Damit Sie ihn wiedererkennen, etwa „Laptop im Büro“.
passkey-add = Passkey hinzufügen
passkey-impossible = Passkeys gehören zum Namen einer Seite, und diese ist unter einer Zahl geöffnet. Öffnen Sie sie unter ihrem Namen, um Passkeys zu nutzen.
passkey-needs-scripts = Passkeys brauchen einen Browser, der sie kennt und die Skripte dieser Seite ausführt.
passkeys-title = Passkeys
passkeys-what = Der sicherste und schnellste Weg: kein Code, nichts zu tippen, nichts, was man versehentlich verraten könnte.

authenticator-title = Authenticator-App
authenticator-what = Eine App, die jede halbe Minute einen neuen Code zeigt. Sie melden sich mit einem Link aus der Mail und einem Code an.
authenticator-begin = App einrichten
authenticator-again = Mit einem neuen Code von vorn beginnen
authenticator-scan = Lassen Sie Ihre App dieses Bild einlesen:
authenticator-picture = Ein QR-Code mit dem Schlüssel für Ihre App
authenticator-open = Oder die App auf diesem Gerät öffnen
authenticator-type = Oder diesen Schlüssel eintippen:
authenticator-first-code = Der Code, den die App zeigt
authenticator-confirm = Bestätigen
authenticator-there = Ihre App

recovery-title = Wiederherstellungscodes
recovery-what = Für den Tag, an dem Sie alles andere verloren haben: Jeder meldet Sie einmal an, nach einem Link aus der Mail.
recovery-left = { $count ->
    [0] Keiner ist übrig. Erstellen Sie neue.
    [one] Einer ist übrig.
   *[other] { $count } sind übrig.
}
recovery-renew = Neue Codes erstellen
recovery-new-title = Bewahren Sie diese Wiederherstellungscodes auf
recovery-new = Drucken Sie sie aus oder legen Sie sie in Ihren Passwortmanager. Sobald Sie bestätigen, dass Sie sie haben, kann sie hier niemand mehr lesen.
recovery-hidden-title = Sie haben Ihre Wiederherstellungscodes noch nicht aufbewahrt
recovery-hidden = Lesen darf sie nur, wer sich gerade angemeldet hat: Melden Sie sich ab und wieder an, dann stehen sie hier.
recovery-kept = Ich habe sie aufbewahrt

proof-used = Benutzt
proof-added = Hinzugefügt
proof-remove = Entfernen

prove-title = Noch ein Schritt
prove-lead = Der Link hat gezeigt, dass { $email } Ihnen gehört. Weisen Sie jetzt nach, dass Sie es sind.
prove-first-lead = Der Link hat gezeigt, dass { $email } Ihnen gehört. Wählen Sie, womit Sie von jetzt an nachweisen, dass Sie es sind; weitere Wege können Sie später hinzufügen.
prove-code-title = Mit einem Code
prove-code = Code
prove-code-hint = Die sechs Ziffern, die Ihre App zeigt, oder einer Ihrer Wiederherstellungscodes.
prove-recovery-code = Wiederherstellungscode
prove-recovery-code-hint = Einer von denen, die Sie beim Einrichten aufbewahrt haben.
prove-lost = Haben Sie alles verloren, auch die Wiederherstellungscodes? Die Leitung Ihres Unternehmens oder jemand aus unserer Administration kann Ihre Anmeldung zurücksetzen.
prove-submit = Anmelden
prove-cancel = Nicht anmelden

security-title = Anmeldung und Geräte
security-link = Anmeldung und Geräte
security-lead = Womit Sie nachweisen, dass Sie es sind, und wo Sie angemeldet sind.
sessions-title = Wo Sie angemeldet sind
sessions-what = Etwas kommt Ihnen fremd vor? Beenden Sie es, und entfernen Sie, was Sie nicht kennen.
session-this = Hier
session-unknown = Ein unbekannter Browser
session-since = seit
session-seen = zuletzt benutzt
session-end = Beenden
session-end-others = Überall sonst abmelden
companies-title = Ihre Unternehmen

reset-title = Anmeldung zurücksetzen
reset-lead = Für alle, die Passkeys, App und Wiederherstellungscodes zugleich verloren haben. Vergewissern Sie sich zuerst, dass es diese Person ist, die Sie bittet: Rufen Sie an, oder treffen Sie sich. Die Person wird sofort überall abgemeldet, erfährt es per Mail und richtet nach einem gemailten Link neue ein.
reset-person = Person
reset-choose = Jemanden auswählen
reset-reason = Grund
reset-reason-hint = Was verloren ging, und wie Sie sich vergewissert haben, wer Sie bittet. Es steht im Protokoll.
reset-submit = Zurücksetzen

notice-passkey-added = Der Passkey ist hinzugefügt. Von jetzt an meldet er Sie an.
notice-passkey-removed = Der Passkey ist entfernt, und alle anderen Anmeldungen sind beendet.
notice-authenticator-added = Ihre App ist eingerichtet.
notice-authenticator-removed = Die App ist entfernt, und alle anderen Anmeldungen sind beendet.
notice-recovery-codes-kept = Gut. Hier kann sie niemand mehr lesen.
notice-session-ended = Dieser Browser ist abgemeldet.
notice-sessions-ended = Sie sind überall sonst abgemeldet.
notice-proofs-reset = Die Anmeldung ist zurückgesetzt: Die Person ist überall abgemeldet; eine Mail sagt ihr, wie sie eine neue einrichtet.

audit-act-add_passkey = Passkey hinzugefügt
audit-act-remove_passkey = Passkey entfernt
audit-act-add_authenticator = Authenticator-App eingerichtet
audit-act-remove_authenticator = Authenticator-App entfernt
audit-act-keep_recovery_codes = Wiederherstellungscodes aufbewahrt
audit-act-make_recovery_codes = Neue Wiederherstellungscodes erstellt
audit-act-use_recovery_code = Mit einem Wiederherstellungscode angemeldet
audit-act-end_sessions = Überall sonst abgemeldet

error-link-of-other-browser = Dieser Link gilt nur in dem Browser, in dem er angefordert wurde. Öffnen Sie ihn dort, oder lassen Sie sich von hier aus einen neuen zusenden.
error-wrong-code = Das ist nicht der Code. Warten Sie auf den nächsten, und geben Sie ihn ein, solange er angezeigt wird; jeder gilt einmal. Bleibt es dabei, sehen Sie nach, ob das Gerät mit der App seine Uhr selbst stellt.
error-no-codes-today = Für Sie wurden innerhalb eines Tages zu viele falsche Codes eingegeben; deshalb gilt keiner einer App. Nehmen Sie einen Passkey oder einen Wiederherstellungscode, oder kommen Sie morgen wieder.
error-too-many-wrong-codes = Das waren fünf falsche Codes. Lassen Sie sich einen neuen Link zusenden und beginnen Sie von vorn.
error-prove-again = Dafür müssen Sie sich in der letzten Viertelstunde angemeldet haben. Melden Sie sich ab und wieder an, und kommen Sie zurück.
error-last-proof = Das ist Ihr letzter Nachweis: Fügen Sie einen anderen hinzu, bevor Sie ihn entfernen.
error-no-proof-yet = Richten Sie zuerst einen Passkey oder eine App ein.
error-authenticator-there = Sie haben schon eine App: Entfernen Sie sie, bevor Sie eine andere einrichten.
error-passkey-not-taken = Der Passkey wurde nicht angenommen. Versuchen Sie es noch einmal; bleibt es dabei, melden Sie sich mit einem Link an.
error-passkey-there = Dieser Passkey ist hier schon bekannt.
error-passkeys-need-a-name = Passkeys gehören zum Namen einer Seite, und diese ist unter einer Zahl geöffnet.
error-reset-yourself = Die eigene Anmeldung setzt niemand zurück: Ändern Sie Ihre unter „Anmeldung und Geräte“, oder bitten Sie jemanden mit derselben Rolle.
error-reset-by-vendor = Die Anmeldung dieser Person setzen nur wir zurück: Schreiben Sie Ihrer Partnerbetreuung.
error-reset-disabled = Diese Person ist gesperrt: Lassen Sie sie zuerst wieder zu, und setzen Sie dann zurück.
error-reset-sign-on = Diese Person meldet sich nur über ihre eigene Firma an, hier ist also nichts zurückzusetzen: Fragen Sie, wer sich dort darum kümmert.
error-reset-nothing = Es gibt nichts zurückzusetzen: Diese Person hat hier weder Passkey noch App und meldet sich über ihre eigene Firma an, oder mit einem gemailten Link, nach dem sie beides einrichtet.

### Einmalige Anmeldung.

sign-on-title = Einmalige Anmeldung
sign-on-lead = Die Leute einer Firma melden sich bei deren eigenem Identitätsanbieter an, der OpenID Connect spricht: Entra ID, Google Workspace, Okta, Keycloak und andere tun das.
sign-on-add-title = Den Anbieter von { $company } hinzufügen
sign-on-add-lead = Tragen Sie das Portal dort als Webanwendung mit dieser Adresse ein, und übernehmen Sie hier, was dort steht. Beim Speichern wird der Anbieter gefragt, ob es ihn gibt.
sign-on-add-submit = Hinzufügen
sign-on-back = Die Adresse, an die der Anbieter zurückschickt
sign-on-name = Name
sign-on-name-hint = Was auf dem Knopf steht, der dorthin führt.
sign-on-domain = Domain der Mailadressen
sign-on-domain-hint = Der Teil hinter dem @. Für keine andere Adresse wird dem Anbieter geglaubt.
sign-on-issuer = Adresse des Anbieters (Issuer)
sign-on-issuer-hint = Zum Beispiel https://login.example.com/realms/staff, genau so, wie der Anbieter sich selbst nennt.
sign-on-client = Name des Portals dort (Client-ID)
sign-on-secret = Geheimnis des Portals dort
sign-on-secret-kept = Bleibt das Feld leer, gilt das aufbewahrte weiter.
sign-on-strength = Wofür der Anbieter einstehen muss
sign-on-strength-hint = Wörter mit Leerzeichen dazwischen, etwa mfa oder urn:okta:loa:2fa:any. Niemand kommt herein, von dem der Anbieter nicht eines davon sagt, als acr oder in amr. Bleibt das Feld leer, wird nichts verlangt: Wen der Anbieter einlässt, der ist drin. Was er von jemandem sagte, der abgewiesen wurde, steht im Protokoll.
sign-on-strength-none = Es wird nicht verlangt, dass jemand sich dort auf bestimmte Weise ausweist: Wen der Anbieter einlässt, der ist drin.
sign-on-strength-asked = Er muss für eines davon einstehen: { $words }
sign-on-only = Der einzige Weg zur Anmeldung
sign-on-only-hint = Wer so eine Adresse hat, kann Links und Passkeys nicht mehr verwenden. Wen die Firma dort aussperrt, der ist hier binnen zwölf Stunden draußen.
sign-on-none-title = Noch meldet sich niemand bei einem Anbieter an
sign-on-none = Fügen Sie hier den Ihrer eigenen Firma hinzu; die von Partnern kommen von der Seite des Partners aus hinzu.
sign-on-state-only = Einziger Weg
sign-on-state-offered = Angeboten
sign-on-changed = Geändert
sign-on-change = Ändern oder entfernen
sign-on-save = Speichern
sign-on-remove = Entfernen
sign-on-here-title = Wer zu { $domain } gehört, meldet sich mit { $name } an
sign-on-here = Sie gehen auf die Seite Ihrer eigenen Firma und kommen angemeldet zurück.
sign-on-go = Weiter mit { $name }
sign-on-again = Noch einmal mit { $name } ausweisen
sign-on-refused = Die Anmeldung Ihrer Firma gab eine Antwort, die nicht angenommen werden kann. Versuchen Sie es noch einmal; bleibt es so, nennen Sie denen, die das Portal betreuen, diese Nummer: { $reference }.
sign-on-silent = Die Anmeldung Ihrer Firma antwortet nicht. Versuchen Sie es gleich noch einmal; bleibt es so, nennen Sie denen, die das Portal betreuen, diese Nummer: { $reference }.

notice-sign-on-saved = Den Anbieter gibt es, und wer zu dieser Domain gehört, kann sich mit ihm anmelden.
notice-sign-on-removed = Der Anbieter ist vergessen.

audit-act-save_sign_on = Hat einen Identitätsanbieter geändert
audit-act-remove_sign_on = Hat einen Identitätsanbieter entfernt
audit-act-release_sign_on = Lässt die Leute einer Domain sich wieder auf anderen Wegen anmelden
audit-act-refuse_sign_on = Wurde abgewiesen, weil der Identitätsanbieter für zu wenig einstand
audit-act-first_sign_on = Hat sich zum ersten Mal bei einem Identitätsanbieter angemeldet

error-domain-of-everybody = Dort kann jeder eine Adresse haben: Kein Anbieter spricht dafür.
error-issuer-invalid = Geben Sie die Adresse so ein, wie der Anbieter sich selbst nennt, beginnend mit https://.
error-strength-invalid = Geben Sie höchstens zehn Wörter mit zusammen 200 Zeichen ein, aus einfachen Buchstaben, Ziffern und Zeichen.
error-issuer-silent = Unter genau dieser Adresse beschreibt sich kein Identitätsanbieter. Was statt dessen kam, steht im Protokoll.
error-sign-on-domain-taken = Für diese Domain gibt es schon einen Anbieter.
error-sign-on-unknown = Dieser Weg zur Anmeldung wurde nicht in diesem Browser begonnen, oder er ist verbraucht oder zu alt. Beginnen Sie noch einmal von vorn.
error-sign-on-denied = Die Anmeldung Ihrer Firma hat Sie nicht durchgelassen. Beginnen Sie noch einmal, oder fragen Sie, wer sie betreut.
error-sign-on-weak = Die Anmeldung Ihrer Firma hat Sie durchgelassen, aber nicht gesagt, dass Sie sich so ausgewiesen haben, wie das Portal es verlangt. Melden Sie sich dort ab und mit einem zweiten Faktor wieder an, und beginnen Sie noch einmal; oder fragen Sie, wer sie betreut.
error-sign-on-nobody = Ihre Firma kennt Sie, aber noch niemand hat Sie in ihren Teil des Portals eingeladen. Fragen Sie jemanden, der dort die Leitung hat.
error-sign-on-without-address = Die Anmeldung Ihrer Firma hat Ihre Mailadresse nicht genannt. Wer sie betreut, muss das Portal die Adresse lesen lassen.
error-sign-on-other-domain = Die Anmeldung Ihrer Firma nannte eine Adresse, die keine der eigenen ist oder die sie nicht selbst geprüft hat.
error-sign-on-other-subject = Die Anmeldung Ihrer Firma kennt Sie unter einem anderen Namen als zuvor. Bitten Sie die Administratoren des Anbieters, Sie neu hinzuzufügen.
error-sign-on-only = Ihre Firma möchte, dass Sie sich auf ihrer eigenen Seite anmelden. Geben Sie auf der Anmeldeseite Ihre Adresse ein, um dorthin zu kommen.
error-sign-on-elsewhere = Sie sind von einer Firma angemeldet: Um das Portal einer anderen zu öffnen, melden Sie sich ab und dort an.
error-sign-on-prove-again = Dafür muss die Anmeldung Ihrer Firma sagen, dass Sie sich in der letzten Viertelstunde dort ausgewiesen haben. Lassen Sie sie mit dem Knopf auf der Seite „Anmeldung und Geräte“ noch einmal nach Ihnen fragen; hilft das nicht, sagt sie nicht, wann es war.
error-sign-on-no-proofs = Sie sind von Ihrer Firma angemeldet, hier ist also nichts einzurichten.
