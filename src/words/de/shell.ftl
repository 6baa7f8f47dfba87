## Der Rahmen jeder Seite

app-name = Partnerportal
app-name-staff = Partnerportal · Intern
page-title = { $title } · Partnerportal
skip-link = Zum Inhalt springen
menu-open = Menü
menu-close = Menü schließen
nav-label = Hauptmenü
nav-home = Start
nav-leads = Leads
nav-commission = Provision
nav-statements = Abrechnungen
nav-company = Unternehmen
nav-today = Heute
nav-lines = Posten
nav-reconciliation = Zahlungsabgleich
nav-quarter-close = Quartalsabschluss
nav-partners = Partner
nav-plans = Provisionspläne
nav-integrations = Anbindungen
nav-audit = Protokoll
nav-people = Personen
nav-group-money = Geld
nav-group-system = System
breadcrumb = Sie sind hier
progress = Fortschritt
language = Sprache
theme = Darstellung
theme-system = Wie das System
theme-light = Hell
theme-dark = Dunkel
sign-out = Abmelden
switch-partner = Unternehmen wechseln
staff-badge = Intern
sandbox-badge = Sandbox
sandbox-open = Sandbox öffnen: HubSpot, Xero, Slack, Mails und die Uhr

## Lebendige Seiten: ob die Seite von Änderungen erfährt

live-connected = Aktualisiert sich von selbst
live-reconnecting = Verbindung wird wiederhergestellt …
live-off = Laden Sie die Seite neu, um Änderungen zu sehen.

## Schaltflächen und Wörter, die viele Seiten teilen

button-save = Speichern
button-cancel = Abbrechen
button-add = Hinzufügen
button-edit = Bearbeiten
button-remove = Entfernen
button-search = Suchen
button-close = Schließen
button-send = Senden
button-back = Zurück
button-continue = Weiter
button-confirm = Bestätigen
button-retry = Erneut versuchen
button-download = Herunterladen
button-more = Mehr
button-sending = Wird gesendet …
button-not-now = Nicht jetzt
filter-all = Alle
filter-reset = Alle anzeigen
optional = (freiwillig)
required-mark = erforderlich
required-note = Felder mit * sind Pflichtfelder.
choose = Bitte wählen …
yes = Ja
no = Nein
none = keine
never = nie
unknown = unbekannt
you = (Sie)
actions = Aktionen
total = Summe
show-as-table = Als Tabelle anzeigen
copy = Kopieren
copied = Kopiert

## Seiten einer Liste

pagination-label = Seiten
pagination-previous = Zurück
pagination-next = Weiter
pagination-page = Seite { $number }
pagination-range = { $from }–{ $to } von { $total }
list-nothing-found = Kein Treffer für „{ $query }“.
list-nothing-found-hint = Prüfen Sie die Schreibweise oder lassen Sie sich alle anzeigen.

## Anmeldung

sign-in-title = Anmelden
sign-in-demo = Das ist die Demo: Wählen Sie, wer Sie sind.
sign-in-demo-hint = Ohne Passwort und Konto: Diese Personen gibt es nur in der Sandbox.
sign-in-staff = Intern
sign-in-mail-title = Per E-Mail
sign-in-email = E-Mail
sign-in-send = Link zusenden
sign-in-link-hint = Der Link gilt einmal und { $minutes } Minuten lang.
sign-in-sent-title = Sehen Sie in Ihr Postfach
sign-in-sent = Wenn die Adresse Zugang hat, ist ein Link unterwegs. Er gilt einmal und { $minutes } Minuten lang.
sign-in-sent-hint = Nach zwei Minuten noch nichts da? Sehen Sie im Spam-Ordner nach oder fordern Sie einen neuen Link an.
sign-in-again = Neuen Link anfordern
sign-in-confirm-title = Anmeldung bestätigen
sign-in-confirm = Sie melden sich als { $email } an.
sign-in-confirm-button = Anmelden
sign-in-signed-out = Sie sind abgemeldet.
sign-in-needed = Melden Sie sich an, um diese Seite zu sehen.
sign-in-no-access = Mit dieser Adresse besteht zu keinem Unternehmen Zugang. Bitten Sie in Ihrem Unternehmen jemanden mit der Rolle „Leitung“ um eine Einladung.

## Seiten, die sagen, warum es hier keine Seite gibt

error-page-not-found-title = Hier gibt es nichts
error-page-not-found = Die Adresse ist veraltet oder gehört zu einem anderen Unternehmen. Von Ihren Daten ist nichts verloren.
error-page-forbidden-title = Diese Seite steht Ihnen nicht offen
error-page-forbidden = Ihre Rolle umfasst diese Seite nicht. Ändern kann sie, wer Rollen vergibt: die Leitung Ihres Unternehmens oder, bei internen Konten, die Administration.
error-page-unavailable-title = Das hat gerade nicht geklappt
error-page-unavailable = Der Fehler liegt bei uns, und nichts wurde nur halb gespeichert. Versuchen Sie es in einer Minute noch einmal; bleibt es dabei, nennen Sie uns das Kennzeichen { $reference }.
error-page-conflict-title = Jemand war schneller
error-page-expired-title = Diese Seite ist abgelaufen
error-page-expired = Zu Ihrer Sicherheit gelten Formulare nur begrenzte Zeit. Gehen Sie zurück, laden Sie die Seite neu und senden Sie das Formular noch einmal ab.
error-page-too-many-title = Das ging etwas zu schnell
error-page-too-large-title = Das ist zu groß
error-page-too-large = Senden Sie höchstens { $limit }.
leaving-title = Weiter zu { $host }
leaving = Es geht gleich von selbst weiter. Wenn nichts geschieht, folgen Sie dem Link.
leaving-go = Weiter
error-page-home = Zur Startseite
error-page-leads = Ihre Leads

## Was eben getan wurde (`notice-<Wort>`, das Wort steht in der Adresse der nächsten Seite)

notice-saved = Gespeichert.
notice-nothing-changed = Das war bereits erledigt; es hat sich nichts geändert.
notice-nothing-selected = Es war nichts ausgewählt. Markieren Sie zuerst mindestens eine Zeile.
notice-signed-in = Willkommen zurück.
notice-signed-out = Sie sind abgemeldet.
notice-lead-received = Ihr Lead ist eingegangen. Wir registrieren ihn jetzt; Sie erhalten auch eine E-Mail dazu.
notice-lead-in-review = Ihr Lead ist eingegangen. Zuerst sieht ihn sich jemand an; Sie erhalten auch eine E-Mail dazu.
notice-lead-duplicate = Für diesen Kunden haben Sie bereits einen offenen Lead: Hier ist er. Es wurde nichts Neues angelegt.
notice-lead-withdrawn = Der Lead ist zurückgezogen.
notice-lead-accepted = Der Lead ist angenommen und wird registriert; der Partner erhält eine E-Mail.
notice-lead-rejected = Der Lead ist abgelehnt; der Partner erhält eine E-Mail.
notice-company-saved = Die Angaben sind gespeichert.
notice-reach-saved = Gespeichert. Es gilt von der nächsten Seite an.
notice-manager-saved = Gespeichert, wer diesen Partner betreut.
notice-member-invited = Die Einladung ist unterwegs.
notice-member-removed = Die Person hat keinen Zugang mehr.
notice-invitation-revoked = Die Einladung ist zurückgenommen.
notice-invitation-accepted = Willkommen: Sie gehören jetzt zum Team.
notice-accounts-chosen = Die nächsten Rechnungen werden so gebucht.
notice-accounts-asked = Xero wird gefragt.
notice-bill-pdf-added = Das PDF Ihrer Rechnung liegt uns vor.
notice-invoice-raised = Ihre Rechnung ist gestellt und wird jetzt bei uns gebucht. Sobald unsere Zahlungen eingehen, gelten die Posten als ausgezahlt.
notice-invoice-withdrawn = Die Rechnung ist zurückgezogen; Sie können sie neu stellen.
notice-partner-added = Der Partner ist angelegt. Nehmen Sie ihn mit einem Plan ins Programm auf, und laden Sie seine Leute ein.
notice-partner-enrolled = Der Partner nimmt am Programm teil.
notice-person-added = Die Person ist hinzugefügt; eine Mail sagt ihr, wo sie sich anmeldet.
notice-role-changed = Die Rolle ist geändert; die Person ist überall abgemeldet.
notice-person-disabled = Die Person ist gesperrt und überall abgemeldet.
notice-person-enabled = Die Person kann sich wieder anmelden.
notice-plan-published = Die Fassung des Plans ist veröffentlicht.
notice-lines-approved = Die Posten sind freigegeben.
notice-lines-for-others = Nichts wurde freigegeben: An diesen Posten waren Sie beteiligt, also gibt sie jemand anderes frei.
notice-lines-partly-for-others = Freigegeben, außer den Posten, an denen Sie beteiligt waren: Die gibt jemand anderes frei.
notice-persons-chosen = Gewählt; es gilt ab jetzt.
notice-details-confirmed = Die Angaben sind bestätigt.
notice-approvals-withdrawn = Die Freigabe ist zurückgenommen; die Posten warten wieder auf Freigabe.
notice-lines-held = Die Posten sind angehalten.
notice-lines-released = Die Posten laufen wieder.
notice-exception-settled = Erledigt. Die Posten des Deals werden neu berechnet.
notice-quarter-closed = Das Quartal ist abgeschlossen, und die Partner sind benachrichtigt.
notice-job-retried = Ein neuer Versuch läuft.
notice-job-set-aside = Es wurde abgelegt.
notice-jobs-set-aside = Alle wurden abgelegt.
notice-jobs-retried = Für alle läuft ein neuer Versuch.
notice-system-paused = Dorthin wird nichts gesendet, bis jemand fortsetzt.
notice-system-resumed = Was gewartet hat, geht jetzt hinaus.
notice-webhook-replayed = Der Webhook wird erneut abgearbeitet.
notice-comparison-started = Alles wird verglichen; die Seite zeigt es von selbst.
notice-sweep-started = Beide Systeme werden gelesen; die Seite aktualisiert sich von selbst.
notice-sweep-started-xero = Xero wird gelesen; die Seite aktualisiert sich von selbst. HubSpot nicht: Was aus Deals wird, meldet die iPaaS, und das Portal fragt HubSpot nichts.
